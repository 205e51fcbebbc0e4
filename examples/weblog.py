"""Web server log parsing: lines into fields, types, and server errors apart from the rest."""

from penstock import Project, StreamingFlow

LINES = """\
203.0.113.7 - - [10/Oct/2024:13:55:36 +0000] "GET /index.html HTTP/1.1" 200 2326 "-" "Mozilla/5.0"
198.51.100.23 - ada [10/Oct/2024:13:55:39 +0000] "POST /api/orders HTTP/1.1" 503 512 "https://shop.example/" "curl/8.5"
192.0.2.44 - - [10/Oct/2024:13:55:41 +0000] "GET /missing.png HTTP/1.1" 404 153 "-" "Mozilla/5.0"
this line is no log line
"""


def build(project: Project, name: str = "Web server log") -> StreamingFlow:
    """Keeps the flow in a project and gives it back, arranged and saved."""
    flow = project.create_flow(name=name, description="Parses access log lines and sets server errors apart")
    lines = flow.add_stage("Dev Raw Data Source")
    lines.stage_name = "Access log"
    lines.data_format = "TEXT"
    lines.raw_data = LINES
    lines.stop_after_first_batch = True

    parsed = flow.add_stage("Log Parser")
    parsed.stage_name = "Parse lines"
    parsed.log_format = "COMBINED_LOG_FORMAT"
    parsed.field_to_parse = "/text"
    parsed.new_parsed_field = "/"

    typed = flow.add_stage("Field Type Converter")
    typed.stage_name = "Numbers"
    typed.configuration["fieldTypeConverterConfigs"] = [
        {"fields": ["/response"], "targetType": "INTEGER", "dataLocale": "en,US"},
        {"fields": ["/bytes"], "targetType": "LONG", "dataLocale": "en,US"},
    ]

    route = flow.add_stage("Stream Selector")
    route.stage_name = "Server errors?"
    route.add_predicates(["${record:value('/response') >= 500}"])

    errors = flow.add_stage("Trash")
    errors.stage_name = "Server errors"
    rest = flow.add_stage("Trash")
    rest.stage_name = "Other requests"

    lines.connect_output_to(parsed)
    parsed.connect_output_to(typed)
    typed.connect_output_to(route)
    route.connect_output_to(errors, predicate=route.predicates[0])
    route.connect_output_to(rest, predicate=route.predicates[1])
    flow.auto_arrange()
    project.update_flow(flow)
    return flow

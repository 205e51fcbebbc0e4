"""Orders routed by amount: parse, add tax, send large orders to files and the rest on its way."""

from penstock import Project, StreamingFlow

ORDERS = """\
{"order_id": 1001, "customer": "Ada", "country": "GB", "amount": 1250.0, "card": "4929-1111-2222-3333"}
{"order_id": 1002, "customer": "Grace", "country": "US", "amount": 80.5, "card": "5500-4444-5555-6666"}
{"order_id": 1003, "customer": "Edsger", "country": "NL", "amount": 3999.9, "card": "4111-7777-8888-9999"}
{"order_id": 1004, "customer": "Barbara", "country": "US", "amount": 15.25, "card": "3400-1212-3434-5656"}
"""


def build(project: Project, name: str = "Orders by amount") -> StreamingFlow:
    """Keeps the flow in a project and gives it back, arranged and saved."""
    flow = project.create_flow(name=name, description="Adds tax, hides cards, routes orders by amount")
    orders = flow.add_stage("Dev Raw Data Source")
    orders.stage_name = "Orders"
    orders.data_format = "JSON"
    orders.raw_data = ORDERS
    orders.stop_after_first_batch = True

    taxed = flow.add_stage("Expression Evaluator")
    taxed.stage_name = "Add tax"
    taxed.field_expressions = [
        {"fieldToSet": "/tax", "expression": "${record:value('/amount') * 0.2}"},
        {"fieldToSet": "/total", "expression": "${record:value('/amount') * 1.2}"},
    ]

    masked = flow.add_stage("Field Masker")
    masked.stage_name = "Hide cards"
    masked.configuration["fieldMaskConfigs"] = [
        {"fields": ["/card"], "maskType": "CUSTOM", "regex": "(.*)", "groupsToShow": "1", "mask": "xxxx-xxxx-xxxx-####"}
    ]

    route = flow.add_stage("Stream Selector")
    route.stage_name = "Route by amount"
    route.add_predicates(["${record:value('/amount') >= 1000}"])

    large = flow.add_stage("Local FS")
    large.stage_name = "Large orders"
    large.directory_template = "/tmp/penstock/orders/${YYYY()}-${MM()}-${DD()}"
    large.files_prefix = "large"
    large.data_format = "JSON"

    rest = flow.add_stage("Trash")
    rest.stage_name = "Everything else"

    orders.connect_output_to(taxed)
    taxed.connect_output_to(masked)
    masked.connect_output_to(route)
    route.connect_output_to(large, predicate=route.predicates[0])
    route.connect_output_to(rest, predicate=route.predicates[1])
    flow.auto_arrange()
    project.update_flow(flow)
    return flow

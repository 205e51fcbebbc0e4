"""Fraud scoring: doubles out, country risk looked up, a score computed, suspects to files whose closing is an event."""

from penstock import Project, StreamingFlow

PAYMENTS = """\
{"payment_id": "p-1", "account": "A-17", "country": "XX", "amount": 9200.0}
{"payment_id": "p-2", "account": "A-18", "country": "NL", "amount": 45.0}
{"payment_id": "p-1", "account": "A-17", "country": "XX", "amount": 9200.0}
{"payment_id": "p-3", "account": "A-19", "country": "ZZ", "amount": 310.0}
{"payment_id": "p-4", "account": "A-20", "country": "GB", "amount": 7800.0}
"""
RISK = {"XX": "60", "ZZ": "40", "NL": "5", "GB": "5"}
SCORE = "${record:valueOrDefault('/risk', 20) + (record:value('/amount') > 5000 ? 40 : 0)}"


def build(project: Project, name: str = "Fraud scoring") -> StreamingFlow:
    """Keeps the flow in a project and gives it back, arranged and saved."""
    flow = project.create_flow(name=name, description="Scores payments by country and amount, keeps suspects")
    payments = flow.add_stage("Dev Raw Data Source")
    payments.stage_name = "Payments"
    payments.data_format = "JSON"
    payments.raw_data = PAYMENTS
    payments.stop_after_first_batch = True

    once = flow.add_stage("Record Deduplicator")
    once.stage_name = "Each payment once"
    once.configuration["compareFields"] = "SPECIFIED_FIELDS"
    once.configuration["fieldsToCompare"] = ["/payment_id"]

    lookup = flow.add_stage("Static Lookup")
    lookup.stage_name = "Country risk"
    lookup.configuration["conf.values"] = RISK
    lookup.configuration["conf.lookups"] = [{"keyExpr": "${record:value('/country')}", "outputFieldPath": "/risk"}]

    score = flow.add_stage("Expression Evaluator")
    score.stage_name = "Score"
    score.field_expressions = [{"fieldToSet": "/score", "expression": SCORE}]

    route = flow.add_stage("Stream Selector")
    route.stage_name = "Suspect?"
    route.add_predicates(["${record:value('/score') >= 80}"])

    suspects = flow.add_stage("Local FS")
    suspects.stage_name = "Suspects"
    suspects.directory_template = "/tmp/penstock/fraud/${YYYY()}-${MM()}-${DD()}"
    suspects.files_prefix = "suspects"
    suspects.data_format = "JSON"

    fine = flow.add_stage("Trash")
    fine.stage_name = "Nothing to see"
    doubles = flow.add_stage("Trash")
    doubles.stage_name = "Doubles"
    closed = flow.add_stage("Trash")
    closed.stage_name = "Closed files"

    payments.connect_output_to(once)
    once.connect_output_to(lookup, output_idx=0)
    once.connect_output_to(doubles, output_idx=1)
    lookup.connect_output_to(score)
    score.connect_output_to(route)
    route.connect_output_to(suspects, predicate=route.predicates[0])
    route.connect_output_to(fine, predicate=route.predicates[1])
    suspects.connect_event_to(closed)
    flow.auto_arrange()
    project.update_flow(flow)
    return flow

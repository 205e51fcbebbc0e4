"""The flow: ``SOURCE OUT [WORKERS [BATCH_SIZE [MORE_STAGES]]]``. The run ends when every file was read."""

import sys
from typing import Any

import penstock


def build(project: Any, source: str, out: str, batch_size: int = 1000, more: int = 0) -> Any:
    """Directory, Expression Evaluator, Field Masker, Stream Selector, two Local FS; ``more`` evaluators in between."""
    flow = project.create_flow(name="job")
    read, set_fields, mask = (flow.add_stage(each) for each in ("Directory", "Expression Evaluator", "Field Masker"))
    settings = {"dataFormat": "JSON", "filePattern": "*.json", "spoolDir": source, "batchSize": batch_size}
    for name, value in settings.items():
        read.configuration[f"conf.{name}"] = value
    set_fields.field_expressions = [
        {"fieldToSet": "/total", "expression": "${record:value('/amount') * 1.2}"},
        {"fieldToSet": "/name", "expression": "${str:toUpper(record:value('/name'))}"},
    ]
    mask.configuration["fieldMaskConfigs"] = [
        {"fields": ["/card"], "maskType": "VARIABLE_LENGTH", "regex": "(.*)", "groupsToShow": "1", "mask": ""}
    ]
    route = flow.add_stage("Stream Selector")
    route.add_predicates(["${record:value('/age') >= 40}"])
    line = [read, set_fields, mask]
    for number in range(more):
        stage = flow.add_stage("Expression Evaluator")
        stage.field_expressions = [{"fieldToSet": f"/more{number}", "expression": "${record:value('/age') + 1}"}]
        line.append(stage)
    for before, after in zip(line, [*line[1:], route], strict=True):
        before.connect_output_to(after)
    for lane, name in zip(route.predicates, "ab", strict=True):
        write = flow.add_stage("Local FS")
        write.configuration["configs.dirPathTemplate"] = f"{out}/{name}.json"
        write.configuration["configs.dataFormat"] = "JSON"
        route.connect_output_to(write, predicate=lane)
    end = flow.add_stage("Pipeline Finisher Executor")
    end.configuration["stageRecordPreconditions"] = ["${record:eventType() == 'no-more-data'}"]
    end.configuration["stageOnRecordError"] = "DISCARD"
    read.connect_event_to(end)
    flow.set_error_stage("Discard")
    project.update_flow(flow)
    return flow


def main(source: str, out: str, workers: str = "1", batch_size: str = "1000", more: str = "0") -> None:
    """Runs it once."""
    with penstock.open_project(engine=f"embedded?workers={workers}") as project:
        run = project.create_job(name="job", flow=build(project, source, out, int(batch_size), int(more))).start()
        run.wait()
        assert run.state == "Completed", run.message


if __name__ == "__main__":
    main(*sys.argv[1:])

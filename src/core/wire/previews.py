"""Validation reports and previews on the wire of the engine's own interface."""

from collections.abc import Mapping
from typing import Any

from ..preview import Preview, StageError, StageOutput
from ..records.json_form import record_from_json, record_to_json
from ..validation.issues import Issue, Report
from ..values import EMPTY_MAP, JsonMap, PlainJson, freeze
from .read import integer, look, mapping, rows, text

NO_LANE = ""
"""The lane that stands for a stage without lanes: clients want at least one."""


def issue_document(issue: Issue) -> dict[str, PlainJson]:
    """An issue with the keys that clients of the cloud service read beside those of the engine."""
    return {
        **issue.document(),
        "errorCode": issue.code,
        "humanReadableMessage": issue.text,
        "technicalMessage": issue.message,
        "messageId": issue.code,
        "advice": issue.advice,
        "blocksPreview": issue.blocks_preview,
    }


def report_document(report: Report) -> dict[str, PlainJson]:
    """The ``issues`` object."""
    stages = report.by_stage()
    return {
        "pipelineIssues": [issue_document(each) for each in report.pipeline_issues],
        "stageIssues": {name: [issue_document(each) for each in issues] for name, issues in stages.items()},
        "issueCount": len(report.issues),
        "remarks": [issue_document(each) for each in report.remarks],
    }


def report_from(raw: object, source: str) -> Report:
    """A report from an ``issues`` object. Raises ``FormatError``."""
    held = mapping({"issues": raw}, "/issues", source)
    stages = mapping(held, "/stageIssues", source)
    return Report(
        tuple(issue_from(each, None, source) for each in rows(held, "/pipelineIssues", source)),
        tuple(
            issue_from(each, name, source)
            for name in stages
            for each in rows({"at": stages[name]}, "/at", f"{source} issues of {name}")
        ),
        tuple(issue_from(each, None, source) for each in rows(held, "/remarks", source)),
    )


def issue_from(raw: object, instance: str | None, source: str) -> Issue:
    """One issue; its code is the first word of its message where the answer names none."""
    held = mapping({"issue": raw}, "/issue", source)
    message = text(held, "/message", source, "")
    said, _, rest = message.partition(" - ")
    code = text(held, "/errorCode", source, said if rest else "")
    info = freeze(held.get("additionalInfo") or {})
    return Issue(
        code=code,
        text=text(held, "/humanReadableMessage", source, rest or message),
        instance_name=text(held, "/instanceName", source, instance or "") or None,
        config_name=text(held, "/configName", source, "") or None,
        config_group=text(held, "/configGroup", source, "") or None,
        service_name=text(held, "/serviceName", source, "") or None,
        count=integer(held, "/count", source, 1),
        additional_info=info if isinstance(info, JsonMap) else EMPTY_MAP,
        blocks_preview=bool(held.get("blocksPreview")),
        advice=bool(held.get("advice")),
    )


def preview_document(preview: Preview) -> dict[str, PlainJson]:
    """The result of a preview. Stages without lanes get one nameless, empty lane; skipped stages are left out
    unless they show what they would have received."""
    return {
        "status": preview.status,
        "message": preview.message,
        "issues": report_document(preview.report),
        "batchesOutput": [[_stage_document(each) for each in batch] for batch in preview.batches],
        "skippedStages": list(preview.skipped),
        "errorStackTrace": None,
        "antennaDoctorMessages": None,
    }


def _stage_document(output: StageOutput) -> dict[str, PlainJson]:
    lanes: dict[str, PlainJson] = {
        lane: [record_to_json(each) for each in records] for lane, records in output.lanes.items()
    }
    return {
        "instanceName": output.instance_name,
        "output": lanes or {NO_LANE: []},
        "input": None if output.input is None else [record_to_json(each) for each in output.input],
        "errorRecords": [record_to_json(each) for each in output.error_records],
        "eventRecords": [record_to_json(each) for each in output.event_records],
        "stageErrors": [
            {
                "errorCode": each.code,
                "timestamp": each.timestamp_ms,
                "localized": each.message,
                "nonLocalized": each.message,
                "errorStackTrace": None,
                "antennaDoctorMessages": None,
            }
            for each in output.stage_errors
        ]
        or None,
    }


def preview_from(raw: Mapping[str, Any], inputs: Mapping[str, tuple[str, ...]], source: str) -> Preview:
    """A preview from an answer. ``inputs`` is the input lanes of every stage: engines do not answer what came in.

    Raises:
        FormatError: the answer has not the shape of one.
    """
    message = look(raw, "/message")
    batches = []
    for batch in rows(raw, "/batchesOutput", source):
        outputs = [_stage_from(each, source) for each in rows({"batch": batch}, "/batch", source)]
        batches.append(_with_inputs(outputs, inputs))
    return Preview(
        status=text(raw, "/status", source, "RUN_ERROR"),
        batches=tuple(batches),
        report=report_from(raw.get("issues"), source),
        message=message if isinstance(message, str) else None,
        skipped=tuple(str(each) for each in rows(raw, "/skippedStages", source)),
    )


def _stage_from(raw: object, source: str) -> StageOutput:
    held = mapping({"stage": raw}, "/stage", source)
    lanes = mapping(held, "/output", source)
    given = held.get("input")
    return StageOutput(
        instance_name=text(held, "/instanceName", source),
        lanes={
            lane: tuple(record_from_json(each, source) for each in rows({"lane": lanes[lane]}, "/lane", source))
            for lane in lanes
            if lane != NO_LANE
        },
        input=None if given is None else tuple(record_from_json(each, source) for each in rows(held, "/input", source)),
        error_records=tuple(record_from_json(each, source) for each in rows(held, "/errorRecords", source)),
        event_records=tuple(record_from_json(each, source) for each in rows(held, "/eventRecords", source)),
        stage_errors=tuple(
            StageError(
                text(each, "/errorCode", source, ""),
                text(each, "/localized", source, ""),
                integer(each, "/timestamp", source),
            )
            for each in rows(held, "/stageErrors", source)
        ),
    )


def _with_inputs(outputs: list[StageOutput], inputs: Mapping[str, tuple[str, ...]]) -> tuple[StageOutput, ...]:
    import attrs

    lanes: dict[str, Any] = {lane: records for each in outputs for lane, records in each.lanes.items()}
    made: list[StageOutput] = []
    for each in outputs:
        wanted = inputs.get(each.instance_name, ())
        if each.input is None and wanted:
            got = tuple(record for lane in wanted for record in lanes.get(lane, ()))
            each = attrs.evolve(each, input=got)
        made.append(each)
    seen = {each.instance_name for each in outputs}
    for name, wanted in inputs.items():
        if name not in seen and wanted and any(lane in lanes for lane in wanted):
            made.append(StageOutput(name, input=tuple(record for lane in wanted for record in lanes.get(lane, ()))))
    return tuple(made)

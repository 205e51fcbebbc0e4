"""Who is told of a state of the pipeline, and what: mails and calls of web addresses, as the flow's settings say."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import attrs

from ..java import java_string
from ..plan.given import Given
from ..plan.model import Plan
from ..values import JsonMap
from .alerts import Raised
from .states import Status

JSON_TYPE = "application/json"
WITHOUT_BODY = ("GET", "HEAD")
_COUNTS = {
    "INPUT_RECORDS": "InputRecords",
    "OUTPUT_RECORDS": "OutputRecords",
    "ERROR_RECORDS": "ErrorRecords",
    "ERROR_MESSAGES": "ErrorMessages",
}
_DID = {Status.RUNNING: "started executing", Status.FINISHED: "finished executing", Status.STOPPED: "was stopped"}
_FAILED = (Status.START_ERROR, Status.RUNNING_ERROR, Status.RUN_ERROR, Status.STOP_ERROR)


@attrs.frozen
class Mail:
    """A mail to some people."""

    receivers: tuple[str, ...]
    subject: str
    body: str


@attrs.frozen
class WebCall:
    """A call of a web address. ``body`` is None for methods that have none."""

    url: str
    method: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    content_type: str
    body: str | None = attrs.field(repr=False)
    auth: str
    name: str = attrs.field(repr=False)
    word: str = attrs.field(repr=False)


Notice = Mail | WebCall


def wants_notice(plan: Plan, status: Status) -> bool:
    """True when the flow has somebody told of this state."""
    return status.value in plan.settings.texts("notifyOnStates") and bool(
        plan.settings.texts("emailIDs") or plan.settings.rows("webhookConfigs")
    )


def notices(plan: Plan, status: Status, message: str, at_ms: int, metrics: JsonMap) -> tuple[Notice, ...]:
    """What to send for a state that was reached; empty where nobody is told of it."""
    if not wants_notice(plan, status):
        return ()
    at = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    mail = _mail(plan, status, message, at)
    rows = plan.settings.rows("webhookConfigs")
    calls = [_call(row, plan, status, message, at, metrics) for row in rows if row.text("webhookUrl").strip()]
    return (*([] if mail is None else [mail]), *calls)


def alert_notices(plan: Plan, raised: Raised, at_ms: int) -> tuple[Notice, ...]:
    """What to send for an alert: a mail where its rule says so, and every webhook of the rules."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    rule, value = raised.rule, java_string(raised.value)
    calls = [_alert_call(row, plan, raised, value, at) for row in plan.rules.webhooks]
    if not rule.mails or not plan.rules.receivers:
        return tuple(calls)
    lines = (
        f"Alert '{rule.name}' of pipeline '{plan.title}': {raised.text}",
        f"Value: {value}",
        f"Condition: {rule.condition}",
        f"Time: {at}",
        f"Id: {plan.pipeline_id}",
    )
    subject = f"StreamSets Data Collector Alert - {raised.text}"
    return (Mail(plan.rules.receivers, subject, "\n".join([*lines, ""])), *calls)


def _alert_call(row: Given, plan: Plan, raised: Raised, value: str, at: str) -> WebCall:
    texts = {
        "ALERT_TEXT": raised.text,
        "ALERT_NAME": raised.rule.name,
        "ALERT_VALUE": value,
        "ALERT_CONDITION": raised.rule.condition,
        "TIME": at,
        "PIPELINE_TITLE": plan.title,
        "PIPELINE_URL": f"/collector/pipeline/{plan.pipeline_id}",
    }
    if row.text("contentType", JSON_TYPE) == JSON_TYPE:
        texts = {name: _escaped(text) for name, text in texts.items()}
    return _web_call(row, "POST", texts)


def _mail(plan: Plan, status: Status, message: str, at: str) -> Mail | None:
    """The subject names the flow and what happened, as in the original; the text is ours."""
    receivers = tuple(each for each in plan.settings.texts("emailIDs") if each.strip())
    if not receivers or (status not in _DID and status not in _FAILED):
        return None
    word = "ERROR" if status in _FAILED else status.value
    lines = [f"Pipeline '{plan.title}' {_DID.get(status, 'failed')}.", f"Time: {at}", f"Id: {plan.pipeline_id}"]
    told = _told(plan.settings.text("errorInformationLevel"), message) if status in _FAILED else ""
    if told:
        lines.append(f"Error: {told}")
    return Mail(receivers, f"StreamSets Data Collector Alert - {plan.title} - {word}", "\n".join([*lines, ""]))


def _told(level: str, message: str) -> str:
    """As much of a message as the flow lets out: all of it, its code, or nothing."""
    match level:
        case "NO_ERROR_INFORMATION":
            return ""
        case "NO_ERROR_DETAILS":
            return message.partition(" - ")[0]
    return message


def _call(row: Given, plan: Plan, status: Status, message: str, at: str, metrics: JsonMap) -> WebCall:
    content_type, method = row.text("contentType", JSON_TYPE), row.text("httpMethod", "POST")
    texts = {
        "PIPELINE_TITLE": plan.title,
        "PIPELINE_URL": f"/collector/pipeline/{plan.pipeline_id}",
        "PIPELINE_STATE": status.value,
        "TIME": at,
        "PIPELINE_STATE_MESSAGE": message,
    }
    if content_type == JSON_TYPE:
        texts = {name: _escaped(text) for name, text in texts.items()}
    meters = metrics.get("meters")
    for name, metric in _COUNTS.items():
        held = meters.get(f"pipeline.batch{metric}.meter") if isinstance(meters, JsonMap) else None
        texts[f"PIPELINE_{name}_COUNT"] = str(held.get("count", 0) if isinstance(held, JsonMap) else 0)
    parameters = json.dumps({name: str(value) for name, value in plan.parameters.items()})
    texts["PIPELINE_RUNTIME_PARAMETERS"] = _escaped(parameters)
    texts["PIPELINE_METRICS"] = (
        _escaped(json.dumps(metrics, default=dict)) if "METRICS}}" in row.text("payload") else ""
    )
    return _web_call(row, method, texts)


def _web_call(row: Given, method: str, texts: Mapping[str, str]) -> WebCall:
    """A call whose payload has texts in place of their names."""
    body = row.text("payload")
    for name, text in texts.items():
        body = body.replace("{{" + name + "}}", text)
    return WebCall(
        row.text("webhookUrl"),
        method,
        row.pairs("headers"),
        row.text("contentType", JSON_TYPE),
        None if method in WITHOUT_BODY else body,
        row.text("authType", "NONE") or "NONE",
        row.text("username"),
        row.text("password"),
    )


def _escaped(text: str) -> str:
    """A text as it stands inside a string of JSON."""
    return json.dumps(text)[1:-1]

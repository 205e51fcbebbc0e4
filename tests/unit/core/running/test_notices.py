"""Who is told of a state, and what."""

import json

import pytest

from penstock.core.plan import Given, Plan
from penstock.core.running import Status
from penstock.core.running.notices import Mail, WebCall, notices
from penstock.core.values import JsonMap, freeze

HOOK = {
    "webhookUrl": "http://h/",
    "payload": '{"m": "{{PIPELINE_STATE_MESSAGE}}", "n": {{PIPELINE_INPUT_RECORDS_COUNT}}}',
}


def told(status: Status, message: str = "", metrics: object = None, **settings: object) -> tuple[Mail | WebCall, ...]:
    """What a flow with these settings sends at the beginning of 1970."""
    frozen = freeze({"notifyOnStates": ["RUNNING", "RUN_ERROR", "RETRY"], **settings})
    assert isinstance(frozen, JsonMap)
    held = freeze(metrics or {})
    assert isinstance(held, JsonMap)
    return notices(Plan("id1", (), title="Sales", settings=Given(frozen)), status, message, 0, held)


def test_a_mail_names_the_flow_and_what_happened() -> None:
    """In the subject as in the original; every address of the flow gets it."""
    (mail,) = told(Status.RUNNING, emailIDs=["a@x", "b@x"])
    assert isinstance(mail, Mail)
    assert (mail.receivers, mail.subject) == (("a@x", "b@x"), "StreamSets Data Collector Alert - Sales - RUNNING")
    assert "started executing" in mail.body
    assert "1970-01-01 00:00:00" in mail.body


@pytest.mark.parametrize(
    ("level", "code", "text"),
    [("FULL_ERROR_INFORMATION", True, True), ("NO_ERROR_DETAILS", True, False), ("NO_ERROR_INFORMATION", False, False)],
)
def test_a_mail_tells_as_much_of_an_error_as_the_flow_lets_out(level: str, code: bool, text: bool) -> None:
    """All of it, its code, or nothing."""
    (mail,) = told(Status.RUN_ERROR, "HTTP_14 - secret", emailIDs=["a@x"], errorInformationLevel=level)
    assert isinstance(mail, Mail)
    assert mail.subject.endswith("Sales - ERROR")
    assert ("HTTP_14" in mail.body, "secret" in mail.body) == (code, text)


def test_a_webhook_gets_the_payload_with_its_keys_replaced() -> None:
    """Texts are escaped, so that JSON stays JSON; counts come from the metrics."""
    metrics = {"meters": {"pipeline.batchInputRecords.meter": {"count": 7}}}
    (call,) = told(Status.RUN_ERROR, 'a "b"\n', metrics, webhookConfigs=[HOOK])
    assert isinstance(call, WebCall)
    assert json.loads(call.body or "") == {"m": 'a "b"\n', "n": 7}
    assert (call.method, call.content_type) == ("POST", "application/json")


def test_a_webhook_by_get_has_no_body() -> None:
    """The method is that of the setting."""
    (call,) = told(Status.RUNNING, webhookConfigs=[{**HOOK, "httpMethod": "GET"}])
    assert isinstance(call, WebCall)
    assert (call.method, call.body) == ("GET", None)


def test_states_that_nobody_asked_for_are_told_to_nobody() -> None:
    """Nor is a mail made of states that have no words for it, or a call without an address."""
    assert told(Status.FINISHED, emailIDs=["a@x"], webhookConfigs=[HOOK]) == ()
    assert told(Status.RETRY, emailIDs=["a@x"], webhookConfigs=[{"webhookUrl": " "}]) == ()


def test_secrets_of_a_webhook_are_not_shown() -> None:
    """Neither credentials nor headers stand in its text."""
    (call,) = told(Status.RUNNING, webhookConfigs=[{**HOOK, "password": "s3cret", "headers": {"X-Key": "s3cret"}}])
    assert "s3cret" not in repr(call)

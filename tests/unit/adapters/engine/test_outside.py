"""Promises about the stages that run code or call out: Shell, Email, JavaScript."""

import logging
import time
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from penstock.adapters.engine import mailing
from penstock.adapters.engine.javascript import JavaScript
from penstock.adapters.engine.mailing import Email
from penstock.adapters.engine.shell import Shell
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.processors.api import Access
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldType, FieldValue, FileRef, ListMap, Long, Null
from penstock.core.values import JsonMap, freeze


def tools(settings: dict[str, object], **access: Any) -> Tools:
    """What a stage with these settings may use."""
    frozen = freeze(settings)
    assert isinstance(frozen, JsonMap)
    plan = StagePlan("S_01", "kind", StageType.EXECUTOR, given=Given(frozen), outputs=("out",))
    return Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", scope=Scope(), access=Access(**access))


def play(stage: Any, settings: dict[str, object], *values: FieldValue, **access: Any) -> Out:
    """What a stage makes of records with these values."""
    held = tools(settings, **access)
    out = Out(1, lambda: 1000)
    built = stage(held.plan, held)
    built([Record(value, Header(f"r{at}")) for at, value in enumerate(values)], out)
    return out


@pytest.mark.parametrize(
    ("text", "code"), [("soon", "SHELL_004"), ("${1 +}", "SHELL_004"), ("-1", "SHELL_005")], ids=["text", "el", "below"]
)
def test_the_time_of_a_script_is_checked_at_the_start(text: str, code: str) -> None:
    """It is evaluated once."""
    with pytest.raises(InvalidValueError, match=code):
        play(Shell, {"config.script": "true", "config.timeout": text}, code=True)


@pytest.mark.parametrize("stage", [Shell, JavaScript])
def test_code_runs_only_where_it_is_allowed(stage: Any) -> None:
    """The error says how to allow it."""
    with pytest.raises(UnsupportedError, match="--allow-code"):
        play(stage, {"config.script": "true", "script": "1"})


def test_a_shell_script_sees_its_variables_and_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables are evaluated per record; this program's own are not handed on."""
    monkeypatch.setenv("PENSTOCK_TOKEN", "secret")
    target = tmp_path / "out"
    settings: dict[str, object] = {
        "config.script": f'echo "$WORD$PENSTOCK_TOKEN" >> {target}',
        "config.environmentVariables": [{"key": "WORD", "value": "${record:value('/w')}"}],
        "config.timeout": "10000",
    }
    assert play(Shell, settings, {"w": "one"}, {"w": "$(two)"}, code=True).errors == []
    assert target.read_text() == "one\n$(two)\n"


def test_what_a_script_prints_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Line by line; of very much only the beginning, and what it leaves running holds nobody up."""
    caplog.set_level(logging.INFO)
    script = "echo one; echo two >&2; sleep 5 & yes | head -c 100000"
    began = time.monotonic()
    out = play(Shell, {"config.script": script, "config.timeout": "20000"}, {}, code=True)
    lines = [(each.levelname, each.getMessage()) for each in caplog.records]
    assert (out.errors, ("INFO", "stdout: one") in lines, ("ERROR", "stderr: two") in lines) == ([], True, True)
    assert len(lines) <= 1001
    assert time.monotonic() - began < 4


@pytest.mark.parametrize(("script", "code"), [("exit 3", "SHELL_003"), ("sleep 30 & sleep 30", "SHELL_002")])
def test_a_script_that_fails_or_hangs_refuses_its_record(script: str, code: str) -> None:
    """Exit codes and timeouts have codes; a script that hangs is killed."""
    began = time.monotonic()
    out = play(Shell, {"config.script": script, "config.timeout": "200"}, {}, code=True)
    assert [error.code for error in out.errors] == [code]
    assert time.monotonic() - began < 20


def test_a_variable_without_a_value_refuses_the_record() -> None:
    """SHELL_001; the others run."""
    variables = [{"key": "N", "value": "${record:value('/n') + 1}"}]
    settings: dict[str, object] = {
        "config.script": "true",
        "config.environmentVariables": variables,
        "config.timeout": "10000",
    }
    out = play(Shell, settings, {"n": "x"}, {"n": 1}, code=True)
    assert [(error.code, error.record.value) for error in out.errors] == [("SHELL_001", {"n": "x"})]


def test_messages_go_out_where_their_condition_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Subject and body are evaluated; a line break cannot begin another header."""
    sent: list[EmailMessage] = []
    monkeypatch.setattr(mailing, "send", lambda server, message: sent.append(message))
    row = {
        "condition": "${record:value('/n') > 1}",
        "email": ["a@example.org"],
        "subject": "n\nBcc: x@example.org ${record:value('/n')}",
        "body": "it is ${record:value('/n')}",
    }
    out = play(Email, {"conf": [row]}, {"n": 1}, {"n": 2}, mail="smtp://me@localhost")
    assert out.errors == []
    (message,) = sent
    assert message["Subject"] == "n Bcc: x@example.org 2"
    assert (message["Bcc"], message.get_content()) == (None, "it is 2\n")


def test_without_a_mail_server_the_stage_says_how_to_name_one() -> None:
    """Nothing is sent by chance."""
    with pytest.raises(UnsupportedError, match="PENSTOCK_MAIL"):
        play(Email, {"conf": [{"email": ["a@example.org"]}]}, {})


def test_a_script_in_javascript_changes_fields_and_leaves_the_types_of_others() -> None:
    """What it does not touch keeps its type, nulls too; new records, errors and events are possible."""
    script = """
    for (var record of sdc.records) {
      record.value.name = record.value.name.toUpperCase();
      record.attributes.seen = 'yes';
      sdc.state.count = (sdc.state.count || 0) + 1;
      if (record.value.name == 'BAD') { sdc.error.write(record, 'is bad'); continue; }
      sdc.output.write(record);
    }
    var made = sdc.createRecord('new'); made.value = {count: sdc.state.count, none: sdc.NULL_INTEGER};
    sdc.output.write(made);
    var event = sdc.createEvent('done', 1); event.value = {n: 1}; sdc.toEvent(event);
    """
    value: FieldValue = {"name": "a", "long": Long(5), "null": Null(FieldType.LONG), "map": ListMap(x=1), "b": b"\x01"}
    out = play(JavaScript, {"script": script}, value, {"name": "bad"}, code=True)
    first, new = out.lanes[0]
    assert first.value == {"name": "A", "long": 5, "null": Null(FieldType.LONG), "map": {"x": 1}, "b": b"\x01"}
    assert isinstance(first.value, dict)
    assert (type(first.value["long"]), type(first.value["map"])) == (Long, ListMap)
    assert first.attributes == {"seen": "yes"}
    assert new.value == {"count": 2, "none": Null(FieldType.INTEGER)}
    assert [(error.code, error.message) for error in out.errors] == [
        ("SCRIPTING_04", "Script sent record to error: is bad")
    ]
    assert [event.attributes["sdc.event.type"] for event in out.events] == ["done"]


def test_whole_files_are_read_in_javascript_too() -> None:
    """Byte by byte; the field can be put elsewhere, and is not read where the script does not ask for it."""
    script = """
    for (var record of sdc.records) {
      var stream = record.value.file.getInputStream(), read = [], byte;
      while ((byte = stream.read()) !== -1) read.push(byte);
      stream.close();
      record.value = {read: read, moved: record.value.file};
      sdc.output.write(record);
    }
    """
    opened: list[int] = []

    def file() -> Any:
        opened.append(1)
        return BytesIO(b"\xffa")

    held = FileRef(file, {})
    out = play(JavaScript, {"script": script}, {"file": held}, code=True)
    assert out.lanes[0][0].value == {"read": [255, 97], "moved": held}
    play(JavaScript, {"script": "sdc.output.write(sdc.records[0])"}, {"file": held}, code=True)
    assert opened == [1]


def test_an_attribute_may_be_named_like_a_verb_of_maps() -> None:
    """The verb works, and the attribute keeps its text."""
    script = """
    for (var record of sdc.records) {
      var put = '' + record.attributes.put;
      record.attributes.remove('remove');
      record.value = {put: put, left: record.attributes.containsKey('remove')};
      sdc.output.write(record);
    }
    """
    held = tools({"script": script}, code=True)
    out = Out(1, lambda: 1000)
    JavaScript(held.plan, held)([Record({}, Header("r", attributes={"remove": "me", "put": "stays"}))], out)
    (record,) = out.lanes[0]
    assert (record.value, record.attributes) == ({"put": "stays", "left": False}, {"put": "stays"})


def test_a_script_that_throws_ends_the_run_or_refuses_the_batch() -> None:
    """In batch mode it ends the run, unless script errors are record errors."""
    with pytest.raises(StopFault, match=r"SCRIPTING_06.*boom"):
        play(JavaScript, {"script": "throw new Error('boom')"}, {}, code=True)
    out = play(JavaScript, {"script": "throw new Error('boom')", "scriptErrorAsRecordError": True}, {}, code=True)
    assert [error.code for error in out.errors] == ["SCRIPTING_06"]
    one = play(JavaScript, {"script": "throw 1", "processingMode": "RECORD"}, {}, {}, code=True)
    assert [error.code for error in one.errors] == ["SCRIPTING_05", "SCRIPTING_05"]


@pytest.mark.parametrize(("kind", "runs"), [("wanted", True), ("other", False), (None, False)])
def test_newer_shells_wait_for_an_event(tmp_path: Path, kind: str | None, runs: bool) -> None:
    """Of the type that is set; other records do nothing."""
    target = tmp_path / "out"
    settings = {"config.script": f"echo x > {target}", "config.timeout": "10000", "config.reactToEvents": True}
    held = tools({**settings, "config.eventType": "wanted"}, code=True)
    attributes = {} if kind is None else {"sdc.event.type": kind}
    Shell(held.plan, held)([Record({}, Header("r", attributes=attributes))], Out(1))
    assert target.exists() is runs


@pytest.mark.parametrize(
    ("name", "code"), [("condition", "EMAIL_06"), ("email", "EMAIL_07"), ("subject", "EMAIL_01"), ("body", "EMAIL_02")]
)
def test_expressions_of_messages_are_read_at_start(name: str, code: str) -> None:
    """Each has its code."""
    row: dict[str, object] = {"condition": "", "email": [], "subject": "", "body": ""}
    row[name] = ["${1 +}"] if name == "email" else "${1 +}"
    with pytest.raises(InvalidValueError, match=code):
        play(Email, {"conf": [row]}, mail="smtp://localhost")


def test_a_message_that_cannot_be_sent_ends_the_run() -> None:
    """Nobody listens there, or there is nobody to send it to."""
    row = {"condition": "", "email": ["a@example.org"], "subject": "s", "body": "b"}
    with pytest.raises(StopFault, match="CONTAINER_01001"):
        play(Email, {"conf": [row]}, {}, mail="smtp://127.0.0.1:1")


def test_each_receiver_is_written_to_once_and_messages_go_out_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second message cannot be made; the first one is out by then, and its record is refused."""
    sent: list[EmailMessage] = []
    monkeypatch.setattr(mailing, "send", lambda server, message: sent.append(message))
    twice = {"condition": "", "email": ["${record:value('/to')}", "a@example.org"], "subject": "s", "body": "b"}
    broken = {"condition": "${record:value('/to') > 1}", "email": ["a@example.org"], "subject": "s", "body": "b"}
    out = play(Email, {"conf": [twice, broken]}, {"to": "a@example.org"}, mail="smtp://localhost")
    assert [message["To"] for message in sent] == ["a@example.org"]
    assert [error.code for error in out.errors] == ["EMAIL_03"]


def test_a_message_that_cannot_be_made_refuses_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are sent."""
    sent: list[EmailMessage] = []
    monkeypatch.setattr(mailing, "send", lambda server, message: sent.append(message))
    row = {"condition": "", "email": ["a@example.org"], "subject": "${record:value('/n') + 1}", "body": ""}
    out = play(Email, {"conf": [row]}, {"n": "x"}, {"n": 1}, mail="smtp://localhost")
    assert [error.code for error in out.errors] == ["EMAIL_03"]
    assert len(sent) == 1

"""Promises of the Jython Evaluator."""

from io import BytesIO

import pytest

import penstock
from penstock.adapters.engine.scripting import Jython
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import PenstockError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, Tools
from penstock.core.processors.api import Access
from penstock.core.records.record import Record
from penstock.core.records.values import FieldType, FileRef, Long, Null
from penstock.core.values import JsonMap

OLD = """
for record in records:
    record.value['b'] = record.value['a'] + 1
    record.attributes['seen'] = 'yes'
    output.write(record)
"""
NEW = """
for record in sdc.records:
    if record.value['a'] > 1:
        sdc.error.write(record, 'too much')
        continue
    sdc.state['count'] = sdc.state.get('count', 0) + 1
    made = sdc.createRecord('made')
    made.value = {'n': sdc.state['count'], 'none': sdc.NULL_INTEGER}
    sdc.output.write(made)
    found = sdc.createEvent('found', 1)
    found.value = {'a': record.value['a']}
    sdc.toEvent(found)
"""


def preview(script: str, mode: str = "BATCH", allow: bool = True, raw: str = '{"a": 1}') -> penstock.PreviewStage:
    """What a script makes of some lines."""
    with penstock.open_project(allow_code=allow) as project:
        flow = project.create_flow(name="script")
        source, stage = flow.add_stage("Dev Raw Data Source"), flow.add_stage("Jython Evaluator")
        source.configuration["rawData"], source.configuration["stopAfterFirstBatch"] = raw, True
        stage.configuration["script"], stage.configuration["processingMode"] = script, mode
        source.connect_output_to(stage)
        stage.connect_output_to(flow.add_stage("Trash"))
        stage.connect_event_to(flow.add_stage("Trash"))
        return flow.preview()[1]


def test_scripts_change_records_through_the_old_names() -> None:
    """Values and header attributes; what is written goes on."""
    found = preview(OLD)
    assert found.to_rows() == [{"a": 1, "b": 2}]
    (record,) = next(iter(found.records.values()))
    assert record.attributes["seen"] == "yes"


def test_scripts_make_and_refuse_records_and_send_events() -> None:
    """Through the newer name ``sdc``, with a state that lasts."""
    found = preview(NEW, raw='{"a": 1}\n{"a": 2}')
    assert found.output == [(1, Null(FieldType.INTEGER))]
    told = [error.header.error.message for error in found.errors if error.header.error]
    assert told == ["SCRIPTING_04 - Script sent record to error: too much"]
    assert [each.attributes["sdc.event.type"] for each in found.events] == ["found"]


def test_the_null_of_a_field_is_the_one_that_scripts_have() -> None:
    """So that ``is`` tells it."""
    script = """
for record in sdc.records:
    record.value['n'] = sdc.NULL_LIST
    record.value['same'] = sdc.getFieldNull(record, '/n') is sdc.NULL_LIST
    record.value['other'] = sdc.getFieldNull(record, '/a') is sdc.NULL_LIST
    sdc.output.write(record)
"""
    assert preview(script).to_rows() == [{"a": 1, "n": Null(FieldType.LIST), "same": True, "other": False}]


READS = """
for record in sdc.records:
    stream = record.value['file'].getInputStream()
    some = []
    byte = stream.read()
    while byte != -1 and len(some) < 2:
        some.append(byte)
        byte = stream.read()
    part = bytearray(4)
    record.value['read'] = [some, stream.read(part), bytes(part), stream.read(part)]
    stream.close()
    record.value['same'] = record.value['file']
    sdc.output.write(record)
"""


def test_whole_files_are_read_byte_by_byte() -> None:
    """Through what Java's streams are called, into buffers too; the field goes on as it is."""
    plan = StagePlan("J_01", "k", StageType.PROCESSOR, given=Given(JsonMap({"script": READS})), outputs=("out",))
    tools, out = Tools(plan, lambda: 0, lambda: 0.5, lambda: "id", access=Access(code=True)), Out(1)
    file = FileRef(lambda: BytesIO(b"\xffabcdef"), {})
    Jython(plan, tools)([Record({"file": file})], out)
    (record,) = out.lanes[0]
    assert record.value == {"file": file, "read": [[255, 97], 4, b"cdef", -1], "same": file}


@pytest.mark.parametrize("mode", ["RECORD", "BATCH"])
def test_a_script_that_fails_refuses_the_record_or_ends_the_batch(mode: str) -> None:
    """Record by record the others go on."""
    script = "for r in sdc.records:\n  r.value['x'] = 1 / r.value['a']\n  sdc.output.write(r)"
    lines = '{"a": 0}\n{"a": 1}'
    if mode == "BATCH":
        with pytest.raises(penstock.PreviewError, match="SCRIPTING_06"):
            preview(script, mode, raw=lines)
        return
    found = preview(script, mode, raw=lines)
    assert found.to_rows() == [{"a": 1, "x": 1.0}]
    assert [error.header.error.code for error in found.errors if error.header.error] == ["SCRIPTING_05"]


@pytest.mark.parametrize(
    ("script", "allow", "words"),
    [(OLD, False, "allow_code"), ("print(", True, "SCRIPTING_03"), (" ", True, "script|Script")],
)
def test_scripts_that_may_not_or_cannot_run_say_so(script: str, allow: bool, words: str) -> None:
    """Without permission, no Python, empty."""
    with pytest.raises(PenstockError, match=words):
        preview(script, allow=allow)


TYPED = {
    "Jython Evaluator": """
from com.streamsets.pipeline.api import Field

for record in sdc.records:
    made = record.sdcRecord
    made.set('/new', Field.create(Field.Type.LONG, 7))
    made.set('/none', Field.create(Field.Type.DATE, None))
    made.get('/a').setAttribute('unit', 'm')
    made.delete('/gone')
    assert made.has('/a') and not made.has('/gone') and made.get('/nowhere') is None
    sdc.output.write(record)
""",
    "JavaScript Evaluator": """
var Field = Java.type('com.streamsets.pipeline.api.Field');
for (var i = 0; i < records.length; i++) {
  var made = records[i].sdcRecord;
  made.set('/new', Field.create(Field.Type.LONG, 7));
  made.set('/none', Field.create(Field.Type.DATE, null));
  made.get('/a').setAttribute('unit', 'm');
  made.delete('/gone');
  if (!made.has('/a') || made.has('/gone') || made.get('/nowhere') !== null) throw new Error('paths');
  output.write(records[i]);
}
""",
}


def scripted(label: str, raw: str = '{"a": 1, "gone": 2}', **settings: object) -> penstock.PreviewStage:
    """What a script stage makes of some lines."""
    with penstock.open_project(allow_code=True) as project:
        flow = project.create_flow(name="script")
        source, stage = flow.add_stage("Dev Raw Data Source"), flow.add_stage(label)
        source.set_attributes(raw_data=raw, stop_after_first_batch=True)
        stage.set_attributes(**settings)
        source >> stage >> flow.add_stage("Trash")
        return flow.preview()[stage]


@pytest.mark.parametrize("label", TYPED, ids=["python", "javascript"])
def test_records_with_types_are_changed_by_path(label: str) -> None:
    """Fields get the type that a script gives them, attributes are kept, fields are deleted."""
    found = scripted(label, record_type="SDC_RECORDS", script=TYPED[label])
    (record,) = next(iter(found.records.values()))
    assert record.value == {"a": 1, "new": 7, "none": Null(FieldType.DATE)}
    assert isinstance(record.value, dict)
    assert isinstance(record.value["new"], Long)
    assert record.header.field_attributes == {"/a": {"unit": "m"}}


@pytest.mark.parametrize("label", TYPED, ids=["python", "javascript"])
def test_a_new_script_stage_passes_records_on(label: str) -> None:
    """Its script is there already and changes nothing."""
    assert scripted(label).to_rows() == [{"a": 1, "gone": 2}]


@pytest.mark.parametrize(
    ("label", "script", "line"),
    [
        ("Jython Evaluator", "raise ValueError('no')", "ValueError: no"),
        ("JavaScript Evaluator", "throw new Error('no')", "Error: no"),
    ],
    ids=["python", "javascript"],
)
def test_refused_records_tell_where_the_script_failed(label: str, script: str, line: str) -> None:
    """The header of the record has the stack trace of the script."""
    found = scripted(label, script=script, script_error_as_record_error=True)
    error = found.errors[0].header.error
    assert error is not None
    assert line in error.stack_trace


@pytest.mark.parametrize("script", ["1 / 0", "throw new Error('no')"], ids=["python", "javascript"])
def test_a_script_for_the_end_that_fails_changes_nothing(script: str) -> None:
    """The run completes: its records are where they belong by then."""
    label = "Jython Evaluator" if "/" in script else "JavaScript Evaluator"
    with penstock.open_project(allow_code=True) as project:
        flow = project.create_flow(name="script")
        source, stage = flow.add_stage("Dev Raw Data Source"), flow.add_stage(label)
        source.set_attributes(raw_data="{}", stop_after_first_batch=True)
        stage.destroy_script = script
        source >> stage >> flow.add_stage("Trash")
        project.update_flow(flow)
        assert project.create_job(name="job", flow=flow).start().wait() == "Completed"

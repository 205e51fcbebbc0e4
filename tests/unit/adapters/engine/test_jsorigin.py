"""JavaScript Scripting: a script that makes batches."""

import json
from collections.abc import Callable, Iterator

import pytest

import penstock
from penstock.adapters.engine.jsorigin import JavaScriptOrigin
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.processors.api import Access
from penstock.core.records.record import Record
from penstock.core.values import JsonMap, freeze

pytest.importorskip("py_mini_racer", reason="the extra javascript is not installed")
Make = Callable[..., JavaScriptOrigin]
COUNTS = """
// batch.process('', 0) stands in a comment
offset = Number(sdc.lastOffsets.get('') || 0);
for (var number = 0; number < 2; number++) {
  var batch = sdc.createBatch();
  var record = sdc.createRecord('r' + offset);
  record.value = {n: offset};
  batch.add(record);
  offset++;
  if (!sdc.isStopped()) batch.process('', offset.toString())
}
"""


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes origins of scripts, and closes them."""
    made: list[JavaScriptOrigin] = []

    def one(script: str, *, code: bool = True, **settings: object) -> JavaScriptOrigin:
        frozen = freeze({"script": script, **{f"scriptConf.{name}": value for name, value in settings.items()}})
        assert isinstance(frozen, JsonMap)
        plan = StagePlan("J_01", "kind", StageType.ORIGIN, "J", given=Given(frozen), outputs=("out",))
        tools = Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", scope=Scope(), access=Access(code=code))
        made.append(JavaScriptOrigin(plan, tools))
        return made[-1]

    yield one
    for each in made:
        each.close()


def read(origin: JavaScriptOrigin, offset: str | None = None) -> tuple[Out, str | None]:
    """A batch."""
    out = Out(1)
    return out, origin.read(offset, 1000, out)


def test_every_batch_of_the_script_is_a_batch_and_has_its_offset(make: Make) -> None:
    """The script stops at ``process`` and goes on with the next read; the run ends with it."""
    origin = make(COUNTS)
    seen = [read(origin) for _ in range(3)]
    assert [[record.value for record in out.lanes[0]] for out, _ in seen] == [[{"n": 0}], [{"n": 1}], []]
    assert [json.loads(reached or "") for _, reached in seen] == [{"": "1"}, {"": "2"}, {"": "2"}]
    assert [out.finish for out, _ in seen] == [False, False, True]


def test_a_batch_holds_refused_records_and_events(make: Make) -> None:
    """And the script knows offsets, parameters, and whether a batch came through."""
    script = """
var batch = sdc.createBatch();
batch.addError(sdc.createRecord('bad'), 'no good');
var event = sdc.createEvent('done', 1);
event.value = {n: 1};
batch.addEvent(event);
var counts = [batch.size(), batch.errorCount(), batch.eventCount()];
var good = batch.process('b', null);
var record = sdc.createRecord('r');
record.value = {counts: counts, good: good, before: sdc.lastOffsets.get('a'), known: sdc.lastOffsets.containsKey('b'),
  user: sdc.userParams.p, size: sdc.batchSize};
batch.add([record]);
batch.process('b', 1);
"""
    origin = make(script, params=[{"key": "p", "value": "7"}], batchSize=50)
    out, reached = read(origin, '{"a": "9"}')
    assert [(each.code, each.message) for each in out.errors] == [
        ("SCRIPTING_04", "Script sent record to error: no good")
    ]
    assert [each.attributes["sdc.event.type"] for each in out.events] == ["done"]
    assert json.loads(reached or "") == {"a": "9"}
    out, reached = read(origin)
    wanted = {"counts": [0, 1, 1], "good": True, "before": "9", "known": False, "user": "7", "size": 50}
    assert [record.value for record in out.lanes[0]] == [wanted]
    assert json.loads(reached or "") == {"a": "9", "b": "1"}


def test_what_stages_send_back_reaches_the_script(make: Make) -> None:
    """For the newest batch."""
    script = """
var batch = sdc.createBatch();
batch.process('', '1');
batch.add(batch.getSourceResponseRecords());
batch.process('', '2');
"""
    origin = make(script)
    read(origin)
    origin.respond([Record({"from": "a stage"})])
    assert [record.value for record in read(origin)[0].lanes[0]] == [{"from": "a stage"}]


def test_a_script_that_fails_ends_the_run(make: Make) -> None:
    """SCRIPTING_10, behind the batches before."""
    origin = make("var batch = sdc.createBatch(); batch.process('', '1'); throw new Error('boom');")
    read(origin)
    with pytest.raises(StopFault, match=r"SCRIPTING_10.*boom"):
        read(origin)


def test_scripts_are_read_at_the_start(make: Make) -> None:
    """Where code is allowed, and they can be read."""
    with pytest.raises(UnsupportedError, match="allow"):
        make(COUNTS, code=False)
    for script, code in (("", "SCRIPTING_02"), ("var 1", "SCRIPTING_03"), ("}", "SCRIPTING_03")):
        with pytest.raises(InvalidValueError, match=code):
            make(script)


def test_the_lock_and_the_script_are_measured(make: Make) -> None:
    """The script once, however many batches it has."""
    out = Out(1)
    origin = make("sdc.importLock(); sdc.importUnlock();" + COUNTS)
    for _ in range(3):
        origin.read(None, 1000, out)
    counted = [name for name, key, value in out.notes if not key and value is not None]
    assert [counted.count(f"{name} Time (in seconds)") for name in ("Script Execution", "Lock Usage")] == [1, 1]


def test_the_default_script_previews() -> None:
    """It counts."""
    with penstock.open_project(allow_code=True) as project:
        flow = project.create_flow(name="flow")
        flow.add_stage("JavaScript Scripting").connect_output_to(flow.add_stage("Trash"))
        project.update_flow(flow)
        (shown, _) = flow.preview(batch_size=3)
        assert shown.output == [(":1",), (":2",), (":3",)]

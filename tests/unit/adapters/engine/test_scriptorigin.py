"""Jython Scripting: a script that makes batches."""

import json
from collections.abc import Callable, Iterator

import pytest

import penstock
from penstock.adapters.engine.scriptorigin import JythonOrigin
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.processors.api import Access
from penstock.core.records.record import Record
from penstock.core.running import ENTITY
from penstock.core.values import JsonMap, freeze

COUNTS = """
offset = int(sdc.lastOffsets.get('', 0))
for number in range(3):
    batch = sdc.createBatch()
    record = sdc.createRecord('r%d' % offset)
    record.value = {'n': offset}
    batch.add(record)
    offset += 1
    went_through = batch.process('', str(offset))
"""
Make = Callable[..., JythonOrigin]


@pytest.fixture
def make() -> Iterator[Make]:
    """Makes origins of scripts, and closes them."""
    made: list[JythonOrigin] = []

    def one(script: str, *, code: bool = True, **settings: object) -> JythonOrigin:
        frozen = freeze({"script": script, **{f"scriptConf.{name}": value for name, value in settings.items()}})
        assert isinstance(frozen, JsonMap)
        plan = StagePlan("J_01", "kind", StageType.ORIGIN, "J", given=Given(frozen), outputs=("out",))
        tools = Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", scope=Scope(), access=Access(code=code))
        made.append(JythonOrigin(plan, tools))
        return made[-1]

    yield one
    for each in made:
        each.close()


def read(origin: JythonOrigin, offset: str | None = None) -> tuple[Out, str | None]:
    """A batch, which is committed."""
    out = Out(1)
    reached = origin.read(offset, 1000, out)
    origin.committed()
    return out, reached


def test_every_batch_of_the_script_is_a_batch_and_commits_its_offset(make: Make) -> None:
    """The run ends with the script, and keeps the offset."""
    origin = make(COUNTS)
    seen = [read(origin) for _ in range(4)]
    assert [[record.value for record in out.lanes[0]] for out, _ in seen] == [[{"n": 0}], [{"n": 1}], [{"n": 2}], []]
    assert [json.loads(reached or "") for _, reached in seen] == [{"": "1"}, {"": "2"}, {"": "3"}, {"": "3"}]
    assert [out.finish for out, _ in seen] == [False, False, False, True]


def test_a_script_knows_the_offsets_of_before_and_its_parameters(make: Make) -> None:
    """By entity; maps know the verbs of Java's."""
    script = """
batch = sdc.createBatch()
record = sdc.createRecord('r')
known = sdc.lastOffsets.containsKey('b')
record.value = [known, sdc.lastOffsets['a'], sdc.userParams['p'], sdc.batchSize, sdc.numThreads]
batch.add([record])
batch.process('b', 1)
"""
    origin = make(script, params=[{"key": "p", "value": "7"}], batchSize=50, numThreads=2)
    out, reached = read(origin, '{"a": "9"}')
    assert [record.value for record in out.lanes[0]] == [[False, "9", "7", 50, 2]]
    assert json.loads(reached or "") == {"a": "9", "b": "1"}


def test_a_batch_holds_refused_records_and_events(make: Make) -> None:
    """Counted one by one; it is empty behind ``process``."""
    script = """
batch = sdc.createBatch()
batch.addError(sdc.createRecord('bad'), 'no good')
event = sdc.createEvent('done', 1)
event.value = {'n': 1}
batch.addEvent(event)
before = (batch.size(), batch.errorCount(), batch.eventCount())
batch.process('', None)
last = sdc.createRecord('after')
last.value = [list(before), batch.size() + batch.errorCount() + batch.eventCount()]
batch.add(last)
batch.process('', 'x')
"""
    origin = make(script)
    out, reached = read(origin)
    assert [(each.code, each.message) for each in out.errors] == [
        ("SCRIPTING_04", "Script sent record to error: no good")
    ]
    assert [each.attributes["sdc.event.type"] for each in out.events] == ["done"]
    assert reached == ""
    assert [record.value for record in read(origin)[0].lanes[0]] == [[[0, 1, 1], 0]]


def test_what_stages_send_back_reaches_the_script(make: Make) -> None:
    """For the newest batch."""
    script = """
batch = sdc.createBatch()
batch.process('', '1')
answers = batch.getSourceResponseRecords()
batch.add(answers)
batch.process('', '2')
"""
    origin = make(script)
    origin.read(None, 1000, Out(1))
    origin.respond([Record({"from": "a stage"})])
    origin.committed()
    assert [record.value for record in read(origin)[0].lanes[0]] == [{"from": "a stage"}]


def test_a_script_that_fails_ends_the_run(make: Make) -> None:
    """SCRIPTING_10, behind the batches before."""
    origin = make("batch = sdc.createBatch()\nbatch.process('', '1')\nraise ValueError('boom')")
    read(origin)
    with pytest.raises(StopFault, match=r"SCRIPTING_10.*boom"):
        read(origin)


def test_a_batch_that_does_not_come_through_tells_the_script(make: Make) -> None:
    """Which is asked to stop then."""
    origin = make("sdc.state['told'] = (sdc.createBatch().process('', '1'), sdc.isStopped())")
    origin.read(None, 1000, Out(1))
    origin.close()
    assert origin.sdc.state["told"] == (False, True)


def test_scripts_are_read_at_the_start(make: Make) -> None:
    """Where code is allowed, and they are Python."""
    with pytest.raises(UnsupportedError, match="allow"):
        make(COUNTS, code=False)
    for script, code in (("", "SCRIPTING_02"), ("print(", "SCRIPTING_03")):
        with pytest.raises(InvalidValueError, match=code):
            make(script)


def test_the_lock_and_the_script_are_measured(make: Make) -> None:
    """A lock that the script forgot is let go of."""
    origin = make("sdc.importLock()\nsdc.importLock()\n" + "sdc.importUnlock()\n" * 3 + "sdc.importLock()")
    out, _ = read(origin)
    notes = [(name, value is None) for name, key, value in out.notes if not key]
    assert [name for name, declared in notes if not declared].count("Lock Usage Time (in seconds)") == 3
    assert ("Lock Status", "Lock Status", "Unlocked") in out.notes


def test_a_run_of_the_default_script_goes_on_where_it_stopped() -> None:
    """Its offset is safe behind every batch."""
    with penstock.open_project(allow_code=True) as project:
        flow = project.create_flow(name="flow")
        origin = flow.add_stage("Jython Scripting")
        origin.configuration["scriptConf.batchSize"] = 5
        origin.connect_output_to(flow.add_stage("Trash"))
        project.update_flow(flow)
        job = project.create_job(name="job", flow=flow)
        for _ in range(2):
            run = job.start()
            while not run.metrics or run.metrics["counters"]["pipeline.batchInputRecords.counter"]["count"] < 5:
                run.refresh_status()
            run.cancel()
            assert run.wait() == "Canceled"
        session = flow._session
        held = flow._call(session.ports.offsets.offsets, job.job_id)
        assert int(json.loads(held[ENTITY])[""]) % 5 == 0
        (shown, _) = flow.preview(batch_size=3)
        assert shown.output == [(":1",), (":2",), (":3",)]

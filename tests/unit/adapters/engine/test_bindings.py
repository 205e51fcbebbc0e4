"""Promises about the names that scripts find, the same in Jython and in JavaScript."""

import ast
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from penstock.adapters.engine.embedded import _cannot_run
from penstock.adapters.engine.javascript import JavaScript
from penstock.adapters.engine.scripting import Jython
from penstock.core.catalogue.definitions import StageType
from penstock.core.el import Scope
from penstock.core.errors import InvalidValueError
from penstock.core.java.kinds import kind_of
from penstock.core.plan import Given, StagePlan
from penstock.core.processors import Out, StopFault, Tools
from penstock.core.processors.api import Access
from penstock.core.records.record import Header, Record
from penstock.core.records.values import FieldType, FieldValue, ListMap, Long, Null
from penstock.core.values import JsonMap, freeze

LANGUAGES = pytest.mark.parametrize("stage", [Jython, JavaScript])
KINDS = [kind for kind in FieldType if kind not in (FieldType.FILE_REF, FieldType.LIST_MAP)]


class Played:
    """A script with its settings, and what came of it."""

    def __init__(self, stage: Any, script: str, preview: bool = False, **settings: object) -> None:
        frozen = freeze({"script": script, **settings})
        assert isinstance(frozen, JsonMap)
        plan = StagePlan("S_01", "kind", StageType.PROCESSOR, given=Given(frozen), outputs=("out",))
        scope = Scope(parameters={"p": "v"})
        access = Access(code=True)
        tools = Tools(plan, lambda: 1000, lambda: 0.5, lambda: "id", preview, scope, access)
        self.out, self.stage = Out(1, lambda: 1000), stage(plan, tools)

    def __call__(self, *values: FieldValue, **attributes: str) -> Out:
        self.stage(
            [Record(value, Header(f"r{at}", "Made_01", attributes=attributes)) for at, value in enumerate(values)],
            self.out,
        )
        return self.out

    @property
    def values(self) -> list[FieldValue]:
        """What was written."""
        return [record.value for record in self.out.lanes[0]]


def told(stage: Any, expression: str, *values: FieldValue, preview: bool = False, **settings: object) -> FieldValue:
    """The value of an expression in a script, as a field of a new record."""
    script = f"made = sdc.createRecord('x')\nmade.value = {{'v': {expression}}}\nsdc.output.write(made)"
    if stage is JavaScript:
        script = script.replace("made =", "var made =", 1).replace("\n", ";\n")
    played = Played(stage, script, preview, **settings)
    played(*values)
    (value,) = played.values
    assert isinstance(value, dict)
    return value["v"]


@LANGUAGES
def test_facts_of_the_run_are_known(stage: Any) -> None:
    """Preview, parameters of the run and of the stage."""
    assert told(stage, "sdc.isPreview()") is False
    assert told(stage, "sdc.isPreview()", preview=True) is True
    assert told(stage, "sdc.isStopped()") is False
    assert told(stage, "sdc.pipelineParameters()['p']") == "v"
    assert told(stage, "sdc.userParams['u']", userParams=[{"key": "u", "value": "x"}]) == "x"
    assert told(stage, "sdcUserParams['u']", userParams=[{"key": "u", "value": "x"}]) == "x"


@LANGUAGES
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_nulls_have_types(stage: Any, kind: FieldType) -> None:
    """Under ``sdc`` and by themselves."""
    null = None if kind is FieldType.STRING else Null(kind)
    assert told(stage, f"sdc.NULL_{kind.name}") == null
    assert told(stage, f"NULL_{kind.name}") == null


@LANGUAGES
def test_the_type_of_a_null_can_be_asked_for(stage: Any) -> None:
    """``getFieldNull`` gives the typed null, the value, or nothing."""
    for path, expected in (("/n", Null(FieldType.INTEGER)), ("/s", None), ("/a", 1), ("/none", None)):
        held: FieldValue = {"n": Null(FieldType.INTEGER), "s": None, "a": 1}
        assert told(stage, f"sdcFunctions.getFieldNull(records[0], '{path}')", held) == expected


@LANGUAGES
def test_a_null_keeps_the_type_of_its_field(stage: Any) -> None:
    """One that a script puts in place of another value too."""
    none = "None" if stage is Jython else "null"
    played = Played(stage, f"records[0].value['a'] = {none}\noutput.write(records[0])")
    played({"a": 1, "b": Null(FieldType.LONG)})
    assert played.values == [{"a": Null(FieldType.INTEGER), "b": Null(FieldType.LONG)}]


@LANGUAGES
def test_maps_are_maps_or_list_maps(stage: Any) -> None:
    """As asked for; what was a list-map stays one."""
    yes, no = ("True", "False") if stage is Jython else ("true", "false")
    assert type(told(stage, f"sdc.createMap({yes})")) is ListMap
    assert type(told(stage, f"sdcFunctions.createMap({no})")) is dict


@LANGUAGES
def test_state_lasts_from_start_to_end(stage: Any) -> None:
    """Scripts for the start, the batches and the end share it; events may come at the end."""
    played = Played(
        stage,
        "state['n'] = state['n'] + 1\nsdc.output.write(records[0])",
        initScript="sdc.state['n'] = 5",
        destroyScript="e = sdc.createEvent('end', 1)\ne.value = {'n': sdc.state['n']}\nsdc.toEvent(e)",
    )
    played({})
    played({})
    played.stage.close(played.out)
    (event,) = played.out.events
    assert event.value == {"n": 7}
    assert event.attributes["sdc.event.type"] == "end"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("__import__('datetime').date(2020, 1, 2)", datetime(2020, 1, 2, tzinfo=UTC)),
        ("__import__('datetime').datetime(2020, 1, 2, 3)", datetime(2020, 1, 2, 3, tzinfo=UTC)),
        ("[1, 'a', None]", [1, "a", None]),
        ("(1, 2)", [1, 2]),
        ("{1: {'a': None}}", {"1": {"a": None}}),
        ("1.5", 1.5),
        ("True", True),
        ("complex(1, 2)", "(1+2j)"),
    ],
)
def test_what_python_leaves_behind_becomes_fields(expression: str, expected: FieldValue) -> None:
    """Dates are DATETIME, a null without a field before it a STRING, what has no type its text."""
    found = told(Jython, expression)
    assert (found, kind_of(found)) == (expected, kind_of(expected))


@LANGUAGES
def test_only_events_are_sent_as_events(stage: Any) -> None:
    """A record of the batch is none."""
    with pytest.raises(StopFault, match="SCRIPTING_07"):
        Played(stage, "sdc.toEvent(records[0])")({})


@LANGUAGES
def test_what_is_not_written_is_dropped(stage: Any) -> None:
    """And what is written twice goes on twice."""
    played = Played(stage, "output.write(records[1])\noutput.write(records[1])")
    played({"a": 1}, {"a": 2})
    assert played.values == [{"a": 2}, {"a": 2}]


@LANGUAGES
def test_a_record_goes_on_as_it_is_when_it_is_written(stage: Any) -> None:
    """What a script makes of it afterwards shows where it is written again."""
    lines = ["output.write(r)", "r.value = 'x'", "output.write(r)", "r.value = [5]", "output.write(r)"]
    played = Played(stage, "\n".join(["r = records[0]", *lines]))
    played({"a": 1})
    assert played.values == [{"a": 1}, "x", [5]]


def test_an_sdc_record_goes_on_as_it_is_when_it_is_written() -> None:
    """Though it is changed in its place."""
    lines = ["output.write(r)", "r.sdcRecord.set('/a', Field.create(2))", "output.write(r)", "r.sdcRecord.delete('/a')"]
    script = "\n".join(["from com.streamsets.pipeline.api import Field", "r = records[0]", *lines])
    played = Played(Jython, script, scriptRecordType="SDC_RECORDS")
    played({"a": 1})
    assert played.values == [{"a": 1}, {"a": 2}]


@LANGUAGES
def test_attributes_can_be_set_and_removed(stage: Any) -> None:
    """On the record that goes on."""
    delete = "del r.attributes['gone']" if stage is Jython else "delete r.attributes['gone']"
    played = Played(stage, f"r = records[0]\n{delete}\nr.attributes['new'] = 'x'\noutput.write(r)")
    (record,) = played({}, gone="1", kept="2").lanes[0]
    assert record.attributes == {"kept": "2", "new": "x"}


@LANGUAGES
def test_headers_can_be_read(stage: Any) -> None:
    """By the names of the original."""
    assert told(stage, "records[0].sourceId", {}) == "r0"
    assert told(stage, "records[0].stageCreator", {}) == "Made_01"


@LANGUAGES
def test_new_records_have_the_id_that_was_given(stage: Any) -> None:
    """And this stage as their creator."""
    played = Played(stage, "r = sdc.createRecord('mine')\nr.value = {'a': 1}\noutput.write(r)")
    (record,) = played().lanes[0]
    assert (record.header.source_id, record.header.stage_creator) == ("mine", "S_01")


@LANGUAGES
def test_attributes_of_an_engine_are_not_for_scripts(stage: Any) -> None:
    """A name that begins as theirs do fails where the record is written."""
    played = Played(stage, "records[0].attributes['_.id'] = 'x'\noutput.write(records[0])", processingMode="RECORD")
    (error,) = played({}, kept="k").errors
    assert (error.code, error.record.attributes) == ("SCRIPTING_05", {"kept": "k"})


def test_scripts_over_typed_records_read_headers_and_fields() -> None:
    """By the verbs of the original's records; what they set is set."""
    script = """
from com.streamsets.pipeline.api import Field
record, header, told = sdc.records[0].sdcRecord, sdc.records[0].sdcRecord.getHeader(), {}
told['ids'] = [header.getSourceId(), header.getStageCreator(), header.getAttribute('k')]
told['names'] = sorted(header.getAttributeNames())
header.setAttribute('new', 'n'); header.deleteAttribute('k')
field = record.get('/a')
told['type'] = str(field.getType().name)
told['values'] = [field.getValue(), field.getValueAsString(), field.getValueAsLong()]
told['inner'] = record.get('/m').getValue()['x'].value
told['element'] = record.get('/l').getValue()[0].getValueAsDouble()
told['none'] = record.get('/n').value is None
told['paths'] = record.getEscapedFieldPaths()
field.setAttribute('u', 'm'); field.setAttribute('v', 'w'); field.deleteAttribute('v')
told['attribute'] = field.getAttribute('u')
record.set('/made', Field.createListMap({'d': Field.createDate(0), 't': Field.createTime(0)}))
record.set('/told', Field.create(Field.Type.STRING, str(told)))
sdc.output.write(sdc.records[0])
"""
    played = Played(Jython, script, scriptRecordType="SDC_RECORDS")
    (record,) = played({"a": 1, "m": {"x": 2}, "l": [1], "n": Null(FieldType.DATE)}, k="v").lanes[0]
    assert isinstance(record.value, dict)
    assert ast.literal_eval(str(record.value["told"])) == {
        "ids": ["r0", "Made_01", "v"],
        "names": ["k"],
        "type": "INTEGER",
        "values": [1, "1", 1],
        "inner": 2,
        "element": 1.0,
        "none": True,
        "paths": ["", "/a", "/m", "/m/x", "/l", "/l[0]", "/n"],
        "attribute": "m",
    }
    made = record.value["made"]
    assert isinstance(made, ListMap)
    assert [kind_of(each) for each in made.values()] == [FieldType.DATE, FieldType.TIME]
    assert (record.attributes, record.notes["/a"]) == ({"new": "n"}, {"u": "m"})


@LANGUAGES
def test_scripts_write_to_the_log(stage: Any, caplog: pytest.LogCaptureFixture) -> None:
    """With braces for values."""
    caplog.set_level(logging.INFO)
    words = "debug trace warn".split()  # noqa: SIM905
    others = "\n".join(f"log.{word}('{word}')" for word in words)
    caplog.set_level(logging.DEBUG, "penstock.script")
    Played(stage, f"log.info('seen {{}} of {{}}', 1, 'x')\nsdc.log.error('bad')\n{others}")({})
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert said[:2] == [("INFO", "seen 1 of x"), ("ERROR", "bad")]
    assert said[2:] == [("DEBUG", "debug"), ("DEBUG", "trace"), ("WARNING", "warn")]


@LANGUAGES
def test_by_record_a_script_sees_one_at_a_time(stage: Any) -> None:
    """Those before one that fails have gone on."""
    fails = "raise ValueError('x')" if stage is Jython else "throw new Error('x');"
    test = (
        f"if records[0].value['a'] == 2:\n    {fails}"
        if stage is Jython
        else f"if (records[0].value['a'] == 2) {{ {fails} }}"
    )
    played = Played(stage, f"{test}\noutput.write(records[0])", processingMode="RECORD")
    out = played({"a": 1}, {"a": 2}, {"a": 3})
    assert played.values == [{"a": 1}, {"a": 3}]
    assert [error.code for error in out.errors] == ["SCRIPTING_05"]


@LANGUAGES
@pytest.mark.parametrize(("name", "code"), [("script", "SCRIPTING_02"), ("initScript", "SCRIPTING_08")])
def test_scripts_that_cannot_be_started(stage: Any, name: str, code: str) -> None:
    """An empty script, and one for the start that fails."""
    scripts: dict[str, Any] = {"script": "1", name: " " if name == "script" else "missing()"}
    with pytest.raises((InvalidValueError, StopFault), match=code):
        Played(stage, scripts.pop("script"), **scripts)


@LANGUAGES
def test_values_that_a_script_does_not_touch_keep_their_type(stage: Any) -> None:
    """Longs and list-maps, nested too."""
    before: FieldValue = {"l": Long(5), "m": ListMap({"x": [Long(1)]}), "n": 1}
    played = Played(stage, "output.write(records[0])")
    played(before)
    (after,) = played.values
    assert after == before
    assert isinstance(after, dict)
    assert (type(after["l"]), type(after["m"])) == (Long, ListMap)


def test_what_cannot_run_says_what_can_be_done() -> None:
    """Scripts in Groovy have no engine here."""
    kind = "com_streamsets_pipeline_stage_processor_groovy_GroovyDProcessor"
    (issue,) = _cannot_run([StagePlan("G_01", kind, StageType.PROCESSOR, label="My Groovy")])
    assert "Groovy" in issue.message
    assert "Jython" in issue.message


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("v.put('k', 1)", {"a": 1, "l": [1], "s": "Abc", "k": 1}),
        ("v.remove('a')", {"l": [1], "s": "Abc"}),
        ("v.l.add(v.l.size() + 1)", {"a": 1, "l": [1, 2], "s": "Abc"}),
        ("v.a = v.containsKey('a') && !v.containsKey('put')", {"a": True, "l": [1], "s": "Abc"}),
        ("v.a = v.keySet().length", {"a": 3, "l": [1], "s": "Abc"}),
        ("v.a = v.s.contains('b') && v.s.equals('Abc') && v.s.equalsIgnoreCase('aBC') && !v.s.isEmpty()", None),
        ("v.a = v.s.matches('[A-c]+') && !v.s.matches('A')", None),
    ],
    ids=["put", "remove", "list", "key", "keys", "text", "pattern"],
)
def test_javascript_has_the_verbs_of_java(line: str, wanted: dict[str, FieldValue] | None) -> None:
    """That maps, lists and texts had in the original; they are no fields, and nothing to count."""
    played = Played(JavaScript, f"var r = records[0], v = r.value;\n{line};\noutput.write(r)")
    played({"a": 1, "l": [1], "s": "Abc"})
    assert played.values == [{"a": True, "l": [1], "s": "Abc"} if wanted is None else wanted]


def test_javascript_removes_attributes_as_java_does() -> None:
    """By ``remove``."""
    (record,) = Played(JavaScript, "records[0].attributes.remove('gone'); output.write(records[0])")(
        {}, gone="1", kept="2"
    ).lanes[0]
    assert record.attributes == {"kept": "2"}

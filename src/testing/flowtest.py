"""Tests of what a flow does, as YAML files beside it: given records per stage, expected records, errors and events."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import attrs
import yaml

from ..core.errors import FormatError, InvalidValueError, LimitError, PenstockError, nearest
from ..core.flow.model import Flow
from ..core.preview import Preview, PreviewOptions, StageOutput
from ..core.records.record import EVENT_TYPE, Record
from ..core.records.values import FileRef, Null
from ..core.wire.times import epoch_ms
from ..ports.engine import Target
from ..sdk import compose
from ..sdk.transfer import read_records, read_source

SUFFIXES = (".flowtest.yaml", ".flowtest.yml")
MAX_BYTES = 4 * 1024 * 1024
_TOP = ("flow", "parameters", "now", "cases", "match")
_CASE = ("name", "given", "parameters", "now", "expect", "match")
_EXPECT = ("records", "errors", "events")
MATCHES = ("exact", "subset")


class _Loader(yaml.SafeLoader):
    """YAML without references: a few of them can stand for gigabytes."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuses a reference."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("references (*name) are not taken")
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    # a date stays the text that it is, as it is in JSON
    key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@attrs.frozen
class Case:
    """One case: what goes in, and what is to come out."""

    name: str
    given: Mapping[str, Sequence[object]]
    expect: Mapping[str, Any]
    parameters: Mapping[str, object] = attrs.field(factory=dict, repr=False)
    now_ms: int | None = None
    match: str = "exact"


@attrs.frozen
class FlowTest:
    """A test file: a flow and its cases."""

    path: Path
    flow: Flow = attrs.field(repr=False)
    cases: tuple[Case, ...]


@attrs.frozen
class CaseResult:
    """What became of a case; no ``problems`` is a success. ``actual`` is what would be expected to pass."""

    path: Path
    name: str
    problems: tuple[str, ...] = ()
    actual: Mapping[str, Any] = attrs.field(factory=dict, repr=False)

    @property
    def passed(self) -> bool:
        """True without problems."""
        return not self.problems


def find_tests(paths: Sequence[Path]) -> Iterator[Path]:
    """Test files: those named, and those below the folders that are named.

    Raises:
        FormatError: a path that is not there, or a file that is no test by its name.
    """
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.name.endswith(SUFFIXES))
        elif not path.exists():
            raise FormatError(str(path), "", "there is no such file")
        elif not path.name.endswith(SUFFIXES):
            raise FormatError(str(path), "", f"a test file ends with {SUFFIXES[0]}")
        else:
            yield path


def load_test(path: Path) -> FlowTest:
    """A test file with its flow.

    Raises:
        FormatError: with file and place, what was expected and the nearest word.
        LimitError: larger than 4 MiB.
    """
    held = _keys(_yaml(path), path, "", _TOP)
    name = held.get("flow")
    if not isinstance(name, str):
        raise FormatError(str(path), "/flow", "expected the name of the file with the flow")
    flows = read_source(path.parent / name)
    if len(flows) != 1:
        raise FormatError(str(path), "/flow", f"{name} holds {len(flows)} flows; expected one")
    cases = held.get("cases")
    if not isinstance(cases, list) or not cases:
        raise FormatError(str(path), "/cases", "expected a list of cases")
    return FlowTest(path, flows[0], tuple(_case(each, path, at, held, flows[0]) for at, each in enumerate(cases)))


def _yaml(path: Path) -> object:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LimitError(str(path), "", f"more than {MAX_BYTES} bytes")
        text = path.read_text("utf-8")
    except OSError as error:
        raise FormatError(str(path), "", error.strerror or "it cannot be opened") from None
    except UnicodeDecodeError:
        raise FormatError(str(path), "", "it is not UTF-8") from None
    try:
        return yaml.load(text, _Loader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise FormatError(str(path), "", f"no YAML: {error}") from None


def _keys(raw: object, path: Path, place: str, known: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise FormatError(str(path), place, "expected an object")
    for key in raw:
        if key not in known:
            near = nearest(str(key), known)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise FormatError(str(path), f"{place}/{key}", f"expected {', '.join(known)}{hint}")
    return raw


def _case(raw: object, path: Path, at: int, top: Mapping[str, Any], flow: Flow) -> Case:
    place = f"/cases/{at}"
    held = _keys(raw, path, place, _CASE)
    expect = _keys(held.get("expect") or {}, path, f"{place}/expect", _EXPECT)
    match = held.get("match", top.get("match", "exact"))
    if match not in MATCHES:
        raise FormatError(str(path), f"{place}/match", f"{match!r} is neither of {', '.join(MATCHES)}")
    given = {}
    for stage, rows in (held.get("given") or {}).items():
        _known(flow, stage, path, f"{place}/given/{stage}")
        given[stage] = _rows(rows, path, f"{place}/given/{stage}")
    for part in ("records", "events"):
        for stage in expect.get(part) or {}:
            _known(flow, stage, path, f"{place}/expect/{part}/{stage}")
    now = held.get("now", top.get("now"))
    return Case(
        name=str(held.get("name", f"case {at + 1}")),
        given=given,
        expect=expect,
        parameters={**(top.get("parameters") or {}), **(held.get("parameters") or {})},
        now_ms=None if now is None else epoch_ms(now, str(path), f"{place}/now"),
        match=match,
    )


def _known(flow: Flow, stage: str, path: Path, place: str) -> None:
    names = [each.instance_name for each in flow.stages]
    if stage not in names:
        near = nearest(str(stage), names)
        raise FormatError(
            str(path), place, f"the flow has no stage {stage!r}; did you mean {' or '.join(near) or names}?"
        )


def _rows(raw: object, path: Path, place: str) -> list[object]:
    if isinstance(raw, Mapping) and set(raw) == {"file"}:
        return read_records(path.parent / str(raw["file"]))
    if not isinstance(raw, list):
        raise FormatError(str(path), place, "expected a list of records, or file: NAME")
    return raw


def run_test(test: FlowTest, *, allow_code: bool = False) -> Iterator[CaseResult]:
    """Runs the cases one after the other; nothing is written anywhere."""
    for case in test.cases:
        try:
            shown = run_case(test.flow, case, allow_code=allow_code)
        except PenstockError as error:
            yield CaseResult(test.path, case.name, (str(error),))
            continue
        actual = outcome(shown)
        yield CaseResult(test.path, case.name, tuple(_problems(case, shown, actual)), actual)


def run_case(flow: Flow, case: Case, *, allow_code: bool = False) -> Preview:
    """The preview of a case, in an engine of its own."""
    options = compose.Options(allow_code=allow_code)
    make = compose.engine_maker(options)
    assert make is not None

    async def inside() -> Preview:
        catalogue = await compose.LocalCatalogues(None).catalogue()
        engine = make(None, catalogue, allow_code)
        most = max([10, *(len(rows) for rows in case.given.values())])
        wanted = PreviewOptions(batch_size=most, inputs=case.given, now_ms=case.now_ms)
        return await engine.preview(Target(flow, None, case.parameters), wanted)

    return anyio.run(inside)


def outcome(shown: Preview) -> dict[str, Any]:
    """What came out, as plain data: records that destinations received or last stages put out, errors, events."""
    records: dict[str, list[Any]] = {}
    errors: list[dict[str, Any]] = []
    events: dict[str, list[Any]] = {}
    for each in (output for batch in shown.batches for output in batch):
        rows = _received(each)
        if rows is not None:
            records.setdefault(each.instance_name, []).extend(plain(record.value) for record in rows)
        errors.extend(_error(each, record) for record in each.error_records)
        errors.extend({"stage": each.instance_name, "code": error.code} for error in each.stage_errors)
        for record in each.event_records:
            row = {"type": record.attributes.get(EVENT_TYPE, ""), "fields": plain(record.value)}
            events.setdefault(each.instance_name, []).append(row)
    made: dict[str, Any] = {"records": records}
    return {**made, **({"errors": errors} if errors else {}), **({"events": events} if events else {})}


def _received(output: StageOutput) -> Sequence[Record] | None:
    """What a destination got; None for stages with lanes, whose records are asked for by name only."""
    return output.input if not output.lanes and output.input is not None else None


def _error(output: StageOutput, record: Record) -> dict[str, Any]:
    error = record.header.error
    code = error.code if error is not None else ""
    return {"stage": output.instance_name, "code": code, "record": plain(record.value)}


def _problems(case: Case, shown: Preview, actual: Mapping[str, Any]) -> Iterator[str]:
    if not shown.finished:
        yield f"the preview ended as {shown.status}: {shown.message or ''}"
        for issue in shown.issues:
            yield f"{issue.instance_name or 'flow'}: {issue.message}"
        return
    if not case.expect:
        yield "nothing is expected, so nothing was tested; `penstock test --update` writes what came out"
    for stage, wanted in (case.expect.get("records") or {}).items():
        yield from _compared(f"records of {stage}", wanted, _records_of(shown, stage), case.match)
    if "errors" in case.expect or actual.get("errors"):
        got = actual.get("errors", [])
        wanted = case.expect.get("errors") or []
        # what an expectation leaves out is not compared: code and stage are enough
        short = [{key: row[key] for key in want if key in row} for want, row in zip(wanted, got, strict=False)]
        yield from _compared("errors", wanted, [*short, *got[len(short) :]], case.match)
    for stage, wanted in (case.expect.get("events") or {}).items():
        yield from _compared(f"events of {stage}", wanted, actual.get("events", {}).get(stage, []), case.match)


def _records_of(shown: Preview, stage: str) -> list[Any]:
    found: list[Any] = []
    for each in (output for batch in shown.batches for output in batch if output.instance_name == stage):
        rows = _received(each)
        if rows is None:
            rows = [record for records in each.lanes.values() for record in records]
        found.extend(plain(record.value) for record in rows)
    return found


def _compared(what: str, wanted: Any, got: list[Any], match: str) -> Iterator[str]:
    if not isinstance(wanted, list):
        raise InvalidValueError(what, wanted, "a list")
    if match == "subset":
        rest = list(got)
        for each in wanted:
            found = next((at for at, row in enumerate(rest) if _within(each, row)), None)
            if found is None:
                yield f"{what}: nothing like {_text(each)}; there is\n" + "\n".join(f"  {_text(row)}" for row in got)
            else:
                del rest[found]
    elif not _same(wanted, got):
        lines = difflib.unified_diff(_pretty(wanted), _pretty(got), "expected", "found", lineterm="", n=3)
        yield f"{what} differ:\n" + "\n".join(lines)


def _same(wanted: Any, got: Any) -> bool:
    """Equal, where a number is the same whatever its kind."""
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        return set(wanted) == set(got) and all(_same(wanted[key], got[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(map(_same, wanted, got))
    return bool(wanted == got) and isinstance(wanted, bool) == isinstance(got, bool)


def _within(wanted: Any, got: Any) -> bool:
    """True when everything that is wanted is there."""
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        return all(key in got and _within(wanted[key], got[key]) for key in wanted)
    return _same(wanted, got)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _pretty(rows: list[Any]) -> list[str]:
    return json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True, default=str).splitlines()


def plain(value: Any) -> Any:
    """A field as YAML and JSON know it: moments as ISO texts, decimals as numbers, bytes as hexadecimal."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if value is None or isinstance(value, Null):
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, FileRef):
        return plain(value.info)
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return str(value)


def update_test(test: FlowTest, results: Sequence[CaseResult]) -> None:
    """Writes what came out of failed cases as what is expected; remarks in the file are lost."""
    from ..sdk.files import write_whole

    held: Any = _yaml(test.path)
    for raw, result in zip(held["cases"], results, strict=True):
        if result.problems and result.actual:
            raw["expect"] = dict(result.actual)
    text = yaml.safe_dump(held, sort_keys=False, allow_unicode=True)
    write_whole(test.path, lambda out: out.write(text.encode()))


def assert_outputs(
    flow: Flow,
    inputs: Mapping[str, Sequence[object]],
    expected: Mapping[str, Sequence[object]],
    *,
    match: str = "exact",
) -> None:
    """Fails when the records that reach stages are others than expected. ``flow.value`` is the flow of a handle.

    Raises:
        AssertionError: with the differences.
    """
    case = Case("", inputs, {"records": {stage: list(rows) for stage, rows in expected.items()}}, match=match)
    shown = run_case(flow, case)
    problems = list(_problems(case, shown, outcome(shown)))
    if problems:
        raise AssertionError("\n".join(problems))

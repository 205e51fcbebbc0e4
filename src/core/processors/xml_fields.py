"""XML Parser and XML Flattener: a text field with XML becomes fields."""

from collections.abc import Iterator

from ..plan.model import StagePlan
from ..plan.unfit import Checks
from ..records.fields import set_field
from ..records.paths import MISSING, get, has, put
from ..records.record import Record, copy_value
from ..records.values import FieldValue
from ..xml import Element, XmlFault, XmlRecords, parse_tree
from .api import Out, Process, RecordFault, Tools, derived, fresh
from .registry import processor
from .values import null_of, text_of, without_controls

_BAD = set("[]'\"/")


@processor("com_streamsets_pipeline_stage_processor_xmlparser_XmlParserDProcessor")
def xml_parser(plan: StagePlan, tools: Tools) -> Process:
    """The first record element, all of them as a list, or a record for each. A record without the field is dropped."""
    given = plan.given.under("configs.")
    source, target = given.text("fieldPathToParse"), given.text("parsedFieldPath")
    several = given.text("multipleValuesBehavior", "FIRST_ONLY")

    def reader() -> XmlRecords:
        return XmlRecords(
            given.text("xmlRecordElement"),
            given.pairs("xPathNamespaceContext"),
            field_attributes=given.flag("outputFieldAttributes"),
            with_xpath=given.flag("includeFieldXpathAttributes"),
        )

    reader()
    controls = given.flag("removeCtrlChars")

    def parsed(record: Record, text: str) -> list[Record]:
        if controls:
            text = without_controls(text)
        found: list[Record] = []
        try:
            for each in reader().feed(text.lstrip().encode("utf-8", "replace"), final=True):
                made = Record(each.value)
                made.header.field_attributes = {path: dict(note) for path, note in each.attributes.items()}
                found.append(made)
        except XmlFault as fault:
            where = f"field {source} of record {record.header.source_id}"
            raise RecordFault("XMLP_01", f"{where} cannot be parsed: {fault}") from None
        return found

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            held = get(record.value, source)
            if held is MISSING:
                continue
            try:
                text = text_of(held, source)  # type: ignore[arg-type]
                found = parsed(record, text) if text is not None else []
                for made in _landed(record, held, found, target, several):  # type: ignore[arg-type]
                    out.emit(made)
            except RecordFault as fault:
                out.error(record, fault.code, fault.message)

    return process


def _landed(record: Record, before: FieldValue, found: list[Record], target: str, several: str) -> Iterator[Record]:
    if several == "SPLIT_INTO_MULTIPLE_RECORDS":
        for each in found:
            made = derived(record, copy_value(record.value), "")
            _put(made, target, each.value, each)
            yield made
        return
    if several == "ALL_AS_LIST":
        set_field(record, target, [each.value for each in found])
        for at, each in enumerate(found):
            _notes(record, each, f"{target.rstrip('/')}[{at}]")
    elif found:
        _put(record, target, found[0].value, found[0])
    else:
        set_field(record, target, null_of(before))
    yield record


def _put(record: Record, target: str, value: FieldValue, made: Record) -> None:
    set_field(record, target, value)
    _notes(record, made, target.rstrip("/"))


def _notes(record: Record, made: Record, under: str) -> None:
    for path, note in made.header.field_attributes.items():
        record.header.field_attributes.setdefault(f"{under}{path}", {}).update(note)


@processor("com_streamsets_pipeline_stage_processor_xmlflattener_XMLFlatteningDProcessor")
class XmlFlattener:
    """A record for every element with the delimiter's name, its texts and attributes as flat fields.

    Raises:
        UnfitError: a delimiter with a quote, slash or bracket (XMLF_01, XMLF_02).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given
        self._source = given.text("fromField")
        self._keep, self._overwrite = given.flag("keepOriginalFields", True), given.flag("newFieldOverwrites")
        target = given.text("outputField").strip("/")
        self._target = target if self._keep else ""
        self._records = given.text("recordDelimiter")
        self._between, self._attribute = given.text("fieldDelimiter", "."), given.text("attrDelimiter", "#")
        self._attributes, self._namespaces = not given.flag("ignoreAttributes"), not given.flag("ignoreNamespace")
        checks = Checks()
        for setting, text, code in (
            ("attrDelimiter", self._attribute, "XMLF_01"),
            ("fieldDelimiter", self._between, "XMLF_02"),
        ):
            checks.that(not _BAD & set(text), code, setting, f"{text!r} has a quote, slash or bracket")
        checks.done()

    def __call__(self, batch: list[Record], out: Out) -> None:
        """A record without the field is dropped."""
        for record in batch:
            if self._keep and not isinstance(record.value, dict):
                out.error(record, "CMN_0100", "the root field is no map, so fields cannot be added to it")
                continue
            held = get(record.value, self._source)
            if held is MISSING:
                continue
            if held is None:
                out.error(record, "DATA_FORMAT_303", f"field {self._source} is null")
                continue
            if not isinstance(held, str):
                out.error(record, "CMN_0100", f"field {self._source} is no text")
                continue
            try:
                root = parse_tree(held.strip())
            except XmlFault as fault:
                out.error(record, "DATA_FORMAT_303", f"field {self._source} is no XML: {fault}")
                continue
            for made in self._flat(record, root):
                out.emit(made)

    def _flat(self, record: Record, root: Element) -> list[Record]:
        made: list[Record] = []
        if not self._records or root.name == self._records:
            self._into(self._new(record, made), root, root.name)
            return made
        waiting = [root]
        while waiting:
            element = waiting.pop(0)
            nested: list[Element] = []
            for child in element.children:
                if isinstance(child, Element):
                    if child.name == self._records:
                        self._into(self._new(record, made), child, child.name)
                    else:
                        nested.append(child)
            waiting[:0] = nested
        return made

    def _new(self, record: Record, made: list[Record]) -> Record:
        suffix = f"_{len(made) + 1}"
        new = derived(record, copy_value(record.value), suffix) if self._keep else fresh(record, {}, suffix)
        if self._target and not has(new.value, f"/{self._target}"):
            new.value = put(new.value, f"/{self._target}", {})
        made.append(new)
        return new

    def _into(self, record: Record, element: Element, prefix: str) -> None:
        self._facts(record, element, prefix)
        elements = [child for child in element.children if isinstance(child, Element)]
        names = [child.name for child in elements]
        counted = {name: 0 for name in names if names.count(name) > 1} if len(names) < 1000 else _repeated(names)
        text: list[str] = []
        for child in [*element.children, None]:
            if isinstance(child, str):
                text.append(child)
                continue
            if "".join(text).strip():
                self._set(record, prefix, "".join(text), always=not self._keep or self._overwrite)
            text = []
            if child is None:
                continue
            below = f"{prefix}{self._between}{child.name}"
            if child.name in counted:
                below += f"({counted[child.name]})"
                counted[child.name] += 1
            self._into(record, child, below)

    def _facts(self, record: Record, element: Element, prefix: str) -> None:
        if self._attributes:
            for name, value in element.attributes.items():
                if name != "xmlns":
                    self._set(record, f"{prefix}{self._attribute}{name}", value, always=True)
        if self._namespaces and element.namespace:
            self._set(record, f"{prefix}{self._attribute}xmlns", element.namespace, always=True)

    def _set(self, record: Record, name: str, value: str, *, always: bool) -> None:
        place = get(record.value, f"/{self._target}") if self._target else record.value
        if isinstance(place, dict) and (always or name not in place):
            place[name] = value


def _repeated(names: list[str]) -> dict[str, int]:
    seen: set[str] = set()
    twice: dict[str, int] = {}
    for name in names:
        if name in seen:
            twice[name] = 0
        seen.add(name)
    return twice

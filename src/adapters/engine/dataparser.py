"""Data Parser and Data Generator: a field in one of the data formats, read and written."""

import io

from ...core.plan.given import NOTHING_GIVEN, Given
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Process, RecordFault, Tools, derived, each
from ...core.processors.registry import processor
from ...core.records.fields import set_field
from ...core.records.paths import MISSING, get
from ...core.records.record import Record
from ...core.records.values import FieldValue, FileRef, Null
from ...core.values import JsonMap
from .access import with_access
from .formats.fault import FormatFault
from .formats.reading import check_reader, read_items
from .formats.writing import whole, writers

MAX_FILE = 64 * 1024 * 1024
_SERVICE = "com.streamsets.pipeline.api.service.dataformats.DataFormat"


@processor("com_streamsets_pipeline_stage_processor_parser_DataParserDProcessor")
def data_parser(plan: StagePlan, tools: Tools) -> Process:
    """The first value, all of them as a list, or a record for each; a text in which is nothing changes nothing.

    All of a field must be readable, even where only the first value is wanted.

    Raises:
        UnsupportedError: a format that is not read here.
        InvalidValueError: settings of the format that cannot be.
    """
    given = plan.given.under("configs.")
    source, target = given.text("fieldPathToParse"), given.text("parsedFieldPath")
    several = given.text("multipleValuesBehavior", "FIRST_ONLY")
    service = plan.services.get(f"{_SERVICE}ParserService", NOTHING_GIVEN)
    kind, settings = (
        service.text("dataFormat", "JSON"),
        with_access(service.under("dataFormatConfig."), tools.access),
    )
    check_reader(kind, settings)
    of_text = _of_text(settings)

    def parsed(record: Record) -> list[Record]:
        held = get(record.value, source)
        if held is MISSING or held is None or isinstance(held, Null):
            raise RecordFault("DATAPARSER_05", f"field {source} is not there, or null")
        data = _data(held, source)  # type: ignore[arg-type]
        found: list[Record] = []
        try:
            for item in read_items(io.BytesIO(data), kind, of_text if isinstance(held, str) else settings):
                if item.fault is not None:
                    raise item.fault
                found.append(item.value if isinstance(item.value, Record) else Record(item.value))
        except FormatFault as fault:
            raise RecordFault("DATAPARSER_01", f"field {source} cannot be parsed: {fault}") from None
        return found

    def process(batch: list[Record], out: Out) -> None:
        for record in batch:
            try:
                for made in _placed(record, parsed(record), target, several, source):
                    out.emit(made)
            except RecordFault as fault:
                out.error(record, fault.code, fault.message)

    return process


def _of_text(settings: Given) -> Given:
    """The settings for a text, whose characters are known already."""
    return Given(JsonMap({**settings, "charset": "UTF-8"}))


def _data(held: FieldValue, source: str) -> bytes:
    if isinstance(held, str):
        return held.encode("utf-8", "surrogatepass")
    if isinstance(held, bytes):
        return held
    if not isinstance(held, FileRef):
        raise RecordFault("DATAPARSER_02", f"field {source} is neither text, bytes nor a file")
    try:
        with held.open() as opened:
            data = b""
            while len(data) <= MAX_FILE and (more := opened.read(MAX_FILE + 1 - len(data))):
                data += more
    except OSError as error:
        raise RecordFault("DATAPARSER_04", f"the file of field {source} cannot be read: {error.strerror}") from None
    if len(data) > MAX_FILE:
        raise RecordFault("DATAPARSER_04", f"the file of field {source} has more than {MAX_FILE} bytes")
    return data


def _placed(record: Record, found: list[Record], target: str, several: str, source: str) -> list[Record]:
    if not found:
        return [record]
    if several == "SPLIT_INTO_MULTIPLE_RECORDS":
        made: list[Record] = []
        suffix = source.removeprefix("/").replace("/", "_")
        for at, each in enumerate(found):
            copy = derived(record, record.copy().value, f"_{suffix}_{at}")
            _put(copy, target, each)
            made.append(copy)
        return made
    if several == "ALL_AS_LIST":
        set_field(record, target, [each.value for each in found])
        for at, each in enumerate(found):
            _notes(record, each, f"{target.rstrip('/')}[{at}]")
        return [record]
    _put(record, target, found[0])
    return [record]


def _put(record: Record, target: str, made: Record) -> None:
    set_field(record, target, made.value)
    _notes(record, made, target.rstrip("/"))


def _notes(record: Record, made: Record, under: str) -> None:
    """What is noted of parsed fields goes with them."""
    for path, note in made.header.field_attributes.items():
        record.header.field_attributes.setdefault(f"{under}{path}", {}).update(note)


@processor("com_streamsets_pipeline_stage_processor_generator_DataGeneratorDProcessor")
def data_generator(plan: StagePlan, tools: Tools) -> Process:
    """The whole record as bytes or text in a field."""
    given = plan.given.under("config.")
    target, as_text = given.text("targetField", "/"), given.text("outputType", "BYTE_ARRAY") == "STRING"
    service = plan.services.get(f"{_SERVICE}GeneratorService", NOTHING_GIVEN)
    make = writers(
        service.text("dataFormat", "JSON"), with_access(service.under("dataGeneratorFormatConfig."), tools.access)
    )

    def handle(record: Record) -> Record:
        try:
            data = whole(make, record)
        except FormatFault as fault:
            raise RecordFault("GENERATOR_001", f"the record cannot be written: {fault}") from None
        set_field(record, target, data.decode("utf-8", "replace") if as_text else data)
        return record

    return each(handle)

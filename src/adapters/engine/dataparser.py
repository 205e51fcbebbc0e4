"""Data Parser and Data Generator: a field in one of the data formats, read and written."""

import io

from ...core.plan.given import NOTHING_GIVEN
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Process, RecordFault, Tools, derived, each
from ...core.processors.registry import processor
from ...core.processors.values import place
from ...core.records.paths import MISSING, get
from ...core.records.record import Record
from ...core.records.values import FieldValue, Null
from .formats.fault import FormatFault
from .formats.reading import check_reader, read_items
from .formats.writing import whole, writers

_SERVICE = "com.streamsets.pipeline.api.service.dataformats.DataFormat"


@processor("com_streamsets_pipeline_stage_processor_parser_DataParserDProcessor")
def data_parser(plan: StagePlan, tools: Tools) -> Process:
    """The first value, all of them as a list, or a record for each; a text in which is nothing changes nothing."""
    given = plan.given.under("configs.")
    source, target = given.text("fieldPathToParse"), given.text("parsedFieldPath")
    several = given.text("multipleValuesBehavior", "FIRST_ONLY")
    service = plan.services.get(f"{_SERVICE}ParserService", NOTHING_GIVEN)
    kind, settings = service.text("dataFormat", "JSON"), service.under("dataFormatConfig.")

    check_reader(kind, settings)

    def parsed(record: Record) -> list[FieldValue]:
        held = get(record.value, source)
        if held is MISSING or held is None or isinstance(held, Null):
            raise RecordFault("DATAPARSER_05", f"field {source} is not there, or null")
        if not isinstance(held, (str, bytes)):
            raise RecordFault("DATAPARSER_02", f"field {source} is neither text nor bytes")
        data = held.encode("utf-8", "surrogatepass") if isinstance(held, str) else held
        found: list[FieldValue] = []
        try:
            for item in read_items(io.BytesIO(data), kind, settings):
                if item.fault is not None:
                    raise item.fault
                found.append(item.value.value if isinstance(item.value, Record) else item.value)
                if several == "FIRST_ONLY":
                    break
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


def _placed(record: Record, found: list[FieldValue], target: str, several: str, source: str) -> list[Record]:
    if not found:
        return [record]
    if several == "SPLIT_INTO_MULTIPLE_RECORDS":
        made: list[Record] = []
        for at, value in enumerate(found):
            copy = derived(record, record.copy().value, f"_{source.strip('/')}_{at}")
            place(copy, target, value, "DATAPARSER_05")
            made.append(copy)
        return made
    place(record, target, list(found) if several == "ALL_AS_LIST" else found[0], "DATAPARSER_05")
    return [record]


@processor("com_streamsets_pipeline_stage_processor_generator_DataGeneratorDProcessor")
def data_generator(plan: StagePlan, tools: Tools) -> Process:
    """The whole record as bytes or text in a field."""
    given = plan.given.under("config.")
    target, as_text = given.text("targetField", "/"), given.text("outputType", "BYTE_ARRAY") == "STRING"
    service = plan.services.get(f"{_SERVICE}GeneratorService", NOTHING_GIVEN)
    make = writers(service.text("dataFormat", "JSON"), service.under("dataGeneratorFormatConfig."))

    def handle(record: Record) -> Record:
        try:
            data = whole(make, record)
        except FormatFault as fault:
            raise RecordFault("GENERATOR_001", f"the record cannot be written: {fault}") from None
        place(record, target, data.decode("utf-8", "replace") if as_text else data, "GENERATOR_001")
        return record

    return each(handle)

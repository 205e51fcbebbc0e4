"""Log Parser: a field with a line of a log becomes fields."""

from collections.abc import Iterator

from ..logs import Line, line_parser, log_records
from ..plan.given import NOTHING_GIVEN
from ..plan.model import StagePlan
from ..records.paths import MISSING, get, put
from ..records.record import Record
from .api import Process, RecordFault, Tools, each
from .registry import processor
from .values import text_of, without_controls

SERVICE = "com.streamsets.pipeline.api.service.dataformats.log.LogParserService"
PREFIX = "logParserServiceConfig."


@processor("com_streamsets_pipeline_stage_processor_logparser_LogParserDProcessor")
def log_parser(plan: StagePlan, tools: Tools) -> Process:
    """The fields of the line go to the target field; with ``retainOriginalLine`` the line goes along.

    Of an empty text the original makes a record with an empty ``parsedLine``, whatever the format.

    Raises:
        InvalidValueError: a format that there is not, or a pattern that cannot be read.
    """
    given = plan.services.get(SERVICE, NOTHING_GIVEN).under(PREFIX)
    source, target = plan.given.text("fieldPathToParse", "/text"), plan.given.text("parsedFieldPath", "/")
    parser, keeps = line_parser(given), given.flag("retainOriginalLine")
    longest, controls = given.integer("logMaxObjectLen", 1024), given.flag("removeCtrlChars")

    def handle(record: Record) -> Record:
        held = get(record.value, source)
        if held is MISSING:
            raise RecordFault("LOGP_00", f"field {source} is not there")
        text = text_of(held, source)  # type: ignore[arg-type]
        if text is None:
            raise RecordFault("LOGP_01", f"field {source} is null")
        if controls:
            text = without_controls(text)
        found = next(log_records(_lines(text, longest), parser, keep_line=keeps))
        if found.fault is not None:
            raise RecordFault("LOGP_03", f"field {source} cannot be parsed: {found.fault}")
        record.value = put(record.value, target, found.fields)
        return record

    return each(handle)


def _lines(text: str, longest: int) -> Iterator[Line]:
    if not text:
        return
    for line in text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n"):
        cut = 0 < longest < len(line)
        yield Line(0, 0, line[:longest] if cut else line, cut)

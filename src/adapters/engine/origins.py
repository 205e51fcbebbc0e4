"""Origins that need no other system."""

import io
import random
from collections.abc import Callable, Iterator
from typing import Protocol

from ...core.catalogue.newer import SYNTHETIC
from ...core.plan.given import Given
from ...core.plan.model import StagePlan
from ...core.plan.unfit import Checks
from ...core.processors.api import Out, Tools
from ...core.records.record import Header, Record
from ...core.records.values import FieldType, FieldValue, Null
from .access import with_access
from .directory import Directory
from .formats.fault import FormatFault
from .formats.reading import check_reader, read_items
from .later import later
from .web import http_origin

PARSER_SERVICE = "com.streamsets.pipeline.api.service.dataformats.DataFormatParserService"
PARSER_PREFIX = "dataFormatConfig."


class Origin(Protocol):
    """Makes the records of a batch."""

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """Puts out a batch from an offset on; the offset behind it, None for the end of the data."""
        ...


OriginBuild = Callable[[StagePlan, Tools], Origin]


class RawData:
    """Dev Raw Data Source: every batch is the whole of ``rawData``.

    Raises:
        UnfitError: no data (DEV_002).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        checks = Checks()
        checks.that(plan.given.text("rawData") != "", "DEV_002", "rawData", "there is no data")
        checks.done()
        self._plan = plan
        self._parser = plan.services.get(PARSER_SERVICE, Given())
        self._settings = with_access(self._parser.under(PARSER_PREFIX), tools.access)
        check_reader(self._parser.text("dataFormat", "JSON"), self._settings)

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """Parses ``rawData`` and ``eventData``; with ``stopAfterFirstBatch`` that is the end."""
        for record in self._parsed("rawData", out):
            out.emit(record)
        for record in self._parsed("eventData", out):
            out.event("raw-data-event", 1, record.value, record.header.source_id)
        return None if self._plan.given.flag("stopAfterFirstBatch") else "rawData"

    def _parsed(self, name: str, out: Out) -> Iterator[Record]:
        """The records of a setting. What cannot be parsed is refused: a record, or all of the text as bytes."""
        data = self._plan.given.text(name).encode("utf-8", "surrogatepass")
        if not data:
            return
        try:
            for item in read_items(io.BytesIO(data), self._parser.text("dataFormat", "JSON"), self._settings):
                record = item.value if isinstance(item.value, Record) else Record(item.value)
                record.header.source_id = f"{name}::{item.label or item.start}"
                if item.warning is not None:
                    out.stage_error(item.warning.code, item.warning.message)
                if item.fault is None:
                    yield record
                elif item.fault.too_long:
                    raise item.fault
                else:
                    out.error(record, "SERVICE_ERROR_001", f"the data cannot be parsed: {item.fault}")
        except FormatFault as fault:
            out.error(Record(data, Header(name)), "SERVICE_ERROR_001", f"the data cannot be parsed: {fault}")


class RandomRecords:
    """Dev Random Record Source: whole numbers by chance, three of ten null, dealt over the lanes."""

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        self._names = [name for name in plan.given.text("fields", "a,b,c").split(",") if name]
        self._limit = plan.given.integer("maxRecordsToGenerate", 922_337_203_685)
        self._lanes = max(1, len(plan.outputs))
        self._chance = random.Random(int(tools.random() * 2**53))
        self._made = self._batches = 0
        self._sleep = tools.sleep
        self._delay_s = 0.0 if tools.preview else max(0, plan.given.integer("delay", 1000)) / 1000

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """A full batch mostly, now and then a smaller one; the end when all that were asked for are made."""
        count = most = max(1, max_records)
        if self._batches % self._chance.randint(1, most) == 0:
            count = self._chance.randint(0, most)
        if self._batches and self._delay_s:
            self._sleep(self._delay_s)
        self._batches += 1
        for number in range(min(count, self._limit - self._made)):
            value: dict[str, FieldValue] = {name: self._number() for name in self._names}
            out.emit(Record(value, Header(source_id=f"random:{number}")), number % self._lanes)
            self._made += 1
        return "random" if self._made < self._limit else None

    def _number(self) -> FieldValue:
        none = self._chance.random() < 0.3
        return Null(FieldType.INTEGER) if none else self._chance.randint(-(1 << 31), (1 << 31) - 1)


ORIGINS: dict[str, OriginBuild] = {
    "com_streamsets_pipeline_stage_origin_spooldir_SpoolDirDSource": Directory,
    "com_streamsets_pipeline_stage_devtest_rawdata_RawDataDSource": RawData,
    "com_streamsets_pipeline_stage_devtest_RandomSource": RandomRecords,
    "com_streamsets_pipeline_stage_devtest_RandomDataGeneratorSource": later("generator", "DataGenerator"),
    SYNTHETIC: later("generator", "SyntheticGenerator"),
    "com_streamsets_pipeline_stage_origin_http_HttpClientDSource": http_origin,
    "com_streamsets_pipeline_stage_origin_httpserver_HttpServerDPushSource": later("web.served", "HttpServer"),
    "com_streamsets_pipeline_stage_origin_restservice_RestServiceDPushSource": later("web.served", "RestService"),
    "com_streamsets_pipeline_stage_origin_tcp_TCPServerDSource": later("tcpserver", "TcpServer"),
    "com_streamsets_pipeline_stage_origin_javascript_JavascriptDSource": later("jsorigin", "JavaScriptOrigin"),
    "com_streamsets_pipeline_stage_origin_jython_JythonDSource": later("scriptorigin", "JythonOrigin"),
    "com_streamsets_pipeline_stage_origin_logtail_FileTailDSource": later("tail.origin", "FileTail"),
    "com_streamsets_pipeline_stage_origin_sdcipc_SdcIpcDSource": later("rpc", "RpcOrigin"),
}

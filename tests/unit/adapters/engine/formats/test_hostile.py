"""The promise about hostile files: any bytes in any format end in records or in a fault, never in another error."""

import contextlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from penstock.adapters.engine.formats.fault import FormatFault
from penstock.adapters.engine.formats.reading import READERS, read_items
from penstock.core.records.values import FieldValue, ListMap

from .test_protobuf import ALL, FULL, example
from .using import settings, written

DIALECTS = ("TDF", "MYSQL", "POSTGRES_CSV", "POSTGRES_TEXT", "MULTI_CHARACTER")
LOGS = ("COMBINED_LOG_FORMAT", "APACHE_ERROR_LOG_FORMAT", "LOG4J", "CEF", "LEEF")
VARIANTS: list[tuple[str, dict[str, object]]] = [
    *((kind, dict[str, object]()) for kind in READERS if kind not in ("PROTOBUF", "WHOLE_FILE")),
    *(("DELIMITED", dict[str, object](csvFileFormat=kind)) for kind in DIALECTS),
    ("DELIMITED", {"csvFileFormat": "CUSTOM", "csvEnableComments": True, "csvHeader": "WITH_HEADER"}),
    ("DELIMITED", {"csvParser": "UNIVOCITY", "csvHeader": "WITH_HEADER"}),
    ("JSON", {"jsonContent": "ARRAY_OBJECTS", "jsonMaxObjectLen": 5}),
    ("TEXT", {"useCustomDelimiter": True, "customDelimiter": "ab"}),
    *(("LOG", dict[str, object](logMode=kind)) for kind in LOGS),
    ("LOG", {"logMode": "LOG4J", "onParseError": "INCLUDE_AS_STACK_TRACE"}),
    ("XML", {"xmlRecordElement": "a", "outputFieldAttributes": True}),
    ("AVRO", {"avroSchemaSource": "INLINE", "avroSchema": '{"type": "array", "items": ["null", "string"]}'}),
    *(("DATAGRAM", dict[str, object](datagramMode=kind)) for kind in ("COLLECTD", "NETFLOW", "RAW_DATA")),
    ("PROTOBUF", dict(ALL)),
    ("PROTOBUF", {**ALL, "isDelimited": False}),
]


@pytest.fixture(scope="module", autouse=True)
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of resources, with the types of messages."""
    folder = tmp_path_factory.mktemp("resources")
    (folder / "x.desc").write_bytes(example().SerializeToString())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PENSTOCK_RESOURCES", str(folder))
        yield folder


def end(kind: str, data: bytes, more: dict[str, object]) -> None:
    """Reads a file to its end: every item in order, at the end nothing or a fault."""
    at = 0
    with contextlib.suppress(FormatFault):
        for item in read_items(io.BytesIO(data), kind, settings(**more)):
            assert at <= item.start <= item.end
            at = item.end


@pytest.mark.parametrize(("kind", "more"), VARIANTS)
def test_any_bytes_end_in_records_or_a_fault(kind: str, more: dict[str, object]) -> None:
    """Whatever they are."""

    @hypothesis_settings(deadline=None, max_examples=40)
    @given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
    def check(data: bytes) -> None:
        end(kind, data, more)

    check()


def samples() -> list[tuple[str, bytes, dict[str, object]]]:
    """A good file of the formats that have a form which chance does not hit."""
    fields = [{"name": "a", "type": "int"}, {"name": "b", "type": {"type": "array", "items": ["null", "string"]}}]
    schema = json.dumps({"type": "record", "name": "r", "fields": fields})
    root: dict[str, FieldValue] = {"a": 1, "b": ["x", None]}
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["a", 1.5])
    workbook = io.BytesIO()
    book.save(workbook)
    return [
        ("AVRO", written("AVRO", root, root, avroSchema=schema), {}),
        ("AVRO", written("AVRO", root, avroSchema=schema, avroCompression="DEFLATE"), {}),
        ("EXCEL", workbook.getvalue(), {"excelHeader": "NO_HEADER"}),
        ("JSON", b'[{"a": [1, "x\\u00e9"], "b": {"c": null}}, 1.5e3]', {"jsonContent": "ARRAY_OBJECTS"}),
        ("SDC_JSON", written("SDC_JSON", root, ListMap(x="y")), {}),
        ("XML", b'<?xml version="1.0"?><r xmlns:p="u"><p:a k="v">x</p:a><!-- c --><b/></r>', {}),
        ("DELIMITED", b'a,"b ""c"" d"\n1,2\n', {"csvHeader": "WITH_HEADER"}),
    ]


@hypothesis_settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(samples()), st.floats(0, 1), st.integers(0, 20), st.binary(max_size=12))
def test_a_good_file_that_was_tampered_with_ends_in_records_or_a_fault(
    sample: tuple[str, bytes, dict[str, object]], place: float, gone: int, new: bytes
) -> None:
    """Some bytes in it are taken away and others put in."""
    kind, data, more = sample
    at = int(place * len(data))
    end(kind, data[:at] + new + data[at + gone :], more)


@hypothesis_settings(deadline=None, max_examples=50)
@given(st.floats(0, 1), st.integers(0, 20), st.binary(max_size=12))
def test_messages_that_were_tampered_with_end_in_records_or_a_fault(place: float, gone: int, new: bytes) -> None:
    """The same for Protobuf, whose types are in a file."""
    data = written("PROTOBUF", FULL, FULL, **ALL)
    at = int(place * len(data))
    end("PROTOBUF", data[:at] + new + data[at + gone :], dict(ALL))

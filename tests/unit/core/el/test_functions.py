"""Promises of the functions of expressions: one fact of each, and its edges."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from penstock.core.el import ElError, EvaluationError, Scope, compile_text, function_names
from penstock.core.el.scope import Facts
from penstock.core.records.record import Header, Record
from penstock.core.records.values import Char, FieldValue, Float, ListMap, Long, Short

NOW = datetime(2017, 7, 14, 2, 40, 0, 123000, UTC)
NOW_MS = 1_500_000_000_123
FIELDS: dict[str, FieldValue] = {
    "i": 5,
    "l": Long(5),
    "d": 2.5,
    "f": Float(2.5),
    "s": "text",
    "n": None,
    "m": {"k": "v"},
    "lm": ListMap({"k": "v"}),
    "list": [1, None, "x"],
    "date": NOW,
    "b": b"bytes",
    "dec": Decimal("1.50"),
    "short": Short(1),
}

NAMES = {
    "": "DD MM SSS YY YYYY asFields emptyList emptyMap every fieldByPreviousPath hh isEmptyList isEmptyMap length map"
    " max min mm previousPath size ss sum uuid",
    "alert": "info",
    "avro": "decode",
    "base64": "decodeBytes decodeString encodeBytes encodeString",
    "collection": "contains filterByRegExp get size",
    "credential": "get getWithOptions",
    "drift": "names order size type",
    "f": "attribute getSiblingWithName hasSiblingWithName hasSiblingWithValue index name parent parentPath path type"
    " value",
    "field": "field",
    "file": "fileExtension fileName parentPath pathElement removeExtension",
    "job": "id name startTime user",
    "jvm": "maxMemoryMB",
    "list": "join joinSkipNulls",
    "map": "join",
    "math": "abs ceil floor max min round",
    "offset": "column",
    "pipeline": "id name startTime title user version",
    "record": "attribute attributeOrDefault creator dExists dHasDupHeaders dIndex dIsDupHeader dToMap dValue dValueAt"
    " errorCode errorCollectorId errorJobId errorJobName errorMessage errorPipeline errorStackTrace errorStage"
    " errorStageLabel errorTime eventCreation eventType eventVersion exists fieldAttribute fieldAttributeOrDefault id"
    " path type value valueOrDefault",
    "runtime": "availableProcessors conf loadResource loadResourceRaw resourcesDirPath",
    "sdc": "authToken hostname id",
    "str": "concat contains endsWith escapeXML10 escapeXML11 indexOf isNullOrEmpty lastIndexOf length matches"
    " regExCapture replace replaceAll split splitKV startsWith substring toLower toUpper trim truncate unescapeJava"
    " unescapeXML urlDecode urlEncode",
    "time": "createDateFromStringTZ dateAddition dateDifference dateTimeToMilliseconds dateTimeZoneOffset"
    " extractDateFromString extractLongFromDate extractNanosecondsFromString extractStringFromDate"
    " extractStringFromDateTZ millisecondsToDateTime now nowNanoTimestampString timeZoneOffset trimDate trimTime",
    "uuid": "uuid",
    "vault": "read readWithDelay",
}


def value(text: str, root: FieldValue = None, **more: object) -> object:
    """The value of an expression over the fields above, or another root."""
    header = Header("id", stage_creator="Made_01", attributes={"k": "v"}, field_attributes={"/s": {"a": "b"}})
    record = Record(dict(FIELDS) if root is None else root, header)
    scope = Scope(now_ms=lambda: NOW_MS, record=record, **more)  # type: ignore[arg-type]
    return compile_text(f"${{{text}}}")(scope)


def test_every_function_of_the_original_is_there() -> None:
    """By namespace."""
    wanted = {f"{space}:{name}" if space else name for space, names in NAMES.items() for name in names.split()}
    assert wanted <= set(function_names())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # record:
        ("record:type('/i') == NUMBER", True),
        ("record:type('/none') == null", True),
        ("record:value('/n')", None),
        ("record:valueOrDefault('/n', 'x')", "x"),
        ("record:exists('/n')", True),
        ("record:exists('/none')", False),
        ("record:attributeOrDefault('none', 'x')", "x"),
        ("record:attribute('none')", None),
        ("record:fieldAttribute('/s', 'a')", "b"),
        ("record:fieldAttribute('/none', 'a')", None),
        ("record:fieldAttributeOrDefault('/s', 'none', 'x')", "x"),
        ("record:id()", "id"),
        ("record:creator()", "Made_01"),
        ("record:path()", ""),
        ("record:errorStage()", None),
        ("record:errorTime()", 0),
        ("record:eventType()", None),
        ("record:value('/m')['k'].value", "v"),
        ("record:value('/list')[0].value", 1),
        ("record:value('/list')[9]", None),
        # str:
        ("str:substring('abc', 1, 9)", "bc"),
        ("str:substring('abc', 5, 9)", ""),
        ("str:substring('abc', 0, 3)", "abc"),
        ("str:substring('abc', 3, 9)", ""),
        ("str:substring('abc', 2, 2)", ""),
        ("str:substring('abc', 0, 0)", ""),
        ("str:substring('abc', 4, 2)", ""),
        ("str:substring('', 2, 1)", ""),
        ("str:substring(null, 1, 2)", ""),
        ("str:indexOf('abcb', 'b')", 1),
        ("str:lastIndexOf('abcb', 'b')", 3),
        ("str:indexOf('abc', 'x')", -1),
        ("str:trim('\t a \n')", "a"),
        ("str:replace('ab', '', '-')", "-a-b-"),
        ("str:replaceAll('a1b22', '([0-9]+)', '<$1>')", "a<1>b<22>"),
        ("str:replaceAll('a1', '(?<n>[0-9])', '<${n}>')", "a<1>"),
        ("str:replaceAll('abcdefghijkl', '(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)', '$12$1')", "la"),
        ("str:replaceAll('ab', '(a)', '$11')", "a1b"),
        ("str:replaceAll('a', 'a', '\\\\$1')", "$1"),
        ("str:replaceAll('ab', '(a)|(b)', '[$1]')", "[a][]"),
        ("str:replaceAll('ab', '(a)', '$12')", "a2b"),
        ("str:replaceAll('abcdefghij', '(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)', '$10$9')", "ji"),
        ("str:replaceAll('ab', '(?<n>a)', '<${n}>')", "<a>b"),
        ("str:truncate('abc', 2)", "ab"),
        ("str:truncate('abc', 9)", "abc"),
        ("str:regExCapture('x12y34', '([0-9])([0-9])', 2)", "2"),
        ("str:regExCapture('x', '([0-9])', 1)", None),
        ("str:contains('abc', 'b')", True),
        ("str:startsWith('abc', 'ab')", True),
        ("str:endsWith('abc', 'bc')", True),
        ("str:matches('abc', 'b')", False),
        ("str:matches('abc', '.b.')", True),
        ("str:concat('a', null)", "a"),
        ("str:length(null)", 0),
        ("str:isNullOrEmpty(null)", True),
        ("str:urlEncode('a b&ü*', 'UTF-8')", "a+b%26%C3%BC*"),
        ("str:urlDecode('a+b%26', 'UTF-8')", "a b&"),
        ("str:toLower('ABC')", "abc"),
        ("str:substring('', 1, 2)", ""),
        ("str:unescapeJava('a\\\\tb\\\\u0041')", "a\tbA"),
        ("str:escapeXML11('<\"&')", "&lt;&quot;&amp;"),
        ("str:escapeXML10('<\"&')", "&lt;&quot;&amp;"),
        ("str:unescapeXML('&lt;&#65;')", "<A"),
        ("str:split('a, ,b', ',')", ["a", "b"]),
        ("str:split('', ',')", []),
        ("str:split('a.b', '.')", ["a", "b"]),
        ("str:splitKV('a=1=2, b=3', ',', '=')", {"a": "1=2", "b": "3"}),
        # list: map:
        ("list:join(record:value('/list'), '-')", "1-null-x"),
        ("list:joinSkipNulls(record:value('/list'), '-')", "1-x"),
        ("list:join(null, '-')", ""),
        ("map:join(record:value('/m'), ',', '=')", "k=v"),
        ("map:join(null, ',', '=')", ""),
        ("list:joinSkipNulls(null, '-')", ""),
        # math:
        ("math:abs(-5)", 5),
        ("math:abs(null)", None),
        ("math:abs('-5')", 5),
        ("math:abs('-5.5')", 5.5),
        ("math:ceil(2.1)", 3.0),
        ("math:floor(-2.1)", -3.0),
        ("math:round(2.5)", 3),
        ("math:round(-2.5)", -2),
        ("math:round(record:value('/f'))", 3),
        ("math:abs(record:value('/f'))", 2.5),
        ("math:ceil('2.1')", 3.0),
        ("math:ceil(null)", None),
        ("math:round(null)", None),
        ("math:max(null, 1)", None),
        ("math:min(1, null)", None),
        ("math:max('1', 2)", 2),
        ("math:max(1, 2)", 2),
        ("math:min(record:value('/d'), 1.5)", 1.5),
        # time:
        ("time:now()", NOW),
        ("time:trimTime(record:value('/date'))", datetime(2017, 7, 14, 0, 0, 0, 123000, UTC)),
        ("time:trimDate(record:value('/date'))", datetime(1970, 1, 1, 2, 40, 0, 123000, UTC)),
        ("time:trimDate(null)", None),
        ("time:trimTime(null)", None),
        ("time:timeZoneOffset('Asia/Tokyo')", 32_400_000),
        ("time:timeZoneOffset('')", 0),
        ("time:dateTimeZoneOffset(record:value('/date'), '')", 0),
        ("time:extractStringFromDateTZ(record:value('/date'), 'Nowhere/At_All', 'HH')", ""),
        ("time:createDateFromStringTZ('', 'UTC', 'yyyy')", None),
        ("time:millisecondsToDateTime(0)", datetime(1970, 1, 1, tzinfo=UTC)),
        ("time:dateTimeToMilliseconds(null)", 0),
        ("time:dateTimeToMilliseconds(record:value('/date'))", NOW_MS),
        ("time:dateTimeZoneOffset(record:value('/date'), 'Europe/Berlin')", 7_200_000),
        ("time:extractStringFromDate(record:value('/date'), 'yyyy/MM')", "2017/07"),
        ("time:extractStringFromDate(null, 'yyyy')", ""),
        ("time:extractLongFromDate(record:value('/date'), 'yyyy-MM-dd')", 20170714),
        ("time:extractLongFromDate(null, 'yyyy')", 0),
        ("time:extractStringFromDateTZ(record:value('/date'), 'Asia/Tokyo', 'HH')", "11"),
        ("time:extractStringFromDateTZ(null, 'Asia/Tokyo', 'HH')", ""),
        ("time:extractDateFromString('', 'yyyy')", None),
        ("time:extractDateFromString('2017', 'yyyy')", datetime(2017, 1, 1, tzinfo=UTC)),
        (
            "time:createDateFromStringTZ('2017-07-14', 'Asia/Tokyo', 'yyyy-MM-dd')",
            datetime(2017, 7, 13, 15, tzinfo=UTC),
        ),
        ("time:createDateFromStringTZ('x', 'Asia/Tokyo', 'yyyy')", None),
        ("time:extractNanosecondsFromString('1970-01-01 00:00:01.123456789')", "1123<n>456789"),
        ("time:extractNanosecondsFromString('')", ""),
        ("time:extractNanosecondsFromString('1970-01-01 00:00:01')", "1000"),
        ("time:extractNanosecondsFromString('1970-01-01 00:00:01.5')", "1500"),
        ("time:dateTimeZoneOffset(null, 'Asia/Tokyo')", 32_400_000),
        ("time:extractStringFromDate(record:value('/date'), '')", ""),
        ("time:extractLongFromDate(record:value('/date'), '')", 0),
        ("time:extractStringFromDateTZ(record:value('/date'), '', 'HH')", ""),
        ("time:extractStringFromDateTZ(record:value('/date'), 'UTC', '')", ""),
        ("time:extractDateFromString('2017', '')", None),
        ("time:createDateFromStringTZ('2017', '', 'yyyy')", None),
        ("time:createDateFromStringTZ('2017', 'UTC', '')", None),
        ("YY()", "17"),
        ("YYYY()", "2017"),
        ("hh()", "02"),
        ("SSS()", "123"),
        ("MM()", "07"),
        ("DD()", "14"),
        ("mm()", "40"),
        ("ss()", "00"),
        # collections
        ("size(emptyMap())", 0),
        ("size(null)", -1),
        ("length(emptyList())", 0),
        ("isEmptyMap(null)", True),
        ("isEmptyList(record:value('/list'))", False),
        ("collection:size(null)", 0),
        ("collection:size(record:value('/list'))", 3),
        ("collection:get(record:value('/list'), 9)", None),
        ("collection:get(record:value('/list'), 3)", None),
        ("collection:get(record:value('/list'), -1)", None),
        ("collection:contains(record:value('/list'), record:value('/list')[0])", True),
        ("collection:contains(record:value('/list'), 1)", False),
        ("collection:get(record:value('/list'), 0)", 1),
        ("collection:get(null, 0)", None),
        ("collection:filterByRegExp(record:value('/list'), '[0-9]')", [1]),
        ("collection:filterByRegExp(null, 'a')", []),
        ("length(null)", -1),
        ("isEmptyMap(emptyMap())", True),
        ("isEmptyList(null)", True),
        ("collection:contains(null, 1)", False),
        # constants
        ("KB", 1000),
        ("GB", 10**9),
        ("MiB", 2**20),
        ("HOUR", 216_000),
        ("DAY", 24 * 216_000),
        ("HOURS", 3600),
        ("NULL == null", True),
        # file: base64:
        ("file:fileName('/a/b.tar.gz')", "b.tar.gz"),
        ("file:fileExtension('/a/b.tar.gz')", "gz"),
        ("file:fileExtension('/a/b')", ""),
        ("file:removeExtension('/a/b.txt')", "/a/b"),
        ("file:parentPath('/a/b/c')", "/a/b"),
        ("file:pathElement('/a/b/c', 0)", "a"),
        ("file:pathElement('/a/b/c', -1)", "c"),
        ("file:pathElement('/a/b/c', 9)", None),
        ("file:fileName('')", None),
        ("file:parentPath('/a/b/')", "/a/b"),
        ("file:pathElement('', 0)", None),
        ("base64:encodeString('a?>', false, 'UTF-8')", "YT8+"),
        ("base64:encodeString('a?>', true, 'UTF-8')", "YT8-"),
        ("base64:encodeBytes(record:value('/b'), false)", "Ynl0ZXM="),
        ("base64:decodeString('YT8+', 'UTF-8')", "a?>"),
        ("base64:decodeBytes('Ynl0ZXM=')", b"bytes"),
        # outside a run
        ("pipeline:id()", "UNDEFINED"),
        ("pipeline:version()", "UNDEFINED"),
        ("job:id()", "UNDEFINED"),
        ("job:user()", "UNDEFINED"),
        ("job:startTime()", NOW),
        ("pipeline:user()", "UNDEFINED"),
        ("jvm:maxMemoryMB() > 0", True),
        ("runtime:availableProcessors() > 0", True),
        ("pipeline:startTime()", NOW),
        ("alert:info()", None),
    ],
)
def test_a_function_has_the_value_of_the_original(text: str, expected: object) -> None:
    """As seen in the source of each."""
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "str:substring('a', -1, 2)",
        "str:substring('abc', 2, 1)",
        "str:truncate('a', -1)",
        "str:regExCapture('a', '(a)', 2)",
        "str:splitKV('a', ',', '=')",
        "str:splitKV('a=1,a=2', ',', '=')",
        "math:ceil(1)",
        "math:round(record:value('/i'))",
        "math:max(record:value('/i'), 1)",
        "math:max(record:value('/f'), record:value('/f'))",
        "math:min(record:value('/f'), record:value('/f'))",
        "math:ceil(record:value('/f'))",
        "math:floor(record:value('/f'))",
        "math:floor(record:value('/l'))",
        "math:max('1.0', 2)",
        "math:abs('x')",
        "math:abs(true)",
        "avro:decode('\"int\"', 'text')",
        "str:substring('abc', 0, -1)",
        "str:split('a', '')",
        "str:matches('a', '(')",
        "str:replaceAll('abc', '(b)', '$2')",
        "str:replaceAll('abc', '(b)', '${n}')",
        "str:replaceAll('abc', '(b)', '$')",
        "str:replaceAll('abc', '(b)', 'x\\\\')",
        "str:urlEncode('a', 'none')",
        "str:urlDecode('%', 'UTF-8')",
        "time:dateTimeZoneOffset(record:value('/date'), 'Nowhere/At_All')",
        "time:extractNanosecondsFromString('x')",
        "time:millisecondsToDateTime(9223372036854775807)",
        "time:extractLongFromDate(record:value('/date'), 'MMM')",
        "time:extractStringFromDate(record:value('/date'), 'bbb')",
        "vault:readWithDelay('path', 'key', 1)",
        "credential:getWithOptions('store', 'group', 'name', 'a=b')",
        "math:abs(record:value('/short'))",
        "math:abs(record:value('/dec'))",
        "time:extractDateFromString('x', 'yyyy')",
        "time:timeZoneOffset('Nowhere/At_All')",
        "runtime:conf('none')",
        "credential:get('store', 'group', 'name')",
        "vault:read('path', 'key')",
        "offset:column(0)",
    ],
)
def test_what_has_no_value_is_an_error(text: str) -> None:
    """No value is made up."""
    with pytest.raises(EvaluationError):
        value(text)


def test_what_a_service_answers_is_asked_of_it() -> None:
    """Secrets by store, group and name; facts of the run."""
    told = value("credential:get('s', 'g', 'n')", secret=lambda store, group, name: f"{store}-{group}-{name}")
    assert told == "s-g-n"
    facts = Facts("p1", "Title", user="me", job_id="j1", job_name="Job", engine_id="e1", hostname="h1")
    texts = "pipeline:id() pipeline:name() pipeline:title() pipeline:user() job:id() job:name() sdc:id() sdc:hostname()"
    found = [value(text, facts=facts) for text in texts.split()]
    assert found == ["p1", "p1", "Title", "me", "j1", "Job", "e1", "h1"]


ROWS: FieldValue = [{"header": "a", "value": "1"}, {"header": "b", "value": "2"}, {"header": "a", "value": "3"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("record:dValue('a')", "1"),
        ("record:dValue('none')", None),
        ("record:dExists('b')", True),
        ("record:dValueAt(1)", "2"),
        ("record:dValueAt(9)", None),
        ("record:dIndex('b')", 1),
        ("record:dIndex('none')", -1),
        ("record:dIsDupHeader('a')", True),
        ("record:dIsDupHeader('b')", False),
        ("record:dHasDupHeaders()", True),
    ],
)
def test_records_of_cells_are_read_by_header(text: str, expected: object) -> None:
    """Where every cell is a map of header and value."""
    assert value(text, ROWS) == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("/m/k", "f:name()", "k"),
        ("/m/k", "f:value()", "v"),
        ("/m/k", "f:path()", "/m/k"),
        ("/m/k", "f:parentPath()", "/m"),
        ("/m/k", "f:index()", -1),
        ("/list[0]", "f:index()", 0),
        ("/i", "f:type() == 'INTEGER'", True),
        ("/s", "f:attribute('a')", "b"),
        ("/s", "f:hasSiblingWithName('i')", True),
        ("/s", "f:hasSiblingWithName('none')", False),
        ("/s", "f:hasSiblingWithValue('s', 'text')", True),
        ("/s", "f:hasSiblingWithValue('l', 5)", True),
        ("/s", "f:hasSiblingWithValue('i', 5)", False),
        ("/s", "f:getSiblingWithName('i').value", 5),
        ("/s", "f:getSiblingWithName('none')", None),
    ],
)
def test_the_field_in_hand_is_known(path: str, text: str, expected: object) -> None:
    """Its name, place and neighbours; values are equal only with equal types."""
    assert value(text, field=path) == expected


def drifting(function: str, ignores: bool = False) -> Callable[..., object]:
    """A function that remembers, asked with one record after the other."""
    scope = Scope()
    ask = compile_text(f"${{drift:{function}('/a', {str(ignores).lower()})}}")

    def told(**fields: FieldValue) -> object:
        scope.record = Record(dict(fields))
        return ask(scope)

    return told


@pytest.mark.parametrize(
    ("function", "values", "answers"),
    [
        ("size", ([1], [2], [1, 2], [3, 4]), (False, False, True, False)),
        ("names", ({"x": 1}, {"x": 2}, {"y": 1}), (False, False, True)),
        ("order", (ListMap({"x": 1, "y": 2}), ListMap({"y": 2, "x": 1})), (False, True)),
        ("type", (1, 2, "x", "y"), (False, False, True, False)),
    ],
)
def test_drift_is_told_once(function: str, values: tuple[FieldValue, ...], answers: tuple[bool, ...]) -> None:
    """When what is remembered changed."""
    told = drifting(function)
    assert tuple(told(a=each) for each in values) == answers


def test_drift_can_pass_over_missing_fields() -> None:
    """Otherwise a field that goes away has drifted."""
    for ignores, gone in ((True, False), (False, True)):
        told = drifting("type", ignores)
        assert (told(a=1), told(b=1)) == (False, gone)


def test_a_constant_in_a_branch_is_read_as_a_namespace() -> None:
    """The odd reading of the original: parentheses keep the two apart."""
    with pytest.raises(ElError, match="was not expected"):
        compile_text("${true ? b : f(1)}")
    assert compile_text("${true ? (KB) : str:length('x')}")(Scope()) == 1000


@pytest.mark.parametrize(
    "word",
    "true false null gt lt eq le ge ne div mod not and or empty".split(),  # noqa: SIM905
)
def test_reserved_words_are_no_names(word: str) -> None:
    """A parameter of that name cannot be reached."""
    try:
        assert compile_text(f"${{{word}}}")(Scope(parameters={word: "parameter"})) != "parameter"
    except ElError as error:
        assert error.position >= 0  # noqa: PT017


def test_constants_stand_before_parameters() -> None:
    """But not in settings that are evaluated at start."""
    assert compile_text("${KB}")(Scope(parameters={"KB": "own"})) == 1000
    assert compile_text("${KB}")(Scope(parameters={"KB": "own"}, parameters_first=True)) == "own"


@pytest.mark.parametrize("text", ["str:matches(p, r)", "str:replaceAll(p, r, '')", "str:regExCapture(p, r, 1)"])
def test_regular_expressions_end_in_time(text: str) -> None:
    """One that would run for hours is an error."""
    with pytest.raises(EvaluationError, match="took longer"):
        value(text, parameters={"p": "a" * 3000, "r": r"(?:(a+)(a+)(a+))+\3b"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null + 1", 1),
        ("'' + 1", 1),
        ("'1.5' + 1", 2.5),
        ("record:value('/dec') + 1", Decimal("2.50")),
        ("record:value('/dec') / 2", Decimal("0.75")),
        ("record:value('/dec') == 1.5", False),
        ("null / null", 0),
        ("0 / 0 == 0 / 0", False),
        ("5.5 % 2", 1.5),
        ("-'3'", -3),
        ("-null", 0),
        ("null < 1", False),
        ("null >= null", True),
        ("'b' > 'a'", True),
        ("10 > '9'", True),
        ("null == ''", False),
        ("null == null", True),
        ("'TRUE' and true", True),
        ("not ''", True),
        ("empty emptyList()", True),
        ("empty 0", False),
        ("7 div 2", 3.5),
        ("7 mod 2", 1),
        ("1 lt 2 and 2 ge 2 and 1 ne 2 and 2 eq 2", True),
    ],
)
def test_operators_and_coercions(text: str, expected: object) -> None:
    """Null and empty texts are zero; decimals keep their scale; comparison goes by the wider type."""
    assert value(text) == expected


@pytest.mark.parametrize("text", ["true + 1", "'a' + 1", "1 % 0", "'x' == 5", "1 and true", "'1 ' + 1"])
def test_operands_that_have_no_number_are_errors(text: str) -> None:
    """Nothing is joined by ``+``."""
    with pytest.raises(EvaluationError):
        value(text)


def test_a_character_is_a_number_in_sums() -> None:
    """Its code."""
    assert value("record:value('/c') + 1", {"c": Char("a")}) == 98

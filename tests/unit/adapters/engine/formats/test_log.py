"""Promises about logs: every mode, what does not fit, and stack traces."""

import pytest

from penstock.core.errors import InvalidValueError

from .using import items, starts, values

COMMON = '127.0.0.1 ss h [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
COMMON_FIELDS = {
    "clientip": "127.0.0.1",
    "ident": "ss",
    "auth": "h",
    "timestamp": "10/Oct/2000:13:55:36 -0700",
    "verb": "GET",
    "request": "/apache_pb.gif",
    "httpversion": "1.0",
    "rawrequest": None,
    "response": "200",
    "bytes": "2326",
}
CUSTOM_FIELDS = {
    "remoteHost": "127.0.0.1",
    "logName": "ss",
    "remoteUser": "h",
    "requestTime": "10/Oct/2000:13:55:36 -0700",
    "request": "GET /apache_pb.gif HTTP/1.0",
    "status": "200",
    "bytesSent": "2326",
}


def log(data: str, mode: str, **more: object) -> list[object]:
    """The fields of every line."""
    return values("LOG", data, logMode=mode, **more)


def test_lines_of_web_servers_are_fields() -> None:
    """Common, combined (quotes stay) and error logs; groups that did not match are null."""
    assert log(COMMON, "COMMON_LOG_FORMAT") == [COMMON_FIELDS]
    combined = COMMON + ' "http:www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"'
    more = {"referrer": '"http:www.example.com/start.html"', "agent": '"Mozilla/4.08 [en] (Win98; I ;Nav)"'}
    assert log(combined, "COMBINED_LOG_FORMAT") == [COMMON_FIELDS | more]
    error = "[Wed Oct 11 14:32:52 2000] [error] [client 127.0.0.1] client denied: /export/home"
    assert log(error, "APACHE_ERROR_LOG_FORMAT") == [
        {
            "timestamp": "Wed Oct 11 14:32:52 2000",
            "loglevel": "error",
            "clientip": "127.0.0.1",
            "message": "client denied: /export/home",
        }
    ]
    (odd,) = log(COMMON.replace("GET /apache_pb.gif HTTP/1.0", "\\x16\\x03"), "COMMON_LOG_FORMAT")
    assert isinstance(odd, dict)
    assert (odd["verb"], odd["rawrequest"]) == (None, "\\x16\\x03")


@pytest.mark.parametrize(
    ("layout", "line", "wanted"),
    [
        ('%h %l %u [%t] "%r" %>s %b', COMMON, CUSTOM_FIELDS),
        (
            '%h %l %u [%t] "%r" %>s %b "%{Referer}i" "%{User-agent}i"',
            COMMON + ' "http://a/b" "Mozilla/4.08 [en]"',
            CUSTOM_FIELDS | {"referer": "http://a/b", "userAgent": "Mozilla/4.08 [en]"},
        ),
        (
            "%H %m [%t] %U",
            "HTTP/1.1 GET [12/Oct/2006:16:49:06 +0530] /index.php",
            {
                "httpversion": "1.1",
                "requestMethod": "GET",
                "requestTime": "12/Oct/2006:16:49:06 +0530",
                "urlPath": "/index.php",
            },
        ),
        ("%a %{local}p", "::1 443", {"remoteIpAddress": "::1", "canonicalPort": "443"}),
        (
            "%{%a, %d %b %y %T %z}t x",
            "Mon, 01 Jan 24 10:11:12 +0100 x",
            {"requestTime": "Mon, 01 Jan 24 10:11:12 +0100"},
        ),
    ],
    ids=["common", "headers", "method", "port", "date"],
)
def test_access_logs_have_a_layout_of_their_own(layout: str, line: str, wanted: dict[str, object]) -> None:
    """Every conversion has its field."""
    assert log(line, "APACHE_CUSTOM_LOG_FORMAT", customLogFormat=layout) == [wanted]


def test_a_regular_expression_names_its_fields_by_group() -> None:
    """As they are written, a slash included; it may match anywhere in the line."""
    rows = [{"fieldPath": "/host", "group": 1}, {"fieldPath": "/opt", "group": 2}]
    assert log("xx a=1", "REGEX", regex=r"(a=\d)(b)?", fieldPathsToGroupName=rows) == [{"/host": "a=1", "/opt": None}]
    assert log("zz", "REGEX", regex=r"(a=\d)(b)?", fieldPathsToGroupName=rows) == ["LOG_PARSER_03"]


def test_the_charset_is_that_of_the_setting_and_control_characters_can_go() -> None:
    """Before a line is looked at."""
    rows = [{"fieldPath": "all", "group": 0}]
    more = {"regex": ".*", "fieldPathsToGroupName": rows}
    assert values("LOG", "ä".encode("latin-1"), logMode="REGEX", charset="ISO-8859-1", **more) == [{"all": "ä"}]
    assert log("a\x01\tb", "REGEX", removeCtrlChars=True, **more) == [{"all": "a\tb"}]


def test_grok_knows_patterns_and_takes_definitions() -> None:
    """Groups of one's own count as well."""
    line = "[3223] 26 Feb 23:59:01 Background append only file rewriting started by pid 19383"
    own = "# redis\nAT %{MONTHDAY} %{MONTH} %{TIME}\nREDISLOG \\[%{POSINT:pid}\\] %{AT:timestamp} .*"
    wanted = [{"pid": "3223", "timestamp": "26 Feb 23:59:01"}]
    assert log(line, "GROK", grokPattern="%{REDISLOG}", grokPatternDefinition=own) == wanted
    assert log("k=v", "GROK", grokPattern="(?<key>%{WORD})=%{DATA:value}$") == [{"key": "k", "value": "v"}]
    assert log("12", "GROK", grokPattern="%{INT:a}|%{WORD:a}") == [{"a": "12"}]
    assert log("12 x", "GROK", grokPattern="%{INT:a}|%{WORD:b}", grokPatternDefinition="\n# x\n") == [
        {"a": "12", "b": None}
    ]
    assert log("12", "GROK", grokPattern="%{INT}") == ["LOG_PARSER_03"]
    assert log("b 2", "GROK", grokPatternList=["a %{INT:a}", "b %{INT:b}"]) == [{"b": "2"}]
    assert log(COMMON, "GROK", grokPattern="%{COMMONAPACHELOG}") == log(COMMON, "GROK") == [COMMON_FIELDS]
    assert values("LOG", COMMON) == [COMMON_FIELDS]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("IP", "2001:db8::1"),
        ("IP", "10.1.2.3"),
        ("IPV6", "::ffff:1.2.3.4"),
        ("MAC", "00:1b:21:35:8b:98"),
        ("UUID", "550e8400-e29b-41d4-a716-446655440000"),
        ("URI", "https://me:x@example.org:8080/a/b?c=d"),
        ("PATH", "/usr/lib/x.so"),
        ("PATH", "C:\\Windows\\x.dll"),
        ("TIMESTAMP_ISO8601", "2015-03-20 15:53:31,161"),
        ("TIMESTAMP_ISO8601", "2015-03-20T15:53:31+01:00"),
        ("DATESTAMP_RFC2822", "Mon, 12 Aug 2024 10:11:12 +0200"),
        ("SYSLOGBASE", "Oct 11 22:14:15 host prog[12]:"),
        ("HOSTPORT", "example.org:80"),
        ("NUMBER", "-1.5"),
        ("BASE16NUM", "0xfF"),
        ("QS", '"a \\" b"'),
        ("JAVASTACKTRACEPART", "  at a.b.C.m(C.java:12)"),
        ("LOGLEVEL", "WARNING"),
        ("DATE_EU", "31.12.2024"),
        ("SYSLOGFACILITY", "<4.1>"),
    ],
)
def test_the_usual_patterns_match_what_they_are_for(pattern: str, text: str) -> None:
    """The whole of it."""
    (found,) = log(text, "GROK", grokPattern=f"^%{{{pattern}:it}}$")
    assert isinstance(found, dict)
    assert found["it"] == text


@pytest.mark.parametrize(
    ("layout", "line", "wanted"),
    [
        (
            "%-6r [%15.15t] %-5p %30.30c - %m%n",
            "176 [main] INFO  org.apache.log4j.examples.Sort - Populating.",
            {
                "relativetime": "176",
                "thread": "main",
                "severity": "INFO",
                "category": "org.apache.log4j.examples.Sort",
                "message": "Populating.",
            },
        ),
        (
            "[%p] %d{ABSOLUTE} %c %M - %m%n",
            "[INFO] 23:17:07,097 MyClass foo - this",
            {
                "severity": "INFO",
                "timestamp": "23:17:07,097",
                "category": "MyClass",
                "method": "foo",
                "message": "this",
            },
        ),
        (
            "%d{yyyy-MM-dd HH:mm} %X{user} %m",
            "2024-01-02 10:11 me hi",
            {"timestamp": "2024-01-02 10:11", "user": "me", "message": "hi"},
        ),
        (
            "%d{ISO8601} %-5p %c{1} - %m",
            "2015-03-20 15:53:31,161 DEBUG Validator - Pipeline 'x' valid=true",
            {
                "timestamp": "2015-03-20 15:53:31,161",
                "severity": "DEBUG",
                "category": "Validator",
                "message": "Pipeline 'x' valid=true",
            },
        ),
    ],
)
def test_log4j_lines_have_a_layout(layout: str, line: str, wanted: dict[str, object]) -> None:
    """With widths, dates and contexts."""
    assert log(line, "LOG4J", enableLog4jCustomLogFormat=True, log4jCustomLogFormat=layout) == [wanted]


def test_log4j_lines_without_a_layout_begin_with_a_date() -> None:
    """The layout of a null is not that of the setting's default."""
    line = "2015-03-20 15:53:31,161 DEBUG PipelineConfigurationValidator - Pipeline is valid"
    wanted = {"timestamp": line[:23], "severity": "DEBUG", "category": "PipelineConfigurationValidator"}
    assert log(line, "LOG4J", log4jCustomLogFormat=None) == [wanted | {"message": "Pipeline is valid"}]


TTCC = "%r [%t] %-5p %c %x - %m%n"
TRACE = "1 [t] ERROR C n - boom\njava.lang.X\n\tat a.b(C.java:1)\n2 [t] INFO C n - fine\n"


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, ["LOG_PARSER_03"]),
        ({"onParseError": "IGNORE"}, ["boom", "fine"]),
        ({"onParseError": "INCLUDE_AS_STACK_TRACE"}, ["boom\njava.lang.X\n\tat a.b(C.java:1)", "fine"]),
        ({"onParseError": "INCLUDE_AS_STACK_TRACE", "maxStackTraceLines": 1}, ["boom\njava.lang.X", "fine"]),
    ],
    ids=["error", "ignore", "include", "trimmed"],
)
def test_lines_that_do_not_fit_may_belong_to_the_one_before(more: dict[str, object], wanted: list[str]) -> None:
    """Dropped, or in the message; else, and before the first line that fits, nothing is read behind them.

    What belongs to one line is read with the next: the last that fits goes with the one that does not.
    """
    more = {"log4jCustomLogFormat": TTCC, **more}
    found = log(TRACE, "LOG4J", **more)
    assert [each["message"] if isinstance(each, dict) else each for each in found] == wanted
    assert log("nonsense\n" + TRACE, "LOG4J", **more) == ["LOG_PARSER_03"]


def test_a_log_without_a_line_or_field_has_a_parsed_line() -> None:
    """Of the first line only, as in the original."""
    assert log("", "COMMON_LOG_FORMAT") == [{"parsedLine": ""}]
    assert log("", "CEF", retainOriginalLine=True) == [{"originalLine": "", "parsedLine": ""}]
    assert log("a\nb\n", "REGEX", regex=".") == [{"parsedLine": "a"}, {}]
    assert log("\n", "COMMON_LOG_FORMAT") == ["LOG_PARSER_03"]


def test_the_line_can_be_kept_with_its_stack_trace() -> None:
    """And a long one says that it was cut."""
    more = {"log4jCustomLogFormat": TTCC, "onParseError": "INCLUDE_AS_STACK_TRACE", "retainOriginalLine": True}
    first, _ = log(TRACE, "LOG4J", **more)
    assert isinstance(first, dict)
    assert first["originalLine"] == "1 [t] ERROR C n - boom\njava.lang.X\n\tat a.b(C.java:1)"
    (cut,) = log(COMMON + " and more", "COMMON_LOG_FORMAT", logMaxObjectLen=len(COMMON))
    assert cut == COMMON_FIELDS | {"truncated": True}
    assert starts("LOG", COMMON + "\n" + COMMON) == ["0", str(len(COMMON) + 1)]


def test_cef_has_a_header_and_extensions() -> None:
    """Escaped bars stay; a label names the key that it belongs to; values may have blanks or nothing."""
    line = (
        r"CEF:0|security|threatmanager|1.0|100|detected a \| in message|10|src=10.0.0.1 act=blocked a \= and \ "
        r"dst=1.1.1.1 fileName=C:\Program Files\test.txt dhost= cs1=custom string value cs1Label=custom label"
    )
    assert log(line, "CEF") == [
        {
            "cefVersion": 0,
            "vendor": "security",
            "product": "threatmanager",
            "version": "1.0",
            "signature": "100",
            "name": r"detected a \| in message",
            "severity": "10",
            "extensions": {
                "src": "10.0.0.1",
                "act": r"blocked a \= and \ ".strip(),
                "dst": "1.1.1.1",
                "fileName": r"C:\Program Files\test.txt",
                "dhost": "",
                "custom label": "custom string value",
            },
        }
    ]


@pytest.mark.parametrize(
    ("header", "sign"), [("LEEF:1.0|v|p|1|id|", "\t"), ("LEEF:2.0|v|p|1|id|^|", "^"), ("LEEF:2.0|v|p|1|id|x08|", "\b")]
)
def test_leef_has_a_separator_of_its_own(header: str, sign: str) -> None:
    """A tab, a sign, or a sign by its number."""
    (found,) = log(f"{header}cat=a{sign}act=not blocked{sign}cn1=241{sign}cn1Label=Host", "LEEF")
    assert isinstance(found, dict)
    assert found["leefVersion"] == float(header[5:8])
    assert (found["eventId"], found["extensions"]) == ("id", {"cat": "a", "act": "not blocked", "Host": "241"})


def test_a_value_without_a_key_behind_it_goes_on_to_the_next() -> None:
    """Which loses it, as in the original: a value ends at the last blank before a key."""
    (found,) = log("CEF:0|v|p|1|s|n|5|a=1=2 b=3", "CEF")
    assert isinstance(found, dict)
    assert found["extensions"] == {"a": "2", "b": "3"}


@pytest.mark.parametrize("mode", ["CEF", "LEEF"])
@pytest.mark.parametrize("line", ["127.0.0.1 no header", "CEF:x|a|b|c|d|e|f|", "LEEF:x|a|b|c|d|", "|||||||"])
def test_a_header_that_is_not_whole_is_a_fault(mode: str, line: str) -> None:
    """And so is a version that is no number."""
    assert log(line, mode) == ["LOG_PARSER_12"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"logMode": "APACHE_CUSTOM_LOG_FORMAT", "customLogFormat": " "}, "05"),
        ({"logMode": "APACHE_CUSTOM_LOG_FORMAT", "customLogFormat": "%h %y"}, "06"),
        ({"logMode": "LOG4J", "log4jCustomLogFormat": "%Q"}, "06"),
        ({"logMode": "REGEX", "regex": "("}, "07"),
        ({"logMode": "REGEX", "regex": "a", "fieldPathsToGroupName": [{"fieldPath": "/a", "group": 1}]}, "08"),
        ({"logMode": "GROK", "grokPattern": "(%{WORD:a}"}, "09"),
        ({"logMode": "GROK", "grokPattern": "%{NOTHING}"}, "11"),
        ({"logMode": "GROK", "grokPattern": "%{A}", "grokPatternDefinition": "A %{B}\nB %{A}"}, "11"),
        ({"logMode": "GROK", "grokPatternDefinition": "A"}, "11"),
        ({"logMode": "LOG4J", "maxStackTraceLines": -1}, "10"),
        ({"logMaxObjectLen": 0}, "04"),
    ],
)
def test_what_cannot_be_read_is_named_at_the_start(more: dict[str, object], code: str) -> None:
    """With the code of the original."""
    with pytest.raises(InvalidValueError, match=f"LOG_PARSER_{code}"):
        items("LOG", "x", **more)
    with pytest.raises(InvalidValueError, match="COMMON_LOG_FORMAT"):
        items("LOG", "x", logMode="COMON_LOG_FORMAT")


def test_patterns_that_grow_or_run_away_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """By length and by time."""
    growing = "\n".join(f"P{at} %{{P{at + 1}}}%{{P{at + 1}}}%{{P{at + 1}}}" for at in range(30)) + "\nP30 aaaaaaaaaa"
    with pytest.raises(InvalidValueError, match="LOG_PARSER_11"):
        items("LOG", "x", logMode="GROK", grokPattern="%{P0}", grokPatternDefinition=growing)
    monkeypatch.setattr("penstock.core.logs.parsing.LINE_TIMEOUT_S", 0.05)
    more = {"logMode": "GROK", "grokPattern": "^(?<it>(?:a|aa)+)[bc]$"}
    assert values("LOG", "a" * 60, **more) == ["LOG_PARSER_01"]


def test_the_offset_is_where_the_line_before_ends() -> None:
    """Whatever belongs to that line beside it; fields come in the order of the original's map."""
    made = items("LOG", TRACE, logMode="LOG4J", onParseError="IGNORE", log4jCustomLogFormat=TTCC)
    assert [each.label for each in made] == ["0", str(TRACE.index("java"))]
    assert list(made[0].value or {}) == ["severity", "relativetime", "thread", "category", "ndc", "message"]  # type: ignore[arg-type]

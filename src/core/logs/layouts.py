"""The layouts of Apache's access log and of log4j as grok patterns."""

import re
from collections.abc import Callable, Mapping

_APACHE: Mapping[str, str] = {
    "a": "%{IP:remoteIpAddress}",
    "A": "%{IP:localIpAddress}",
    "B": "%{NUMBER:bytesSent}",
    "b": "(?:%{NUMBER:bytesSent}|-)",
    "C": "%{DATA:cookieContent}",
    "D": "%{NUMBER:timeToServeMicroSecs}",
    "e": "%{DATA:envContent}",
    "f": "%{JAVAFILE:filename}",
    "h": "%{IPORHOST:remoteHost}",
    "H": "HTTP/%{NUMBER:httpversion}",
    "k": "%{NUMBER:keepAlive}",
    "l": "%{USER:logName}",
    "m": "%{WORD:requestMethod}",
    "n": "%{DATA:note}",
    "o": "%{DATA:contents}",
    "p": "%{NUMBER:canonicalPort}",
    "P": "%{NUMBER:childPid}",
    "q": "%{DATA:queryString}",
    "r": "%{DATA:request}",
    "R": "%{DATA:responseHandler}",
    "s": "%{NUMBER:status}",
    "T": "%{NUMBER:timeToServeRequest}",
    "u": "%{USER:remoteUser}",
    "U": "%{NOTSPACE:urlPath}",
    "v": "%{HOST:canonicalServerName}",
    "V": "%{HOST:canonicalServerName}",
    "X": "%{WORD:connectionStatus}",
    "I": "%{NUMBER:bytesReceived}",
    "O": "%{NUMBER:bytesSent}",
}
_HEADERS = {"Referer": "%{DATA:referer}", "User-agent": "%{DATA:userAgent}", "User-Agent": "%{DATA:userAgent}"}
_ARGUMENTS = {"p": ("canonical", "local", "remote"), "P": ("pid", "tid", "hextid")}
_LOG4J: Mapping[str, str] = {
    "c": "%{JAVACLASS:category}",
    "C": "%{JAVACLASS:class}",
    "F": "%{JAVAFILE:filename}",
    "l": "%{JAVASTACKTRACEPART:location}",
    "L": "%{NONNEGINT:line}",
    "m": "%{GREEDYDATA:message}",
    "n": r"\r?\n",
    "M": "%{WORD:method}",
    "p": "%{LOGLEVEL:severity}",
    "r": "%{INT:relativetime}",
    "t": "%{DATA:thread}",
    "x": "%{DATA:ndc}?",
}
_DATES = {
    "": "%{TIMESTAMP_ISO8601}",
    "ISO8601": "%{TIMESTAMP_ISO8601}",
    "ABSOLUTE": "%{HOUR}:%{MINUTE}:%{SECOND}",
    "DATE": "%{MONTHDAY} %{MONTH} %{YEAR} %{HOUR}:%{MINUTE}:%{SECOND}",
}
_MDC = r"\{(?<mdc>(?:\{[^\}]*,[^\}]*\})*)\}"
_BLANKS = r"(?:\s*)"
_SPECIAL = frozenset("[].*+?()|\\^$")
_APACHE_USE = re.compile(r"%([!,0-9]*)(?:\{([^}]*)\}|([<>]))?(.)")
_LOG4J_USE = re.compile(r"%(-?)(\d*)(?:\.\d+)?([A-Za-z])(?:\{([^}]*)\})?")
_PARTS = {
    "a": r"\w{3}",
    "A": r"\w+",
    "b": r"\w{3}",
    "h": r"\w{3}",
    "B": r"\w+",
    "c": r"\w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d \d{4}",
    "D": r"\d\d/\d\d/\d\d",
    "x": r"\d\d/\d\d/\d\d",
    "F": r"\d{4}-\d\d-\d\d",
    "j": r"\d{3}",
    "p": r"[AaPp][Mm]",
    "P": r"[AaPp][Mm]",
    "r": r"\d\d:\d\d:\d\d [AaPp][Mm]",
    "R": r"\d\d:\d\d",
    "s": r"\d+",
    "T": r"\d\d:\d\d:\d\d",
    "X": r"\d\d:\d\d:\d\d",
    "Y": r"\d{4}",
    "G": r"\d{4}",
    "z": r"[+-]\d{4}",
    "Z": r"[\w/+-]+",
    "%": "%",
    "n": r"\n",
    "t": r"\t",
}
"""The parts of a date in the way of C; those that are not here are two digits."""


class LayoutError(ValueError):
    """A layout with something that cannot be read."""


def apache_pattern(layout: str) -> str:
    """The pattern of lines in a layout such as ``%h %l %u [%t] "%r" %>s %b``.

    Raises:
        LayoutError: a conversion that there is not.
    """

    def translated(found: "re.Match[str]") -> str:
        name, argument = found.group(4), found.group(2)
        if name == "i":
            return _HEADERS.get(argument or "", "%{DATA:headerContent}")
        if name == "t":
            return f"(?<requestTime>{_strftime(argument) if argument else '%{HTTPDATE}'})"
        allowed = _ARGUMENTS.get(name)
        if name not in _APACHE or (allowed and argument and argument not in allowed):
            raise LayoutError(f"the conversion {found.group()!r} of {layout!r} is not known")
        return _APACHE[name]

    return _translated(layout, _APACHE_USE, translated)


def log4j_pattern(layout: str) -> str:
    """The pattern of lines in a layout such as ``%d{ISO8601} %-5p %c{1} - %m``.

    Raises:
        LayoutError: a conversion that there is not.
    """
    while layout.endswith("%n"):
        layout = layout[:-2]

    def translated(found: "re.Match[str]") -> str:
        name, argument = found.group(3), found.group(4)
        if name == "d":
            wanted = argument or ""
            pattern = f"(?<timestamp>{_DATES.get(wanted, f'.{{{len(wanted)}}}')})"
        elif name == "X":
            pattern = f"%{{DATA:{argument}}}?" if argument is not None else _MDC
        elif name in _LOG4J:
            pattern = _LOG4J[name]
        else:
            raise LayoutError(f"the conversion {found.group()!r} of {layout!r} is not known")
        before = _BLANKS if found.group(2) and not found.group(1) else ""
        return before + pattern + (_BLANKS if found.group(1) else "")

    return _translated(layout, _LOG4J_USE, translated)


def _translated(layout: str, use: "re.Pattern[str]", of: "Callable[[re.Match[str]], str]") -> str:
    made: list[str] = []
    at = 0
    while at < len(layout):
        found = use.match(layout, at)
        if found is not None:
            made.append(of(found))
            at = found.end()
            continue
        if layout[at] == "%":
            raise LayoutError(f"a lone % in {layout!r}")
        made.append("\\" + layout[at] if layout[at] in _SPECIAL else layout[at])
        at += 1
    return "^" + "".join(made).strip()


def _strftime(layout: str) -> str:
    made: list[str] = []
    at = 0
    while at < len(layout):
        if layout[at] == "%" and at + 1 < len(layout):
            made.append(_PARTS.get(layout[at + 1], r"[\d ]\d"))
            at += 2
        else:
            made.append("\\" + layout[at] if layout[at] in _SPECIAL else layout[at])
            at += 1
    return "".join(made)

"""Lines of logs as fields: grok patterns, the layouts of web servers and of log4j, CEF and LEEF."""

from .grok import Grok, GrokError
from .parsing import LineFault, LineParser, line_parser
from .stream import Line, LogRecord, log_records

__all__ = ["Grok", "GrokError", "Line", "LineFault", "LineParser", "LogRecord", "line_parser", "log_records"]

"""Messages of syslog: the whole data is one."""

import time
from collections.abc import Iterator
from typing import BinaryIO

from ....core.errors import InvalidValueError, UnsupportedError
from ....core.logs import LineFault
from ....core.logs.syslog import syslog_fields
from ....core.plan.given import Given
from .fault import FormatFault
from .item import Item
from .texts import texts

LONGEST_MESSAGE = 1 << 16
_MODES = ("SYSLOG", "NETFLOW", "COLLECTD", "RAW_DATA")


def read_syslog(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """The fields of the message; with what it is when it cannot be read.

    Raises:
        FormatFault: a message of more than ``LONGEST_MESSAGE`` characters (SYSLOG_20).
    """
    text = ""
    for piece in texts(opened, given):
        text += piece
        if len(text) > LONGEST_MESSAGE:
            raise FormatFault("SYSLOG_20", f"a message of more than {LONGEST_MESSAGE} characters")
    if not text:
        return
    try:
        yield Item(0, len(text), syslog_fields(text, int(time.time() * 1000)))
    except LineFault as fault:
        yield Item(0, len(text), text, FormatFault(fault.code, fault.message))


def read_datagram(opened: BinaryIO, given: Given) -> Iterator[Item]:
    """A message as it was sent: of syslog, or its bytes.

    Raises:
        UnsupportedError: another kind of message.
    """
    mode = given.text("datagramMode", "SYSLOG")
    if mode not in _MODES:
        raise InvalidValueError("Datagram Packet Format", mode, "a format", _MODES)
    if mode == "RAW_DATA":
        data = opened.read(LONGEST_MESSAGE + 1)
        if len(data) > LONGEST_MESSAGE:
            raise FormatFault("DATAGRAM_00", f"a message of more than {LONGEST_MESSAGE} bytes")
        if data:
            yield Item(0, len(data), data)
        return
    if mode != "SYSLOG":
        raise UnsupportedError(f"datagrams of {mode}", "SYSLOG and RAW_DATA are read.")
    yield from read_syslog(opened, given)

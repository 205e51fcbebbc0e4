"""Messages of syslog, and datagrams: the whole data is one."""

import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

from ....core.errors import InvalidValueError
from ....core.logs import LineFault
from ....core.logs.syslog import syslog_fields
from ....core.plan.given import Given
from ..later import later
from .fault import FormatFault
from .item import Item
from .texts import data_of, texts

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
    """A message as it was sent: of syslog, of collectd, of NetFlow, or its bytes.

    Raises:
        InvalidValueError: another kind of message.
    """
    mode = given.text("datagramMode", "SYSLOG")
    if mode not in _MODES:
        raise InvalidValueError("Datagram Packet Format", mode, "a format", _MODES)
    if mode == "RAW_DATA":
        data = data_of(opened, LONGEST_MESSAGE)
        if len(data) > LONGEST_MESSAGE:
            raise FormatFault("DATAGRAM_00", f"a message of more than {LONGEST_MESSAGE} bytes")
        if data:
            yield Item(0, len(data), data)
        return
    yield from _OF_MODE[mode](opened, given)


_OF_MODE: dict[str, Callable[[BinaryIO, Given], Iterator[Item]]] = {
    "COLLECTD": later("formats.collectd", "read_collectd"),
    "NETFLOW": later("formats.netflow", "read_netflow_datagram"),
    "SYSLOG": read_syslog,
}

"""Whether anybody listens where a cluster should be."""

import socket
import time
from collections.abc import Sequence

from ...core.errors import UnreachableError

CONNECT_S = 5.0


def answering(name: str, hosts: Sequence[tuple[str, int]]) -> None:
    """Nothing when one of the hosts answers, or when there are none.

    Raises:
        UnreachableError: none does.
    """
    began, reason = time.monotonic(), ""
    for host, port in hosts:
        try:
            socket.create_connection((host, port), CONNECT_S).close()
            return
        except OSError as error:
            reason = f"{host}:{port}: {error}"
    if hosts:
        raise UnreachableError(name, len(hosts), time.monotonic() - began, reason)

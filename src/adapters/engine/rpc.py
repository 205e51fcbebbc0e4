"""SDC RPC between flows: an origin that listens, and the two stages that send to it."""

import math

from ...core.errors import InvalidValueError
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.processors.registry import processor
from ...core.records.record import Record
from .rpcboard import is_here, listen, listener_on
from .rpcwire import Place, RpcClient, may_call, nobody_on, open_door
from .web.listening import may_listen

LONGEST_WAIT_MS = 5 * 60 * 1000
LAST_PORT = 65_535


class RpcOrigin:
    """SDC RPC: every batch that another flow sends to the port with the right RPC ID is a batch.

    Flows of other processes of this machine come in over HTTP, where its hosts may be called. The sender goes on when
    the batch is committed. In a preview the origin ends when nothing came in time.

    Raises:
        InvalidValueError: no port of a machine (IPC_ORIG_00).
        StopFault: another flow or program listens there (IPC_ORIG_01), or a key store cannot be opened.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("configs.")
        port = given.integer("port", 20_000)
        if not 1 <= port <= LAST_PORT:
            raise InvalidValueError("RPC Listening Port", port, f"1 to {LAST_PORT} (IPC_ORIG_00)")
        self._tools = tools
        self._wait_s = max(0, given.integer("maxWaitTimeSecs", 5))
        self._listener = listen(port, given.text("appId"))
        self._count = 0
        try:
            may_listen(tools.access)
        except StopFault:  # flows of this process still come in
            return
        try:
            open_door(self._listener, given.text("appId"), given, tools.access)
        except BaseException:
            self._listener.close()
            raise

    def read(self, offset: str | None, max_records: int, out: Out) -> str | None:
        """The next batch as it was sent, whatever its size."""
        records = self._listener.take(self._wait_s, self._tools.stopped)
        for record in records:
            out.emit(record)
        if self._tools.preview and not records:
            return None
        self._count += 1
        return f"::ipc::{self._count}{self._tools.now_ms()}"

    def committed(self) -> None:
        """Lets the sender go on."""
        self._listener.committed()

    def close(self) -> None:
        """Lets go of the port."""
        self._listener.close()


def _place(text: str) -> Place:
    host, colon, port = text.strip().lower().rpartition(":")
    if not colon or not port.isdigit():
        raise InvalidValueError("SDC RPC Connection", text, "host:port (IPC_DEST_05)")
    if not 1 <= int(port) <= LAST_PORT:
        raise InvalidValueError("SDC RPC Connection", text, f"a port from 1 to {LAST_PORT} (IPC_DEST_04)")
    if not host or (":" in host and not (host.startswith("[") and host.endswith("]"))):
        raise InvalidValueError("SDC RPC Connection", text, "a host, or [an IPv6 address], and a port (IPC_DEST_02)")
    return Place(host.strip("[]"), int(port))


class Rota:
    """Whose turn it is: some places take turns, and one of the others stands in for a place that failed."""

    def __init__(self, places: list[Place], tools: Tools) -> None:
        mixed = sorted(places, key=lambda _: tools.random())
        active = max(2, int(math.log(len(mixed))) + 1)
        self._active, self._waiting, self._at = mixed[:active], mixed[active:], -1

    def next(self, *, failed: bool) -> Place:
        """The next place; ``failed`` says that the last one did not take its batch."""
        if failed and self._waiting:
            out, self._active[self._at] = self._active[self._at], self._waiting.pop(0)
            self._waiting.append(out)
        else:
            self._at = (self._at + 1) % len(self._active)
        return self._active[self._at]


@processor("com_streamsets_pipeline_stage_destination_sdcipc_SdcIpcDTarget")
@processor("com_streamsets_pipeline_stage_destination_sdcipc_ToErrorSdcIpcDTarget")
class RpcSender:
    """SDC RPC and Write to Another Pipeline: a batch goes to a flow that listens, in this process or over HTTP.

    Over HTTP only allowed hosts are reached, with TLS and Snappy where the settings say so. A batch that is not
    committed within ``readTimeOutMs`` is sent again, ``retriesPerBatch`` times, with waits that grow; after that its
    records are refused (IPC_DEST_20), or the run ends where they are error records already.

    Raises:
        InvalidValueError: IPC_DEST_00 no connection, 02, 04 and 05 none that can be, 06 one twice.
        StopFault: nobody listens (IPC_DEST_15), which a preview does not ask, or a host that is not allowed.
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        given = plan.given.under("config.")
        texts = given.texts("hostPorts")
        if not texts:
            raise InvalidValueError("SDC RPC Connection", (), "at least one host:port (IPC_DEST_00)")
        self._places = [_place(text) for text in texts]
        if len(set(self._places)) < len(self._places):
            raise InvalidValueError("SDC RPC Connection", texts, "each host:port once (IPC_DEST_06)")
        self._tools, self._rpc_id = tools, given.text("appId")
        self._retries, self._back_off_ms = given.integer("retriesPerBatch", 3), given.integer("backOff", 30)
        self._wait_s = max(1, given.integer("readTimeOutMs", 2000)) / 1000
        self._client = RpcClient(given, tools.access)
        self._rota = Rota(self._places, tools)
        self._ends_run = plan.kind.endswith("_ToErrorSdcIpcDTarget")
        if not tools.preview:
            self._check()

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Hands over a batch."""
        reason = self._handed(batch) if batch else None
        if reason is None:
            return
        if self._ends_run:
            raise StopFault("IPC_DEST_20", f"the error records cannot be handed over: {reason}")
        for record in batch:
            out.error(record, "IPC_DEST_20", f"the record cannot be handed over: {reason}")

    def _check(self) -> None:
        reasons = [self._refusal(place) for place in self._places]
        if all(reasons):
            raise StopFault("IPC_DEST_15", f"no flow takes the records: {'; '.join(map(str, reasons))}")

    def _refusal(self, place: Place) -> str | None:
        listener = listener_on(place.port) if is_here(place.host) else None
        if listener is not None:
            reason = listener.refusal(self._rpc_id)
            return reason and f"{place}: {reason}"
        return self._client.refusal(place) if self._calls(place) else nobody_on(place)

    def _handed(self, batch: list[Record]) -> str | None:
        """Why nobody took a batch; None when somebody did."""
        reason: str | None = None
        for attempt in range(max(0, self._retries) + 1):
            if attempt and self._back_off_ms > 0:
                self._tools.sleep(min(self._back_off_ms ** min(attempt, 20), LONGEST_WAIT_MS) / 1000)
            if self._tools.stopped() and attempt:
                break
            reason = self._sent(self._rota.next(failed=attempt > 0), batch)
            if reason is None:
                return None
        return reason

    def _sent(self, place: Place, batch: list[Record]) -> str | None:
        listener = listener_on(place.port) if is_here(place.host) else None
        if listener is not None:
            return listener.offer(self._rpc_id, batch, self._wait_s, self._tools.stopped)
        return self._client.send(place, batch) if self._calls(place) else nobody_on(place)

    def _calls(self, place: Place) -> bool:
        """False for this machine where it may not be called: only flows of this process are reached then."""
        return not is_here(place.host) or may_call(self._tools.access, place)

"""SDC RPC between flows of one process: an origin that listens, and the two stages that send to it."""

from typing import NamedTuple

from ...core.errors import InvalidValueError, UnsupportedError
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, StopFault, Tools
from ...core.processors.registry import processor
from ...core.records.record import Record
from .rpcboard import is_here, listen, listener_on

LONGEST_WAIT_MS = 5 * 60 * 1000
LAST_PORT = 65_535


class RpcOrigin:
    """SDC RPC: every batch that another flow of this process sends to the port with the right RPC ID is a batch.

    The sender goes on when the batch is committed. In a preview the origin ends when nothing came in time.

    Raises:
        InvalidValueError: no port of a machine (IPC_ORIG_00).
        StopFault: another flow listens there (IPC_ORIG_01).
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


class Place(NamedTuple):
    """Where a flow listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def _place(text: str) -> Place:
    host, colon, port = text.strip().lower().rpartition(":")
    if not colon or not port.isdigit():
        raise InvalidValueError("SDC RPC Connection", text, "host:port (IPC_DEST_05)")
    if not 1 <= int(port) <= LAST_PORT:
        raise InvalidValueError("SDC RPC Connection", text, f"a port from 1 to {LAST_PORT} (IPC_DEST_04)")
    host = host.strip("[]")
    if not is_here(host):
        raise UnsupportedError(
            f"sending records to {host}", "Records go to flows of this process only, as localhost:port."
        )
    return Place(host, int(port))


@processor("com_streamsets_pipeline_stage_destination_sdcipc_SdcIpcDTarget")
@processor("com_streamsets_pipeline_stage_destination_sdcipc_ToErrorSdcIpcDTarget")
class RpcSender:
    """SDC RPC and Write to Another Pipeline: a batch goes to a flow that listens in this process.

    A batch that is not committed within ``readTimeOutMs`` is sent again, ``retriesPerBatch`` times, with waits that
    grow; after that its records are refused (IPC_DEST_20), or the run ends where they are error records already.

    Raises:
        InvalidValueError: IPC_DEST_00 no connection, 04 and 05 none that can be, 06 one twice.
        UnsupportedError: another machine.
        StopFault: nobody listens (IPC_DEST_15); a preview does not ask.
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
        self._ends_run = plan.kind.endswith("_ToErrorSdcIpcDTarget")
        self._at = 0
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
            what = "; ".join(f"{place}: {reason}" for place, reason in zip(self._places, reasons, strict=True))
            raise StopFault("IPC_DEST_15", f"no flow takes the records: {what}")

    def _refusal(self, place: Place) -> str | None:
        listener = listener_on(place.port)
        if listener is None:
            return "nothing listens there; start the job first whose origin is SDC RPC with this port"
        return listener.refusal(self._rpc_id)

    def _handed(self, batch: list[Record]) -> str | None:
        """Why nobody took a batch; None when somebody did."""
        reason: str | None = None
        for attempt in range(max(0, self._retries) + 1):
            if attempt and self._back_off_ms > 0:
                self._tools.sleep(min(self._back_off_ms**attempt, LONGEST_WAIT_MS) / 1000)
            if self._tools.stopped() and attempt:
                break
            place = self._places[self._at % len(self._places)]
            listener = listener_on(place.port)
            if listener is None:
                reason = f"nothing listens on {place}"
            else:
                reason = listener.offer(self._rpc_id, batch, self._wait_s, self._tools.stopped)
            self._at += 1
            if reason is None:
                return None
        return reason

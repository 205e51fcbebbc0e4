"""The operating system's clock and random ids."""

import time
import uuid


class SystemClock:
    """The clock of this machine."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


class UuidIds:
    """Random UUIDs."""

    def new_id(self) -> str:
        """A UUID that was never given before."""
        return str(uuid.uuid4())

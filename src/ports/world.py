"""The world outside: time, waiting and new ids."""

from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that never go back, for durations."""
        ...


class Sleep(Protocol):
    """Lets time go by."""

    async def __call__(self, seconds: float, /) -> object:
        """Comes back after so many seconds."""
        ...


class Ids(Protocol):
    """Makes new ids."""

    def new_id(self) -> str:
        """A text that was never given before, shaped like a UUID."""
        ...

"""Moments as the protocol writes them."""

from datetime import UTC, datetime, timedelta

from ..errors import FormatError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(at_ms: int) -> str:
    """Epoch milliseconds as ``2026-01-31T10:00:00.000Z``."""
    try:
        moment = _EPOCH + timedelta(milliseconds=at_ms)
    except OverflowError:
        moment = _EPOCH
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch_ms(text: object, source: str, path: str) -> int:
    """Epoch milliseconds of such a text, or of a number that is one already; 0 for nothing."""
    if text is None or text == "":
        return 0
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise FormatError(source, path, f"{text!r} is no time") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)

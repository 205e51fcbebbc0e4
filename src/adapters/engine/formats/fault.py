"""What a parser raises where a text does not fit its format."""


class FormatFault(Exception):
    """A piece that cannot be parsed: error code and sentence. ``too_long`` is True for a piece above its limit."""

    def __init__(self, code: str, message: str, *, too_long: bool = False) -> None:
        super().__init__(code, message)
        self.code, self.message, self.too_long = code, message, too_long

    def __str__(self) -> str:
        return f"{self.code} - {self.message}"

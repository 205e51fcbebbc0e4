"""What a parser raises where a text does not fit its format."""


class FormatFault(Exception):
    """A piece that cannot be parsed: error code and sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return f"{self.code} - {self.message}"

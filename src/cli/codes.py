"""The exit codes of every command, in one table."""

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended; ``meaning`` says it in one line."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "ExitCode":
        """A code with its meaning."""
        made = int.__new__(cls, value)
        made._value_ = value
        made.meaning = meaning
        return made

    FINE = 0, "done, and nothing was found"
    FINDINGS = 1, "errors in a flow, differences, conflicts, failed tests, a run that failed"
    WRONG_USE = 2, "an option, a name, a file or a value that cannot be; nothing was done"
    REFUSED = 3, "the service answered, and said no"
    UNREACHABLE = 4, "nobody answered at the address"
    FAULT = 70, "a fault of penstock itself; --debug shows where"
    INTERRUPTED = 130, "interrupted (Ctrl-C)"

"""The command line: ``penstock COMMAND``. Each command lives in a module of its own and is loaded when it is called."""

import sys


def main(args: list[str] | None = None) -> None:
    """Runs a command and ends the program with its exit code, one of ``codes.ExitCode``."""
    given = sys.argv[1:] if args is None else args
    if given in (["--version"], ["-V"]):
        from .. import __version__

        print(f"penstock {__version__}")
        return
    from .app import run

    run(given)

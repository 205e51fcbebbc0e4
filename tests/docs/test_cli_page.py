"""The page on the command line says what the program does."""

import re

from penstock.cli.app import app
from tests.unit.cli.test_every_command import EVERY
from tools.commands import PAGE, made


def test_commands_and_exit_codes_are_those_of_today() -> None:
    """Names, arguments, options, help; `python -m tools.commands` writes them anew."""
    assert PAGE.read_text() == made(PAGE.read_text())


def test_every_variable_is_named() -> None:
    """Each that an option reads, and the two that are read otherwise."""
    read = {each.envvar for command in (app, *EVERY.values()) for each in command.params if each.envvar}
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert named == read | {"PENSTOCK_DB", "NO_COLOR"}


def test_the_page_on_commands_is_complete() -> None:
    """A heading for each."""
    headings = set(re.findall(r"^#### penstock (.+)$", PAGE.read_text(), re.MULTILINE))
    assert {" ".join(path) for path in EVERY} <= headings

"""The table of commands; each lives in a module that is imported when the command is called."""

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import NamedTuple

import click

from .codes import ExitCode
from .framework import Group, outcome


class Entry(NamedTuple):
    """Where a command is, and what it does in one line (a plain tuple: ``--help`` is to load little)."""

    module: str
    words: str
    attribute: str = ""


SECTIONS: dict[str, dict[str, Entry]] = {
    "Begin": {
        "demo": Entry("demo", "Show what penstock does, on a project file of its own."),
        "init": Entry("flows", "Make a project file."),
        "import": Entry("exchange", "Import the flows of a ZIP or JSON file.", "import_"),
    },
    "Look": {
        "list": Entry("flows", "List flows.", "list_"),
        "show": Entry("looking", "Say what a flow does, in words."),
        "draw": Entry("looking", "Draw a flow as SVG, HTML, PNG or Mermaid."),
        "diff": Entry("comparing", "Compare two flows."),
        "history": Entry("flows", "List every kept save of a flow."),
        "codegen": Entry("codegen", "Write the Python script that builds a flow."),
    },
    "Check and run": {
        "check": Entry("checking", "Check flow files; for CI and pre-commit."),
        "validate": Entry("checking", "Check one flow, with its engine."),
        "preview": Entry("previewing", "Run a few records through a flow, writing nothing."),
        "run": Entry("runs", "Run a flow."),
        "test": Entry("test", "Run the tests of flows (*.flowtest.yaml)."),
    },
    "Change": {
        "create": Entry("flows", "Make a flow without stages."),
        "add-stage": Entry("edits", "Add a stage to a flow.", "add_stage"),
        "connect": Entry("edits", "Link two stages."),
        "set": Entry("edits", "Set settings of a flow or a stage.", "set_"),
        "arrange": Entry("edits", "Arrange the stages of a flow."),
        "params": Entry("params", "List, make and use parameter sets."),
        "rename": Entry("edits", "Give a flow another name."),
        "duplicate": Entry("flows", "Copy a flow."),
        "delete": Entry("flows", "Delete a flow."),
        "restore": Entry("flows", "Bring back an earlier save, or a deleted flow."),
        "merge": Entry("comparing", "Merge two changed copies of a flow file."),
    },
    "Exchange": {
        "export": Entry("exchange", "Write flows to a ZIP."),
        "serve": Entry("serve", "Serve flows over HTTP, to this and other clients."),
    },
    "Know": {
        "stages": Entry("stages", "Search the stage catalogue, show a stage."),
        "doctor": Entry("doctor", "Say what this installation has, and what is wrong."),
        "completion": Entry("completing", "Print what makes a shell complete penstock's words."),
    },
}
COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}


class LazyGroup(Group):
    """A group that imports a command when it is asked for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command with this name; None for an unknown one."""
        entry = COMMANDS.get(name)
        if entry is None:
            return None
        module = import_module(f".{entry.module}", __package__)
        found: click.Command = getattr(module, entry.attribute or name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the commands section by section, importing none of them."""
        widest = max(map(len, COMMANDS))
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:{widest}}", entry.words) for name, entry in entries.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the exit codes."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code.value), code.meaning) for code in ExitCode])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="penstock", prog_name="penstock", message="%(prog)s %(version)s")
def app() -> None:
    """Build, check, draw, preview and run streaming flows on one laptop.

    A FLOW is the name or id of a flow of the project (flows.db here, PENSTOCK_DB, --db, or a service: PENSTOCK_URL,
    --url), or where a command says so a file: orders.json, flows.zip, flows.zip:NAME.
    """


def run(args: list[str]) -> None:
    """Runs a command line and ends the program with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # a flow may hold halves of surrogate pairs, and a terminal may not know every letter
            stream.reconfigure(errors="backslashreplace")
    sys.exit(int(outcome(lambda facts: app.main(args, prog_name="penstock", standalone_mode=False, obj=facts))))

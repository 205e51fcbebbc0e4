"""The table of commands, their common options, and how errors leave the program."""

import os
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from ..core.errors import PenstockError, RemoteError, UnreachableError

FINDINGS, WRONG_USE, REFUSED, UNREACHABLE = 1, 2, 3, 4

# command -> module, one line of help; the module is imported when the command is called
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "Show what penstock does, on a project file of its own."),
    "init": ("flows", "Make a project file."),
    "list": ("flows", "List flows."),
    "show": ("flows", "Say what a flow does, in words."),
    "codegen": ("codegen", "Write the Python script that builds a flow."),
    "create": ("flows", "Make a flow without stages."),
    "add-stage": ("edits", "Add a stage to a flow."),
    "connect": ("edits", "Link two stages."),
    "set": ("edits", "Set settings of a flow or a stage."),
    "arrange": ("edits", "Arrange the stages of a flow."),
    "rename": ("flows", "Give a flow another name."),
    "duplicate": ("flows", "Copy a flow."),
    "delete": ("flows", "Delete a flow."),
    "history": ("flows", "List every kept save of a flow."),
    "restore": ("flows", "Bring back an earlier save, or a deleted flow."),
    "validate": ("checking", "Check a flow of the project."),
    "check": ("checking", "Check flow files; for CI and pre-commit."),
    "draw": ("pictures", "Draw a flow as SVG, HTML, PNG or Mermaid."),
    "preview": ("runs", "Run a few records through a flow, writing nothing."),
    "run": ("runs", "Run a flow."),
    "test": ("test", "Run the tests of flows (*.flowtest.yaml)."),
    "export": ("exchange", "Write flows to a ZIP."),
    "import": ("exchange", "Import the flows of a ZIP or JSON file."),
    "diff": ("pictures", "Compare two flows."),
    "merge": ("pictures", "Merge two changed copies of a flow file."),
    "stages": ("stages", "Search the stage catalogue."),
    "params": ("params", "Parameter sets."),
    "serve": ("serve", "Serve flows over HTTP, to this and other clients."),
    "doctor": ("pictures", "Say what this installation has."),
}


# commands whose name is taken by Python
_ATTRIBUTES = {"import": "import_", "list": "list_", "set": "set_"}


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command with this name; None for an unknown one."""
        if name not in COMMANDS:
            return None
        module = import_module(f".{COMMANDS[name][0]}", __package__)
        command: click.Command = getattr(module, _ATTRIBUTES.get(name, name.replace("-", "_")))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands from the table, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; an unknown one is answered with the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from ..core.errors import nearest

            near = nearest(args[0], COMMANDS)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"no command {args[0]!r}.{hint}", ctx) from error


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="penstock", prog_name="penstock", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, envvar="PENSTOCK_DEBUG", help="Show the traceback of an error.")
@click.pass_context
def app(ctx: click.Context, debug: bool) -> None:
    """Build, check, draw, preview and run streaming flows on one laptop."""
    ctx.ensure_object(dict)["debug"] = debug


def run(args: list[str]) -> None:
    """Runs the command line; errors go to stderr, and the exit code says what kind they are."""
    debug = "--debug" in args or bool(os.environ.get("PENSTOCK_DEBUG"))
    try:
        code: Any = app.main(args, prog_name="penstock", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except PenstockError as error:
        if debug:
            raise
        _fail(error)


def _fail(error: PenstockError) -> NoReturn:
    click.echo(f"{click.style('error:', fg='red')} {error}", err=True, color=None if _colour() else False)
    if isinstance(error, UnreachableError):
        sys.exit(UNREACHABLE)
    sys.exit(REFUSED if isinstance(error, RemoteError) else WRONG_USE)


def _colour() -> bool:
    return not os.environ.get("NO_COLOR") and sys.stderr.isatty()

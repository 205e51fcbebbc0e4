"""What every command has: ``--debug``, ``--no-color``, near names, and the way an error leaves the program."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import click

from ..core.errors import PenstockError, RemoteError, UnreachableError, nearest
from .codes import ExitCode

DEBUG, NO_COLOUR = "debug", "no_color"


def _keep_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and isinstance(ctx.obj, dict):
        ctx.obj[DEBUG] = True


def _keep_colour(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value or os.environ.get("NO_COLOR"):
        ctx.find_root().color = ctx.color = False
        if isinstance(ctx.obj, dict):
            ctx.obj[NO_COLOUR] = True


def common_options() -> list[click.Parameter]:
    """The options that every command and group has."""
    return [
        click.Option(
            ["--no-color"], is_flag=True, expose_value=False, callback=_keep_colour, help="Print no colours (NO_COLOR)."
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            envvar="PENSTOCK_DEBUG",
            callback=_keep_debug,
            help="Show the traceback of an error.",
        ),
    ]


class Command(click.Command):
    """A command with the common options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()


class Group(click.Group):
    """A group with the common options, whose commands have them too; a misspelt one is answered with the nearest."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            if args[0].startswith("-"):
                raise
            near = nearest(args[0], self.list_commands(ctx))
            hint = f" Did you mean {' or '.join(repr(each) for each in near)}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx) from None


command = partial(click.command, cls=Command)


def outcome(run: Callable[[dict[str, object]], object], environ: Mapping[str, str] = os.environ) -> int:
    """Runs a command line and gives its exit code; an error goes to stderr in words, a fault with its traceback.

    ``run`` takes the facts that the common options leave behind.
    """
    facts: dict[str, object] = {}
    try:
        code = run(facts)
        return int(code) if isinstance(code, int) else ExitCode.FINE
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit:
        # click ends so when whoever read the output has seen enough
        return ExitCode.FINE
    except Exception as error:
        _say(error, facts, environ)
        return _code(error)


def _code(error: Exception) -> ExitCode:
    if isinstance(error, UnreachableError):
        return ExitCode.UNREACHABLE
    if isinstance(error, RemoteError):
        return ExitCode.REFUSED
    if isinstance(error, (PenstockError, OSError)):
        # a flow that cannot run or be previewed brings its issues along
        return ExitCode.FINDINGS if hasattr(error, "issues") else ExitCode.WRONG_USE
    return ExitCode.FAULT


def _say(error: Exception, facts: Mapping[str, object], environ: Mapping[str, str]) -> None:
    if facts.get(DEBUG):
        import traceback

        traceback.print_exc()
    colour = False if facts.get(NO_COLOUR) or environ.get("NO_COLOR") else None
    click.echo(f"{click.style('Error:', fg='red')} {_words(error)}", err=True, color=colour)


def _words(error: Exception) -> str:
    if isinstance(error, PenstockError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    return f"penstock failed: {type(error).__name__}: {error}\nThis is a fault of penstock; --debug shows where it is."

"""``penstock completion SHELL``, and what is completed: names of flows, stages, settings, projects and parameter sets.

Completing never fails, makes no file, and asks a service once and for a short time only.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

from .framework import command
from .printing import emit_json, json_option

if TYPE_CHECKING:
    from ..sdk.platform import Platform
    from ..sdk.project import Project
    from .options import Place

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_PENSTOCK_COMPLETE"
SERVICE_PATIENCE_S = 1.5
MOST = 500
_PLAIN = re.compile(r"([^\w@%+=:,./-])")


@command()
@click.argument("shell", type=click.Choice(SHELLS))
@json_option
@click.pass_context
def completion(ctx: click.Context, shell: str, as_json: bool) -> None:
    """Print what makes SHELL complete commands, options, and the names of flows and stages.

    \b
    bash:  eval "$(penstock completion bash)"    in ~/.bashrc
    zsh:   eval "$(penstock completion zsh)"     in ~/.zshrc
    fish:  penstock completion fish > ~/.config/fish/completions/penstock.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(ctx.find_root().command, {}, "penstock", VARIABLE).source()
    emit_json({"shell": shell, "script": script}) if as_json else click.echo(script)


Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completer(names: Callable[[click.Context, str], Iterable[str]]) -> Completer:
    """A completer for click; whatever goes wrong, there is nothing to offer."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            found = [name for name in names(ctx, incomplete) if name.casefold().startswith(incomplete.casefold())]
        except Exception:
            return []
        return [CompletionItem(_word(name)) for name in list(dict.fromkeys(found))[:MOST]]

    return complete


def _word(name: str) -> str:
    """A name as the shell takes it: bash inserts what it gets as it is, the others quote by themselves."""
    if not os.environ.get(VARIABLE, "").startswith("bash"):
        return name
    return _PLAIN.sub(r"\\\\\1", name)


def _place(ctx: click.Context) -> "Place":
    from .options import DEFAULT_PROJECT, place_of

    given = ctx.params
    return place_of(given.get("db"), given.get("url"), given.get("token"), given.get("project") or DEFAULT_PROJECT)


def _flow_name(ctx: click.Context) -> str:
    """The flow argument; behind an option without its value yet, click has not given the arguments their names."""
    named: str = ctx.params.get("flow") or ctx.args[0]
    return named


@contextmanager
def _platform(ctx: click.Context) -> "Iterator[Platform | None]":
    from ..sdk.platform import Platform

    place = _place(ctx)
    if isinstance(place.where, Path):
        if not place.where.is_file():
            yield None
            return
        opened = Platform(place.where)
    else:
        opened = Platform(place.where, token=place.token, timeout_s=SERVICE_PATIENCE_S, retries=0)
    with opened:
        yield opened


@contextmanager
def _project(ctx: click.Context) -> "Iterator[Project | None]":
    with _platform(ctx) as platform:
        yield None if platform is None else platform.project(_place(ctx).project, create=False)


def _files(incomplete: str) -> Iterator[str]:
    folder, _, start = incomplete.rpartition("/")
    for each in sorted(Path(folder or ("/" if incomplete.startswith("/") else ".")).iterdir()):
        if each.name.startswith(".") and not start.startswith("."):
            continue
        if each.suffix.lower() in (".json", ".zip") or each.is_dir():
            yield incomplete[: len(incomplete) - len(start)] + each.name + ("/" if each.is_dir() else "")


def _flows(ctx: click.Context, incomplete: str) -> Iterator[str]:
    with _project(ctx) as project:
        if project is not None:
            yield from sorted(project.flows.names())


def _flows_and_files(ctx: click.Context, incomplete: str) -> Iterator[str]:
    yield from _flows(ctx, incomplete)
    yield from _files(incomplete)


def _deleted(ctx: click.Context, incomplete: str) -> Iterator[str]:
    yield from _flows(ctx, incomplete)
    with _project(ctx) as project:
        if project is not None:
            yield from (each.name for each in project.deleted_flows)


def _stages(ctx: click.Context, incomplete: str) -> Iterator[str]:
    from .options import open_flow

    with open_flow(_place(ctx), _flow_name(ctx)) as opened:
        yield from (stage.instance_name for stage in opened.flow.stages)
        yield from (stage.stage_name for stage in opened.flow.stages)


def _settings(ctx: click.Context, incomplete: str) -> Iterator[str]:
    from .finding import stage_of
    from .options import open_flow

    with open_flow(_place(ctx), _flow_name(ctx)) as opened:
        stage = ctx.params.get("stage")
        held = opened.flow if stage is None else stage_of(opened.flow, stage)
        yield from (f"{name}=" for name in held.configuration)


def _kinds(ctx: click.Context, incomplete: str) -> Iterator[str]:
    from ..adapters.packaged import packaged_catalogue

    yield from sorted({each.label for each in packaged_catalogue().summaries() if not each.hidden})


def _sets(ctx: click.Context, incomplete: str) -> Iterator[str]:
    with _project(ctx) as project:
        if project is not None:
            yield from (each.name for each in project.parameter_sets)


def _projects(ctx: click.Context, incomplete: str) -> Iterator[str]:
    with _platform(ctx) as platform:
        if platform is not None:
            yield from (each.name for each in platform.projects)


complete_stored_flow = _completer(_flows)
complete_flow = _completer(_flows_and_files)
complete_deleted_flow = _completer(_deleted)
complete_stage = _completer(_stages)
complete_setting = _completer(_settings)
complete_kind = _completer(_kinds)
complete_set = _completer(_sets)
complete_project = _completer(_projects)

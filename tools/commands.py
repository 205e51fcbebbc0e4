"""Writes the parts of docs/cli.md that follow from the program: its commands, its exit codes."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from penstock.cli.app import SECTIONS, app
from penstock.cli.codes import ExitCode
from penstock.cli.framework import common_options

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
_PART = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
COMMON = {each.name for each in common_options()} | {"help", "as_json"}
PLACE = ("db", "url", "token", "project")
"""The options that say which project; told once, above."""


def made(page: str) -> str:
    """The page with its made parts as they follow from the program of today."""
    parts = {"commands": commands, "codes": codes}
    return _PART.sub(lambda found: found[1] + "\n" + "\n".join(parts[found[2]]()) + "\n\n" + found[3], page)


def codes() -> Iterator[str]:
    """The table of exit codes."""
    yield "| code | meaning |"
    yield "| ---: | --- |"
    yield from (f"| {code.value} | {code.meaning} |" for code in ExitCode)


def commands() -> Iterator[str]:
    """Every command, section by section, with what it takes."""
    root = click.Context(app, info_name="penstock")
    for section, names in SECTIONS.items():
        yield f"### {section}"
        yield ""
        for name in names:
            found = app.get_command(root, name)
            assert found is not None
            yield from _command(found, click.Context(found, info_name=name, parent=root))


def _command(command: click.Command, ctx: click.Context) -> Iterator[str]:
    yield f"#### {ctx.command_path}"
    yield ""
    usage = " ".join(command.collect_usage_pieces(ctx))
    yield f"`{ctx.command_path} {usage}`"
    yield ""
    yield from _help(command)
    options = {each.name: each for each in command.params if isinstance(each, click.Option) and each.name not in COMMON}
    placed = options.keys() >= set(PLACE)
    rows = [_option(each, ctx) for name, each in options.items() if not (placed and name in PLACE)]
    if placed:
        rows.append("| `--db`, `--url`, `--token`, `--project` | [Which project](#which-project). |")
    if rows:
        yield from ("| option | |", "| --- | --- |", *rows, "")
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            inner = command.get_command(ctx, name)
            assert inner is not None
            yield from _command(inner, click.Context(inner, info_name=name, parent=ctx))


def _help(command: click.Command) -> Iterator[str]:
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        if paragraph.startswith("\b\n"):
            yield from ("```text", *paragraph.splitlines()[1:], "```", "")
        else:
            yield from (_escaped(" ".join(paragraph.split())), "")


def _option(option: click.Option, ctx: click.Context) -> str:
    record = option.get_help_record(ctx)
    assert record is not None
    return f"| `{record[0].replace('|', chr(92) + '|')}` | {_escaped(record[1].replace('  ', ' '))} |"


def _escaped(text: str) -> str:
    """A text of the help as Markdown: names in capitals and brackets stay what they are."""
    return text.replace("[", "\\[").replace("<", "&lt;").replace("|", "\\|").replace("*.", "\\*.")


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text()))
    print(PAGE.name)

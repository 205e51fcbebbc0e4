"""``penstock stages``: search the catalogue, show a stage with its settings."""

from typing import TYPE_CHECKING

import click

from ..core.errors import InvalidValueError, nearest
from .completing import complete_kind
from .framework import Group
from .printing import emit_json, json_option, note, piped, table

if TYPE_CHECKING:
    from ..core.catalogue.definitions import SettingDefinition, StageDefinition, StageSummary


class SearchGroup(Group):
    """A group whose default command is ``search``: ``penstock stages kafka``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts ``search`` in front of words that are no command."""
        own = {name for param in self.get_params(ctx) for name in param.opts}
        first = next((each for each in args if each not in own), None)
        if first not in self.commands and not own.intersection(args[:1]):
            args = ["search", *args]
        return super().parse_args(ctx, args)


@click.group(cls=SearchGroup)
def stages() -> None:
    """Search the stage catalogue: `stages kafka`, `stages show "Field Remover"`."""


def matches(text: str) -> "list[StageSummary]":
    """Stages of the canvas whose label, name, library or type holds every word, best first."""
    from ..adapters.packaged import packaged_catalogue

    words = text.casefold().split()
    found: list[tuple[int, StageSummary]] = []
    for each in packaged_catalogue().summaries():
        label = each.label.casefold()
        whole = " ".join((label, each.name.casefold(), each.type.word, *each.libraries, each.library_label.casefold()))
        if not each.hidden and all(word in whole for word in words):
            rank = 0 if label == text.casefold() else 1 if label.startswith(words[0] if words else "") else 2
            found.append((rank if all(word in label for word in words) else 3, each))
    return [each for _, each in sorted(found, key=lambda pair: (pair[0], pair[1].label, pair[1].type.word))]


@stages.command()
@click.argument("text", nargs=-1)
@json_option
def search(text: tuple[str, ...], as_json: bool) -> None:
    """List stages whose label, name, library or type holds every word of TEXT; all without any."""
    from ..adapters.packaged import packaged_catalogue

    wanted = " ".join(text)
    found = matches(wanted)
    if not found:
        labels = [each.label for each in packaged_catalogue().summaries() if not each.hidden]
        known = [*labels, *(word for label in labels for word in label.split())]
        raise InvalidValueError("stage", wanted, "words of a stage's label, type or library", nearest(wanted, known))
    if as_json:
        emit_json([_facts(each) for each in found])
    elif piped():
        table((), ((each.label, each.type.word, each.library, each.name) for each in found))
    else:
        table(("label", "type", "library"), ((each.label, each.type.word, each.library_label) for each in found))
        note(f'{len(found)} stage(s); settings of one: penstock stages show "{found[0].label}"')


def _facts(each: "StageSummary") -> dict[str, object]:
    return {
        "label": each.label,
        "type": each.type.word,
        "library": each.library,
        "name": each.name,
        "version": each.version,
    }


@stages.command()
@click.argument("label", nargs=-1, required=True, shell_complete=complete_kind)
@click.option("--type", "kind", help="origin, processor, destination or executor, where a label means several.")
@json_option
def show(label: tuple[str, ...], kind: str | None, as_json: bool) -> None:
    """Show a stage with its settings: kinds, defaults, allowed values, and what they depend on."""
    from ..adapters.packaged import packaged_catalogue
    from ..core.catalogue.find import find_stage

    definition = find_stage(packaged_catalogue(), " ".join(label), type=kind)
    settings = _settings(definition)
    rows = [row_of(setting) for setting in settings]
    if as_json:
        emit_json({**_about(definition), "settings": rows})
        return
    click.echo(f"{definition.label} ({definition.type.word}, {definition.library}, version {definition.version})")
    if definition.description:
        click.echo(definition.description)
    click.echo("")
    columns = ("setting", "kind", "default", "values", "only when")
    spoken = {setting.name: setting.attribute for setting in settings}
    table(columns, (_cells(row, spoken) for row in rows))
    note("* required; a value may be set by the name shown here or by its raw name (--json)")


def _settings(definition: "StageDefinition") -> "list[SettingDefinition]":
    from ..adapters.packaged import packaged_catalogue

    found = list(definition.settings)
    for use in definition.services:
        service = packaged_catalogue().service(use.service)
        found += [each for each in (service.settings if service else ()) if each.name not in use.values]
    return found


def _about(definition: "StageDefinition") -> dict[str, object]:
    return {
        "label": definition.label,
        "name": definition.name,
        "version": definition.version,
        "type": definition.type.word,
        "library": definition.library,
        "libraries": list(definition.libraries),
        "description": definition.description,
        "produces_events": definition.produces_events,
    }


def row_of(setting: "SettingDefinition") -> dict[str, object]:
    """What is told of a setting."""
    from ..core.edit.defaults import default_value
    from ..core.values import thaw

    return {
        "setting": setting.attribute,
        "raw_name": setting.name,
        "label": setting.label,
        "kind": (setting.model_type or setting.type).lower(),
        "required": setting.required,
        "default": thaw(default_value(setting)),
        "values": list(setting.model.values or ()) if setting.model is not None else [],
        "depends_on": {name: [thaw(each) for each in values] for name, values in setting.depends_on.items()},
        "description": setting.description,
    }


def _cells(row: dict[str, object], spoken: dict[str, str]) -> list[str]:
    import json

    from ..core.words import short_value

    depends = row["depends_on"]
    assert isinstance(depends, dict)
    values = row["values"]
    assert isinstance(values, list)
    default = row["default"]
    return [
        f"{row['setting']}{' *' if row['required'] else ''}",
        str(row["kind"]),
        ""
        if default in ("", None, [])
        else short_value(default if isinstance(default, str) else json.dumps(default), 60),
        ", ".join(map(str, values)),
        "; ".join(f"{spoken.get(name, name)} is {' or '.join(map(str, among))}" for name, among in depends.items()),
    ]

"""``penstock stages``: search the catalogue, show a stage with its settings."""

import click

from ..adapters.packaged import packaged_catalogue
from ..core.catalogue.definitions import SettingDefinition, StageSummary
from ..core.catalogue.find import find_stage
from ..core.edit.defaults import default_value
from ..core.errors import InvalidValueError, nearest
from ..core.values import thaw
from .common import emit_json, json_option, table


class SearchGroup(click.Group):
    """A group whose default command is ``search``: ``penstock stages kafka``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts ``search`` in front of words that are no command."""
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["search", *args]
        return super().parse_args(ctx, args)


@click.group(cls=SearchGroup)
def stages() -> None:
    """Search the stage catalogue: `stages kafka`, `stages show "Field Remover"`."""


def matches(text: str) -> list[StageSummary]:
    """Stages of the canvas whose label, name, library or type holds every word, best first."""
    words = text.casefold().split()
    found: list[tuple[int, StageSummary]] = []
    for each in packaged_catalogue().summaries():
        label = each.label.casefold()
        whole = " ".join((label, each.name.casefold(), each.type.word, *each.libraries))
        if not each.hidden and all(word in whole for word in words):
            rank = 0 if label == text.casefold() else 1 if label.startswith(words[0] if words else "") else 2
            found.append((rank if all(word in label for word in words) else 3, each))
    return [each for _, each in sorted(found, key=lambda pair: (pair[0], pair[1].label, pair[1].type.word))]


@stages.command()
@click.argument("text", default="")
@json_option
def search(text: str, as_json: bool) -> None:
    """List stages whose label, name, library or type holds TEXT."""
    found = matches(text)
    if not found:
        labels = [each.label for each in packaged_catalogue().summaries()]
        raise InvalidValueError("stage", text, "a word of a stage's label", nearest(text, labels))
    rows = [(each.label, each.type.word, each.library, each.name) for each in found]
    if as_json:
        emit_json([dict(zip(("label", "type", "library", "name"), row, strict=True)) for row in rows])
        return
    table(("label", "type", "library", "name"), rows)


@stages.command()
@click.argument("label")
@click.option("--type", "kind", help="origin, processor, destination or executor, where a label means several.")
@json_option
def show(label: str, kind: str | None, as_json: bool) -> None:
    """Show a stage with its settings, kinds, defaults and allowed values."""
    catalogue = packaged_catalogue()
    definition = find_stage(catalogue, label, type=kind)
    settings = list(definition.settings)
    for use in definition.services:
        service = catalogue.service(use.service)
        settings.extend(service.settings if service is not None else ())
    rows = [_row(setting) for setting in settings]
    if as_json:
        emit_json(
            {
                "label": definition.label,
                "name": definition.name,
                "type": definition.type.word,
                "library": definition.library,
                "description": definition.description,
                "settings": rows,
            }
        )
        return
    click.echo(f"{definition.label} ({definition.type.word}, {definition.library}, version {definition.version})")
    if definition.description:
        click.echo(definition.description)
    columns = ("setting", "raw_name", "type", "default", "values")
    table(columns, ([row[column] for column in columns] for row in rows))


def _row(setting: SettingDefinition) -> dict[str, object]:
    values = setting.model.values if setting.model is not None else None
    return {
        "setting": setting.attribute + (" *" if setting.required else ""),
        "raw_name": setting.name,
        "type": setting.model_type or setting.type,
        "default": thaw(default_value(setting)),
        "values": ", ".join(values) if values else "",
    }

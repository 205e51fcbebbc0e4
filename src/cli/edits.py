"""Small edits from scripts, of a flow of a project or of a JSON file: add-stage, connect, set, arrange, rename."""

import click

from ..core.errors import InvalidValueError, UnknownSettingError
from .completing import complete_kind, complete_setting, complete_stage
from .finding import assignments, stage_of, stages_with
from .framework import command
from .options import OpenFlow, flow_argument, on_flow
from .printing import answer, json_option, note


@command(name="add-stage")
@flow_argument
@click.argument("stage", shell_complete=complete_kind)
@click.option("--type", "kind", help="origin, processor, destination or executor, where a label means several.")
@click.option("--library", help="Stage library.")
@click.option("--after", help="Link from this stage.", shell_complete=complete_stage)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a setting of the new stage.")
@json_option
@on_flow(edits=True)
def add_stage(
    opened: OpenFlow,
    stage: str,
    kind: str | None,
    library: str | None,
    after: str | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Add a STAGE (label or name of its kind) to FLOW, which may be a JSON file; prints its instance name."""
    flow = opened.flow
    before = None if after is None else stage_of(flow, after)
    added = flow.add_stage(stage, type=kind, library=library)
    added.configuration.update(assignments(settings))
    if before is not None:
        before.connect_output_to(added)
    opened.save()
    answer(as_json, {"instance_name": added.instance_name, "label": added.stage_name}, added.instance_name)


@command()
@flow_argument
@click.argument("source", shell_complete=complete_stage)
@click.argument("target", shell_complete=complete_stage)
@click.option("--predicate", help="The condition whose lane is linked; a new one is added.")
@click.option("--output", type=int, help="Index of the output lane, from 0.")
@click.option("--event", is_flag=True, help="Link the event lane.")
@json_option
@on_flow(edits=True)
def connect(
    opened: OpenFlow,
    source: str,
    target: str,
    predicate: str | None,
    output: int | None,
    event: bool,
    as_json: bool,
) -> None:
    """Link SOURCE to TARGET (instance names or labels) in FLOW, which may be a JSON file."""
    first, second = stage_of(opened.flow, source), stage_of(opened.flow, target)
    if event:
        first.connect_event_to(second)
    else:
        first.connect_output_to(second, predicate=predicate, output_idx=output)
    opened.save()
    answer(as_json, {"source": first.instance_name, "target": second.instance_name})


@command(name="set")
@flow_argument
@click.argument("settings", nargs=-1, required=True, metavar="NAME=VALUE...", shell_complete=complete_setting)
@click.option("--stage", help="Instance name or label; without it the flow.", shell_complete=complete_stage)
@json_option
@on_flow(edits=True)
def set_(opened: OpenFlow, settings: tuple[str, ...], stage: str | None, as_json: bool) -> None:
    """Set settings of FLOW (which may be a JSON file) or of one of its stages, all or none.

    A value is JSON where it is JSON, else text; names are those that `stages show` lists, or raw ones.
    """
    target = opened.flow.configuration if stage is None else stage_of(opened.flow, stage).configuration
    values = assignments(settings)
    try:
        target.update(values)
    except UnknownSettingError as error:
        owners = [] if stage is not None else stages_with(opened.flow, error.wanted)
        if not owners:
            raise
        expected = f"a setting of the flow; it is one of {', '.join(owners)}: say which with --stage"
        raise InvalidValueError("setting", error.wanted, expected) from None
    opened.save()
    answer(as_json, {"set": list(values)})


@command()
@flow_argument
@json_option
@on_flow(edits=True)
def arrange(opened: OpenFlow, as_json: bool) -> None:
    """Arrange the stages of FLOW (which may be a JSON file) by their links and save it."""
    stages = opened.flow.auto_arrange().stages
    opened.save()
    note(f"arranged {len(stages)} stages")
    answer(as_json, {each.instance_name: each.position for each in stages})


@command()
@flow_argument
@click.argument("name")
@json_option
@on_flow(edits=True)
def rename(opened: OpenFlow, name: str, as_json: bool) -> None:
    """Give FLOW (which may be a JSON file) another NAME."""
    old, opened.flow.name = opened.flow.name, name
    opened.save()
    note(f"{old!r} is now {name!r}")
    answer(as_json, {"old": old, "name": name})

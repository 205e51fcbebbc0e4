"""Arranging the stages of a flow."""

import attrs

from penstock.core import edit

from .conftest import Builder


def test_stages_that_share_an_instance_name_have_places_of_their_own(build: Builder) -> None:
    """A file that repeats a name is still drawn without overlaps."""
    origin, sink = build.add("Dev Raw Data Source"), build.add("Trash")
    build.connect(origin, sink)
    first, second = build.flow.stages
    arranged = edit.auto_arrange(attrs.evolve(build.flow, stages=(first, second, second)))
    assert [stage.position for stage in arranged.stages] == [(50, 50), (360, 50), (360, 250)]

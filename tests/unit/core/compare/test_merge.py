"""Promises of differences and merges."""

import attrs

from penstock.core import decode_flow, diff, merge
from penstock.core.compare import diff_document, render_diff
from penstock.core.flow.model import Flow


def stage(name: str, **changes: object) -> dict[str, object]:
    return {
        "instanceName": name,
        "library": "lib",
        "stageName": "kind",
        "stageVersion": "1",
        "configuration": [{"name": "a", "value": 1}, {"name": "password", "value": "hidden"}],
        "uiInfo": {"label": name, "xPos": 50, "yPos": 50},
        "inputLanes": [],
        "outputLanes": [f"{name}Out"],
        "eventLanes": [],
        "services": [],
        **changes,
    }


def flow(*stages: dict[str, object], **parts: object) -> Flow:
    return decode_flow({"schemaVersion": 6, "title": "T", "configuration": [], "stages": list(stages), **parts})


def settings(**values: object) -> list[dict[str, object]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def test_equal_flows_have_no_difference() -> None:
    """The difference of a flow to itself is empty and false."""
    assert not diff(flow(stage("A")), flow(stage("A")))


def test_stages_settings_links_labels_and_places_are_told_apart() -> None:
    """Each kind of change is in its own part of the value."""
    old = flow(stage("A"), stage("B"))
    new = flow(
        stage("A", configuration=settings(a=2, password="other")),
        stage("C", inputLanes=["AOut"], uiInfo={"label": "C", "xPos": 360, "yPos": 50}),
    )
    found = diff(old, new)
    assert (found.added, found.removed) == (("C",), ("B",))
    assert [(link.source, link.target) for link in found.links_added] == [("A", "C")]
    assert {change.name for change in found.settings} == {"a", "password"}


def test_moving_and_renaming_are_no_setting_changes() -> None:
    """A stage that was only moved or relabelled is listed as that alone."""
    found = diff(flow(stage("A")), flow(stage("A", uiInfo={"label": "B", "xPos": 60, "yPos": 50})))
    assert found.moved == ("A",)
    assert [(each.old, each.new) for each in found.renamed] == [("A", "B")]
    assert not found.settings


def test_the_kind_of_a_number_counts() -> None:
    """1 and 1.0 are different values, as in the file."""
    assert diff(flow(stage("A", configuration=settings(a=1))), flow(stage("A", configuration=settings(a=1.0))))


def test_credentials_are_masked() -> None:
    """A changed password is reported, without either value."""
    found = diff(flow(stage("A")), flow(stage("A", configuration=settings(a=1, password="newer"))))
    text = "\n".join(render_diff(found)) + str(diff_document(found)) + repr(found)
    assert "password" in text
    assert "hidden" not in text
    assert "newer" not in text


def test_a_merge_takes_the_changes_of_both_sides() -> None:
    """Different settings, new stages and new links of two people go together."""
    base = flow(stage("A", configuration=settings(a=1, b=1)))
    ours = flow(stage("A", configuration=settings(a=2, b=1)))
    theirs = flow(stage("A", configuration=settings(a=1, b=3)), stage("B", inputLanes=["AOut"]))
    merged = merge(base, ours, theirs).flow
    assert merged == flow(stage("A", configuration=settings(a=2, b=3)), stage("B", inputLanes=["AOut"]))


def test_what_both_changed_differently_is_a_conflict() -> None:
    """No side wins silently: the place is named, the values are not."""
    base, ours, theirs = (flow(stage("A", configuration=settings(password=value))) for value in ("x1", "x2", "x3"))
    result = merge(base, ours, theirs)
    assert result.flow is None
    assert [conflict.path for conflict in result.conflicts] == ["/stages/A/configuration/password/value"]
    assert "x2" not in str(result.conflicts)


def test_removed_here_and_changed_there_is_a_conflict() -> None:
    """A stage that one side removed and the other changed needs a person."""
    base = flow(stage("A"), stage("B"))
    result = merge(base, flow(stage("B")), flow(stage("A", configuration=settings(a=9)), stage("B")))
    assert [str(conflict) for conflict in result.conflicts] == ["/stages/A: we removed it, they changed it"]


def test_merging_with_an_unchanged_side_gives_the_other() -> None:
    """The one-sided merge is the changed side, whichever it is."""
    base, changed = flow(stage("A")), flow(stage("A", configuration=settings(a=5)))
    for result in (merge(base, changed, base), merge(base, base, changed)):
        assert result.flow == attrs.evolve(changed, name=result.flow.name if result.flow else "")

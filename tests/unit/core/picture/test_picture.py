"""Promises of pictures: complete, well-formed, safe."""

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from penstock.core import decode_flow, draw, mermaid
from penstock.core.errors import InvalidValueError
from penstock.core.flow.model import Flow
from penstock.core.picture import page
from penstock.core.preview import Preview, StageOutput
from penstock.core.records.record import ErrorInfo, Record
from penstock.core.validation import Issue

NASTY = "</script><script>alert('x')</script> & \"quoted\" \u0001"


def flow(count: int = 3, label: str = "Stage") -> Flow:
    stages = [
        {
            "instanceName": f"S{at}",
            "library": "streamsets-datacollector-basic-lib",
            "stageName": "kind",
            "stageVersion": "1",
            "configuration": [{"name": "password", "value": "sesame"}, {"name": "note", "value": label}],
            "uiInfo": {"label": f"{label} {at}", "xPos": 50 + at * 310, "yPos": 50, "stageType": "PROCESSOR"},
            "inputLanes": [f"L{at - 1}"] if at else [],
            "outputLanes": [f"L{at}"],
            "eventLanes": [],
            "services": [],
        }
        for at in range(count)
    ]
    return decode_flow({"schemaVersion": 6, "title": label, "configuration": [], "stages": stages})


def test_a_picture_is_well_formed_and_has_every_stage_and_link() -> None:
    """Whatever is in labels, the SVG parses, and nothing is left out."""
    root = ElementTree.fromstring(draw(flow(label=NASTY)))
    groups = [each for each in root.iter() if each.get("data-stage")]
    links = [each for each in root.iter() if each.get("class") == "link"]
    assert [each.get("data-stage") for each in groups] == ["S0", "S1", "S2"]
    assert len(links) == 2


def test_a_picture_tells_what_it_shows() -> None:
    """Title and description are there for people who do not see it."""
    text = draw(flow())
    assert "<title id=" in text
    assert "3 processors and 2 links" in text


def test_fonts_are_named_ahead_of_the_generic_one() -> None:
    """What draws a PNG finds those of the system by name only, and shows no letter where it finds none."""
    families = re.findall(r'font-family="([^"]+)"', draw(flow()))
    assert [each.split(", ")[-1] for each in families] == ["sans-serif"]
    assert {"Arial", "'DejaVu Sans'", "'Liberation Sans'", "'Noto Sans'"} <= set(families[0].split(", "))


def test_issues_become_badges() -> None:
    """A stage with findings shows how many."""
    text = draw(flow(), issues=(Issue("X_1", "bad", "S1"), Issue("X_2", "worse", "S1")))
    assert text.count('class="badge"') == 1
    assert "X_2 - worse" in text


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_every_theme_is_self_contained(theme: str) -> None:
    """No scripts, no addresses but the name space."""
    text = draw(flow(), theme=theme)
    assert "<script" not in text
    assert text.count("http") == 1


def test_an_unknown_theme_is_refused() -> None:
    """A typo names what there is."""
    with pytest.raises(InvalidValueError, match="auto or light or dark"):
        draw(flow(), theme="drak")


def test_large_flows_stay_small() -> None:
    """A thousand stages fit in two million bytes."""
    assert len(draw(flow(1000))) < 2_000_000


def test_texts_of_any_length_are_bounded() -> None:
    """A label of a million letters makes no picture of a million letters."""
    assert len(draw(flow(3, "x" * 1_000_000))) < 20_000


def test_mermaid_text_has_every_stage_and_link() -> None:
    """Labels are quoted, so that no character of theirs becomes syntax."""
    lines = mermaid(flow(label='a "b" |c|')).splitlines()
    assert lines[0] == "graph LR"
    assert sum("-->" in line for line in lines) == 2
    assert all(line.count('"') % 2 == 0 for line in lines)


def facts_of(text: str) -> dict[str, Any]:
    """What a page knows of the flow."""
    start = text.index('id="facts">') + len('id="facts">')
    found: dict[str, Any] = json.loads(text[start : text.index("</script>", start)])
    return found


def test_a_page_masks_secrets_and_cannot_be_broken_out_of() -> None:
    """Settings are shown as data: no password, and no text that ends the script."""
    text = page(flow(label=NASTY))
    assert dict(facts_of(text)["stages"]["S0"]["every"])["note"] == NASTY
    assert "sesame" not in text
    assert "<script>alert" not in text


def test_a_page_loads_nothing() -> None:
    """No address but the name space, and a policy that would refuse any."""
    text = page(flow())
    assert text.count("http") == 2, "the name space, and http-equiv"
    assert "default-src 'none'" in text


def test_a_page_shows_issues_where_they_belong() -> None:
    """Findings of a stage with the stage, those of the flow with the flow."""
    facts = facts_of(page(flow(), issues=(Issue("X_1", "bad", "S1"), Issue("X_2", "worse"))))
    assert facts["stages"]["S1"]["issues"] == ["X_1 - bad"]
    assert facts["flow"]["issues"] == ["X_2 - worse"]


def test_a_page_shows_the_records_of_a_preview() -> None:
    """What came in and what went out, in columns; what was refused with the reason; the first ones of many."""
    fine, bad = Record({"id": 1, "tags": ["a"]}), Record({"id": 2})
    refused = Record({"id": 2})
    refused.header.error = ErrorInfo("E_1", "no tags")
    output = StageOutput("S1", {"lane": (fine,) * 60}, (fine, bad), error_records=(refused,))
    tables = dict(facts_of(page(flow(), Preview("FINISHED", ((output,),))))["stages"]["S1"]["tables"])
    assert list(tables) == ["In (2)", "Out (60)", "Refused (1)"]
    assert tables["In (2)"] == {"columns": ["id", "tags"], "rows": [["1", '["a"]'], ["2", ""]], "more": 0}
    assert tables["Refused (1)"]["rows"] == [["E_1 - no tags", "2"]]
    assert (len(tables["Out (60)"]["rows"]), tables["Out (60)"]["more"]) == (50, 10)


def test_two_pictures_in_one_document_keep_apart() -> None:
    """Names and rules of one are not those of another: a dark and a light picture of two flows."""
    first, second = draw(flow(2, "One"), theme="light"), draw(flow(3, "Two"), theme="dark")
    names = [set(re.findall(r' id="([^"]+)"', text)) for text in (first, second)]
    assert names[0].isdisjoint(names[1])
    assert re.findall(r"([^{}]+){", re.sub(r"(?s).*<style>|</style>.*", "", second))[0].startswith(".penstock-dark ")


def test_an_empty_flow_can_be_drawn() -> None:
    """A flow without stages is an empty picture, not an error."""
    ElementTree.fromstring(draw(flow(0)))

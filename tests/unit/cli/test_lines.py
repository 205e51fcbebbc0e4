"""Where stages and settings stand in the text of a file."""

from penstock.cli.lines import Lines

TEXT = """{"pipelineConfig": {
 "configuration": [{"name": "executionMode", "value": "X"},
  {"name": "rows", "value": [{"name": "inner"}]}],
 "stages": [
  {"configuration": [{"value": {"name": "no"}, "name": "size"},
    {"name": "rows", "value": "a{b[c"}],
   "services": [{"service": "s", "configuration": [
     {"name": "format", "value": 1}]}],
   "instanceName": "first"},
  {"instanceName": "se\\u0063ond",
   "configuration": [
    {"name": "size", "value": 2}]}],
 "issues": {"stageIssues": {"first": [{"instanceName": "first", "name": "size"}]}}
}}"""
LINES = Lines(TEXT)


def test_a_stage_is_where_its_instance_name_is() -> None:
    """Wherever the name stands in it, and however it is written; what comes later with the name does not count."""
    assert LINES.region("first", None) == (9, 20)
    assert LINES.region("second", None) == (10, 20)


def test_a_setting_is_where_its_name_is() -> None:
    """In the stage itself, in its services, in the flow; a row is where its list is."""
    assert LINES.region("first", "size")[0] == 5
    assert LINES.region("second", "size")[0] == 12
    assert LINES.region("first", "format")[0] == 8
    assert LINES.region("first", "rows#2:path") == LINES.region("first", "rows[2]") == LINES.region("first", "rows")
    assert LINES.region("first", "rows")[0] == 6
    assert LINES.region(None, "executionMode")[0] == 2
    assert LINES.region(None, "rows")[0] == 3


def test_what_is_not_in_the_text_is_at_its_stage_or_at_the_start() -> None:
    """There is always a place."""
    assert LINES.region("second", "gone") == LINES.region("second", None)
    assert LINES.region("gone", "size") == (1, 1)
    assert LINES.region(None, "inner") == (1, 1)
    assert Lines("").region("first", None) == (1, 1)


def test_a_text_that_is_no_document_is_no_fault() -> None:
    """Brackets that do not match and half strings have no places."""
    assert Lines(']}:"a": {"x\\').region("a", None) == (1, 1)

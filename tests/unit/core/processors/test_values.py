"""Promises of what several processors do with results: where they can be put, and under which names."""

from collections.abc import Callable

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.records.paths import NoPlaceError, UnreachablePathError
from penstock.core.records.values import FieldValue

from .conftest import Play
from .given import codes
from .test_expression import EXPRESSION, header, setting
from .test_fields import DECODE, ENCODE, HASH, RENAME, SPLIT, ZIP, hashing, renaming
from .test_moving import SPLITTING, merging
from .test_parsing import GENERATE, LOOKUP, PARSE, looking
from .test_processors import LOG, MERGE, PIVOT
from .test_replacing import FIELD, rules
from .test_schemas import SCHEMAS
from .test_xml_fields import PARSER

ZIPPED = {"firstField": "/l", "secondField": "/l2", "zippedFieldPath": "/none/x"}


@pytest.mark.parametrize(
    ("kind", "settings", "value"),
    [
        (FIELD, rules(("/none/x", "1")), {}),
        (PIVOT, {"listPath": "/l", "newPath": "/none/x"}, {"l": [1]}),
        (ZIP, {"fieldZipConfigBean.fieldZipConfigs": [ZIPPED]}, {"l": [1], "l2": [2]}),
        (PARSE, {"fieldPathToParse": "/t", "parsedFieldPath": "/none/x"}, {"t": "1"}),
        (GENERATE, {"fieldPathToSerialize": "/m", "outputFieldPath": "/none/x"}, {"m": {}}),
        (ENCODE, {"originFieldPath": "/b", "resultFieldPath": "/none/x"}, {"b": b"eA=="}),
        (DECODE, {"originFieldPath": "/b", "resultFieldPath": "/none/x"}, {"b": b"eA=="}),
        (LOG, {"fieldPathToParse": "/t", "parsedFieldPath": "/none/x"}, {"t": ""}),
        (PARSER, {"configs.fieldPathToParse": "/t", "configs.parsedFieldPath": "/none/x"}, {"t": "<a/>"}),
        (LOOKUP, looking("RECORD", ("k", "/none/x")), {}),
        (
            SPLIT,
            {**SPLITTING, "tooManySplitsAction": "TO_LIST", "remainingSplitsPath": "/none/x"},
            {"t": "1 2 3"},
        ),
    ],
    ids=lambda held: held.rpartition("_")[2] if isinstance(held, str) else "",
)
def test_a_target_without_a_parent_ends_the_run_where_it_has_no_code(
    play: Play, kind: str, settings: dict[str, object], value: FieldValue
) -> None:
    """The original does not expect it, so the record is not refused."""
    with pytest.raises(UnreachablePathError):
        play(kind, settings, value)


@pytest.mark.parametrize("target", ["/l[5]", "/n/x", "/n[0]"])
@pytest.mark.parametrize(
    ("kind", "settings_of"),
    [
        (EXPRESSION, lambda path: setting((path, "x"))),
        (SPLIT, lambda path: {**SPLITTING, "fieldPathsForSplits": [path]}),
        (MERGE, lambda path: merging(("/m", path))),
        (RENAME, lambda path: renaming(("/m", path))),
        (HASH, lambda path: hashing("target", ["/t"], targetField=path)),
    ],
)
def test_a_target_in_a_null_or_behind_a_list_ends_the_run(
    play: Play, kind: str, settings_of: Callable[[str], dict[str, object]], target: str
) -> None:
    """Also where a stage has a code for a target whose parent is missing."""
    with pytest.raises(NoPlaceError):
        play(kind, settings_of(target), {"l": [1], "n": None, "m": {}, "t": "1 2"})


def test_a_lookup_by_batch_refuses_the_batch_whatever_its_target_is(play: Play) -> None:
    """LOOKUP_02, for what is no path too."""
    for target in ("/l[5]", "/none/x", "no path"):
        assert codes(play(LOOKUP, looking("BATCH", ("k", target)), {"l": []}, {"l": []})) == ["LOOKUP_02"] * 2


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (EXPRESSION, header("_.sourceId", "x")),
        (HASH, hashing("target", ["/a"], headerAttribute="_.sourceId")),
        (SCHEMAS, {"config.schemaName": "s", "config.attributeName": "_.sourceId"}),
    ],
)
def test_names_of_an_engine_s_own_attributes_are_not_given_away(
    play: Play, kind: str, settings: dict[str, object]
) -> None:
    """They begin with a mark of their own; setting one ends the run."""
    with pytest.raises(InvalidValueError, match="_.sourceId"):
        play(kind, settings, {"a": 1})

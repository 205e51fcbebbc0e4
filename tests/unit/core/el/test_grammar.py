"""The tables of the parser."""

import pkgutil

import pytest

from penstock.core.el import ElError, parse
from penstock.core.el.grammar import parser_of, read_grammar, version_of

TEXT = "str:toUpper(record:value('/a')) == 'B' ? 1 + 2 * 3 : not empty x.y[0]"


def test_the_tables_that_ship_are_of_the_grammar_that_ships() -> None:
    """Whoever changes ``el.lark`` runs ``python -m tools.build_grammar``."""
    tables = pkgutil.get_data("penstock.core.el", "grammar.bin") or b""
    assert tables.split(b"\n")[0] == version_of(read_grammar())


@pytest.mark.parametrize("tables", [b"", b"other\nthings"], ids=["none", "of another version"])
def test_without_fitting_tables_the_parser_is_made_from_the_grammar(tables: bytes) -> None:
    """A release of lark with another form of tables costs time and nothing else."""
    shipped = pkgutil.get_data("penstock.core.el", "grammar.bin") or b""
    made = parser_of(read_grammar(), tables)
    assert made.parse(TEXT) == parser_of(read_grammar(), shipped).parse(TEXT)


@pytest.mark.parametrize("count", [201, 5_000, 20_000])
@pytest.mark.parametrize("text", ["{}1", "1{}"], ids=["signs", "sums"])
def test_an_expression_that_is_nested_too_deep_is_an_error(count: int, text: str) -> None:
    """However deep it is: no fault of the interpreter shows."""
    more = {"{}1": "-", "1{}": "+1"}[text] * count
    with pytest.raises(ElError, match="nested deeper than 200"):
        parse(text.format(more))

"""What the engine takes for a choice beside what an editor offers."""

import pytest

from penstock.core.validation.choices import choices_of


@pytest.mark.parametrize(
    ("name", "offered", "taken"),
    [
        ("kinesisConfig.partitionStrategy", ("EXPRESSION", "RANDOM"), "ROUND_ROBIN"),
        ("conf.dataGeneratorFormatConfig.schemaLookupMode", ("SUBJECT", "ID"), "AUTO"),
        ("conf.dataFormat", ("JSON", "TEXT"), "AVRO"),
        ("configs.dataFormat", ("JSON", "PARQUET"), "LOG"),
        ("executionMode", ("STANDALONE", "EDGE"), "CLUSTER"),
        ("fieldType", ("STRING", "INTEGER"), "LIST_MAP"),
    ],
)
def test_other_constants_of_the_enumeration_are_taken(name: str, offered: tuple[str, ...], taken: str) -> None:
    """Flows hold constants that went out of use or that suit other stages; the engine reads them."""
    assert taken in choices_of(name, offered) >= frozenset(offered)


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("conf.partitionStrategy", ("RANDOM", "ROUND_ROBIN", "EXPRESSION", "DEFAULT")),
        ("conf.dataFormat", ("NETFLOW", "COLLECTD")),
        ("anything", ("A", "B")),
    ],
)
def test_any_other_choice_is_one_of_those_offered(name: str, offered: tuple[str, ...]) -> None:
    """A setting of the same name whose constants are others is told apart by what it offers."""
    assert choices_of(name, offered) == frozenset(offered)


def test_a_format_of_newer_engines_is_taken_where_it_is_offered() -> None:
    """And nowhere else: the engine that the catalogue describes has no such constant."""
    assert "PARQUET" in choices_of("configs.dataFormat", ("JSON", "PARQUET"))
    assert "PARQUET" not in choices_of("configs.dataFormat", ("JSON", "TEXT"))

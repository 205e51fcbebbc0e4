"""Builds the tables of the expression language's parser from its grammar."""

from pathlib import Path

from penstock.core.el.grammar import made_tables, read_grammar

TARGET = Path(__file__).parents[1] / "src" / "core" / "el" / "grammar.bin"


def main() -> None:
    """Reads the grammar and writes the tables."""
    TARGET.write_bytes(made_tables(read_grammar()))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()

"""Builds the packaged catalogue from a definitions document (a JSON file named on the command line)."""

import json
import sys
from pathlib import Path

import attrs

from penstock.adapters.packaged.container import build
from penstock.core.catalogue.document import catalogue_from_document

VERSION = "3.23.0"
TARGET = Path(__file__).parents[1] / "src" / "adapters" / "packaged" / "catalogue.bin"


def main(source: str) -> None:
    """Reads the document and writes the container."""
    document = json.loads(Path(source).read_bytes())
    catalogue = catalogue_from_document(document, Path(source).name, VERSION)
    rows = [attrs.asdict(each) | {"type": each.type.value} for each in catalogue.summaries()]
    TARGET.write_bytes(build(document, VERSION, rows))
    print(f"{TARGET.name}: {len(rows)} stages, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])

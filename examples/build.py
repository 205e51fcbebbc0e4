"""Writes the JSON files beside: ``python -m penstock.examples.build``. Equal code gives equal files."""

import json
from itertools import count
from pathlib import Path

from penstock import Platform, core

from . import fraud, orders, weblog

FOLDER = Path(__file__).parent


class CountingIds:
    """Ids that count, so that the files do not change from run to run."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new_id(self) -> str:
        """The next id, shaped like a UUID."""
        return f"00000000-0000-4000-8000-{next(self._numbers):012d}"


def documents() -> dict[str, str]:
    """File name -> text of each example."""
    texts: dict[str, str] = {}
    for module in (orders, weblog, fraud):
        with Platform(ids=CountingIds()) as platform:
            flow = module.build(platform.project())
            document = core.export_document(flow.value)
            texts[f"{module.__name__.rsplit('.', 1)[-1]}.json"] = (
                json.dumps(document, indent=2, ensure_ascii=False) + "\n"
            )
    return texts


if __name__ == "__main__":
    for name, text in documents().items():
        (FOLDER / name).write_text(text)
        print(name)

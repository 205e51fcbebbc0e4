"""Executes docs/tour.ipynb in a kernel of its own and stores what came out, without ids, times and digests."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

TOUR = Path(__file__).parents[1] / "docs" / "tour.ipynb"
_ID = re.compile(r"[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")
_WHEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_WHEN_MS = re.compile(r"(?<=_ms=)\d{13}")
_CONTENT = re.compile(r"digest='[0-9a-f]{64}', (.*?)size_bytes=\d+")


def executed(notebook: Any) -> Any:
    """The notebook (JSON values) with the outputs of today; ids and times are those of nobody.

    Raises:
        CellExecutionError: a cell failed.
    """
    import nbformat
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        held = nbformat.reads(json.dumps(notebook), as_version=4)  # type: ignore[no-untyped-call]
        NotebookClient(held, timeout=120, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    made = json.loads(nbformat.writes(held))  # type: ignore[no-untyped-call]
    for cell in made["cells"]:
        cell["metadata"] = {}  # when it ran
        if cell["cell_type"] == "code":
            cell["outputs"] = _settled(cell["outputs"])
    made["metadata"] = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return made


def _settled(value: Any) -> Any:
    """The value without what differs from run to run."""
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_settled(item) for item in value]
    if isinstance(value, str):
        text = _ID.sub(r"00000000\g<1>0000\g<1>4000\g<1>8000\g<1>000000000000", value)
        text = _WHEN_MS.sub("1767225600000", _WHEN.sub("2026-01-01 00:00:00", text))
        return _CONTENT.sub(r"digest='…', \g<1>size_bytes=…", text)
    return value


def text_of(notebook: Any) -> str:
    """The notebook as it stands in its file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TOUR.write_text(text_of(executed(json.loads(TOUR.read_text()))))
    print(TOUR.name)

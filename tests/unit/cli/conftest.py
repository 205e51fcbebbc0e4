"""A command line run in this process, in a folder of its own."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import attrs
import pytest

import penstock
from penstock.cli import main

EXAMPLES = ("orders", "weblog", "fraud")
VARIABLES = ("PENSTOCK_DB", "PENSTOCK_URL", "PENSTOCK_TOKEN", "PENSTOCK_ENGINE", "PENSTOCK_DEBUG", "NO_COLOR")


@attrs.frozen
class Done:
    """What came of a command line: its exit code, and what it printed on each channel."""

    exit_code: int
    out: str
    err: str

    @property
    def output(self) -> str:
        """Both channels."""
        return self.out + self.err


Run = Callable[..., Done]


@pytest.fixture
def line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command line in an empty folder, without any variable of ours."""
    for each in VARIABLES:
        monkeypatch.delenv(each, raising=False)
    monkeypatch.chdir(tmp_path)

    def command(*words: object) -> Done:
        capsys.readouterr()
        code = 0
        try:
            main([str(word) for word in words])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        printed = capsys.readouterr()
        return Done(code, printed.out, printed.err)

    return command


@pytest.fixture
def run(line: Run, tmp_path: Path) -> Run:
    """Runs a command line in a folder with the three examples in its project file."""
    with penstock.open_project(tmp_path / "flows.db") as project:
        for name in EXAMPLES:
            project.import_flows(source=example(name), conflict_resolution="skip")
    return line


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A flow file that may be changed."""
    path = tmp_path / "orders.json"
    path.write_bytes(example("orders").read_bytes())
    return path


def example(name: str) -> Path:
    """The file of an example."""
    return Path(str(files("penstock.examples"))) / f"{name}.json"

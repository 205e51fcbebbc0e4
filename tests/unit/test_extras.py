"""Promises of the optional parts: what is missing is said with the command that brings it."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

import penstock
from penstock.core.extras import EXTRAS
from tests.unit.cli.conftest import example

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
FOR_DEVELOPERS = {"dev", "docs", "spark-test"}
MODULES = {
    "google.protobuf": "protobuf",
    "py_mini_racer": "mini-racer",
    "resvg_py": "resvg-py",
    "tree_sitter": "tree-sitter",
    "tree_sitter_javascript": "tree-sitter-javascript",
}
"""Modules that are not called as their package."""


def serve(_: Path) -> None:
    """Starts a server."""
    penstock.serve().close()


def draw(folder: Path) -> None:
    """Draws a PNG."""
    with penstock.open_project() as project:
        project.create_flow(name="flow").draw(folder / "flow.png")


def previewed(settings: dict[str, object], label: str = "Dev Raw Data Source") -> None:
    """Previews a flow whose first stage (or the one behind it) needs something."""
    with penstock.open_project(allow_code=True) as project:
        flow = project.create_flow(name="flow")
        first = flow.add_stage("Dev Raw Data Source")
        first.data_format = "TEXT"
        last = flow.add_stage("Trash")
        stage = first if label == "Dev Raw Data Source" else flow.add_stage(label)
        stage.configuration.update(settings)
        if stage is not first:
            first.connect_output_to(stage)
        stage.connect_output_to(last)
        flow.preview()


def javascript(_: Path) -> None:
    """Previews a script."""
    previewed({"script": "output.write(records[0])"}, "JavaScript Evaluator")


def avro(_: Path) -> None:
    """Previews a flow that reads Avro."""
    previewed({"data_format": "AVRO", "avro_schema_location": "INLINE", "avro_schema": '"string"', "raw_data": "x"})


def geolocation(_: Path) -> None:
    """Previews a flow that asks where an address is."""
    settings: dict[str, object] = {
        "dbConfigs": [{"geoIP2DBFile": "city.mmdb", "geoIP2DBType": "CITY"}],
        "fieldTypeConverterConfigs": [
            {"inputFieldName": "/text", "outputFieldName": "/city", "targetType": "CITY_NAME"}
        ],
    }
    previewed(settings, "Geo IP")


def spark(_: Path) -> None:
    """Runs a flow on Spark."""
    with penstock.open_project(engine="spark+local[1]") as project:
        flow = project.import_flows(source=example("orders"))
        assert isinstance(flow, penstock.StreamingFlow)
        project.create_job("job", flow).start().wait()


@pytest.mark.parametrize(
    ("module", "extra", "use"),
    [
        ("uvicorn", "server", serve),
        ("resvg_py", "png", draw),
        ("py_mini_racer", "javascript", javascript),
        ("fastavro", "formats", avro),
        ("tree_sitter", "javascript", javascript),
        ("maxminddb", "geolocation", geolocation),
        ("pyspark", "spark", spark),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_without_its_package_the_error_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, extra: str, use: Callable[[Path], None]
) -> None:
    """For every optional part, at the moment that it is needed and not before."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(penstock.PenstockError, match=re.escape(f"pip install 'penstock[{extra}]'")):
        use(tmp_path)


def test_http2_is_used_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its package the service is asked over HTTP/1.1."""
    monkeypatch.setitem(sys.modules, "h2", None)
    with penstock.serve() as server, penstock.open_project(server.url, token=server.token) as project:
        assert len(project.flows) == 0


def test_the_table_of_extras_is_that_of_the_package() -> None:
    """Each extra of pyproject.toml, with modules of packages that it installs."""
    extras = PROJECT["optional-dependencies"]
    assert EXTRAS.keys() == extras.keys() - FOR_DEVELOPERS
    for name, extra in EXTRAS.items():
        packages = {re.split(r"[><=\[]", each)[0] for each in extras[name]}
        assert {MODULES.get(module, module) for module in extra.modules} <= packages


def test_the_package_alone_is_enough_for_its_main_work() -> None:
    """Without any extra the demo runs, and files are checked."""
    modules = [module for extra in EXTRAS.values() for module in extra.modules]
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({modules!r})); from penstock.cli import main; main(sys.argv[1:])"
    )
    for words in (["demo"], ["check", str(example("orders"))]):
        done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


def test_it_says_that_it_is_typed() -> None:
    """Type checkers of those who use it look into it."""
    assert (files("penstock") / "py.typed").is_file()
    assert "Typing :: Typed" in PROJECT["classifiers"]

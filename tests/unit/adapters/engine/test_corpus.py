"""Published flows that need no other system are previewed, or say why not."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from penstock.adapters.engine import EmbeddedEngine
from penstock.adapters.engine.runner import runnable
from penstock.adapters.packaged import packaged_catalogue
from penstock.adapters.system import SystemClock, UuidIds
from penstock.core.archive import read_archive
from penstock.core.flow.model import Flow
from penstock.core.plan import compile_flow
from penstock.core.preview import Preview, PreviewOptions
from penstock.core.processors.api import Access
from penstock.core.project import EngineId, EngineInfo, EnvironmentId
from penstock.ports.engine import Target

CORPUS = Path(__file__).parents[5] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the published flows are not here (../shared/corpus)")
NO_CODE = "PENSTOCK_0101"
NOT_WHOLE = {"CREATION_008", "CREATION_009", "VALIDATION_0011", "VALIDATION_0033"}


def flows() -> Iterator[Flow]:
    """The flows without stages of other systems."""
    for row in json.loads((CORPUS / "INDEX.json").read_text())["files"]:
        rows = [each for each in row["pipelines"] if isinstance(each, dict)]
        titles = {each.get("title") for each in rows if each.get("only_no_external_system_stages")}
        if titles:
            path = CORPUS / row["file"]
            with path.open("rb") as opened:
                held = [each.flow for each in read_archive(opened, path.name)]
            yield from (flow for flow in held if not flow.fragment and flow.name in titles)


def preview(flow: Flow) -> Preview:
    """The preview of a flow; origins without code, and those that read files or call, get a record."""
    catalogue = packaged_catalogue()
    origins = [each for each in compile_flow(flow, catalogue).stages if each.type.word == "origin"]
    record = {"text": "a", "name": "x", "id": 1}
    inputs = {each.instance: [record] for each in origins if not runnable(each) or outside(each.kind)}
    info = EngineInfo(EngineId("e"), EnvironmentId(""), "engine", catalogue.version)
    engine = EmbeddedEngine(info, catalogue, SystemClock(), UuidIds(), access=Access(code=True, hosts=()))
    return anyio.run(engine.preview, Target(flow), PreviewOptions(inputs=inputs, timeout_ms=5000))


def outside(kind: str) -> bool:
    """True for an origin that needs files or a server."""
    return any(word in kind for word in ("_spooldir_", "_origin_http_", "_logtail_"))


def reason(shown: Preview) -> str:
    """Why a preview did not come to its end."""
    codes = {each.code for each in shown.issues}
    if shown.finished:
        return "previewed"
    if (codes & NOT_WHOLE and NO_CODE not in codes) or codes == {"CREATION_008", NO_CODE}:
        return "not whole"
    if NO_CODE in codes:
        return "no code"
    told = " ".join([shown.message or "", *(each.text for each in shown.issues)])
    foreign = any(words in told for words in ("No module named", "SDC_DIST"))
    return "script" if foreign else f"unexplained: {shown.message}"


def test_every_flow_is_previewed_or_the_reason_is_known() -> None:
    """The counts are those of the table in docs/engine.md."""
    assert Counter(map(reason, map(preview, flows()))) == {"previewed": 29, "no code": 4, "not whole": 6, "script": 2}

"""The catalogue that ships is the definitions document that it was made from."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.catalogue.document import catalogue_from_document

DOCUMENT = Path(__file__).parents[5] / "shared" / "reference" / "stage-catalog.json"


def test_every_stage_and_setting_of_the_document_ships() -> None:
    """Packing loses nothing: each definition is equal to that read from the document itself."""
    if not DOCUMENT.is_file():
        pytest.skip("the definitions document is not here (../shared/reference)")
    packed = packaged_catalogue()
    whole = catalogue_from_document(json.loads(DOCUMENT.read_bytes()), DOCUMENT.name, packed.version)
    names = [each.name for each in whole.summaries()]
    assert [each.name for each in packed.summaries()] == names
    assert len(names) == 243  # one is newer than the document
    for name in names:
        assert packed.stage(name) == whole.stage(name), name
    assert packed.pipeline() == whole.pipeline()
    assert packed.services() == whole.services()


def test_one_stage_is_read_without_the_others() -> None:
    """Adding a stage does not decode the settings of every other stage."""
    code = (
        "from penstock.adapters.packaged import packaged_catalogue; c = packaged_catalogue(); "
        "d = c.stage('com_streamsets_pipeline_stage_destination_devnull_NullDTarget'); "
        "print(d.label, len(c.summaries()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["Trash", "243"]


def test_an_unknown_stage_is_none() -> None:
    """Neither a foreign name nor a library that does not hold the stage is an error."""
    catalogue = packaged_catalogue()
    assert catalogue.stage("com_example_Nothing") is None
    assert catalogue.stage("com_streamsets_pipeline_stage_destination_devnull_NullDTarget", "no-lib") is None

"""The examples of pages that show the official client, executed."""

from pathlib import Path

import pytest

from .pages import NEEDS_THE_CLIENT, Page, name_of


@pytest.mark.parametrize("page", NEEDS_THE_CLIENT, ids=name_of)
def test_a_page_does_what_it_shows(page: Path, folder: Path) -> None:
    """Programs run, files are written and their tests pass."""
    pytest.importorskip("ibm_watsonx_data_integration", reason="the official client is not installed")
    Page(page, folder).run()

"""Names of settings: which ones a typo may mean."""

import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.catalogue.names import near

DIRECTORY = packaged_catalogue().stage("com_streamsets_pipeline_stage_origin_spooldir_SpoolDirDSource")


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("spooling_perod", "spooling_period_in_secs"),
        ("conf.spoolingPerod", "conf.spoolingPeriod"),
        ("max_files_in_directry", "max_files_soft_limit"),
    ],
)
def test_what_looks_like_a_typo_is_a_name_of_today(typo: str, meant: str) -> None:
    """Also where the typo is one of a name that the setting had before."""
    assert DIRECTORY is not None
    assert meant in near(DIRECTORY.settings, typo)[:2]

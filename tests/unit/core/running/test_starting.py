"""Promises of a start: everything that forbids it at once, with codes, settings and groups."""

import pytest

from penstock.adapters.packaged import packaged_catalogue
from penstock.core.catalogue.definitions import StageType
from penstock.core.errors import InvalidValueError, UnsupportedError
from penstock.core.plan.model import Plan, StagePlan
from penstock.core.plan.unfit import Checks, Unfit, UnfitError
from penstock.core.processors.api import StopFault
from penstock.core.running.starting import InvalidFlowError, Starting, issues_of, placed

STAGE = StagePlan("D_01", "com_streamsets_pipeline_stage_origin_spooldir_SpoolDirDSource", StageType.ORIGIN)
PLAN = Plan("flow", (STAGE,))


def failing(error: Exception) -> object:
    """A stage that cannot be built."""
    raise error


def test_checks_tell_everything_that_does_not_fit() -> None:
    """In the order in which it was found; nothing is raised when all fits."""
    checks = Checks("conf.")
    checks.done()
    assert checks.that(True, "A_00", "one", "is fine")
    assert not checks.that(False, "A_01", "two", "is too small")
    checks.that(False, "A_02", "three", "is too large")
    with pytest.raises(UnfitError, match="A_01.*A_02") as raised:
        checks.done()
    assert raised.value.found == (
        Unfit("A_01", "conf.two", "is too small"),
        Unfit("A_02", "conf.three", "is too large"),
    )


def test_every_stage_is_looked_at_before_a_start_is_refused() -> None:
    """The findings of all of them are in one error."""
    starting = Starting()
    assert starting.build(STAGE, lambda: 5) == 5
    starting.build(STAGE, lambda: failing(UnfitError(Unfit("A_01", "conf.x", "no"))))
    starting.build(STAGE, lambda: failing(StopFault("B_02", "cannot")))
    with pytest.raises(InvalidFlowError) as raised:
        starting.done("flow")
    assert [(each.code, each.config_name) for each in raised.value.issues] == [("A_01", "conf.x"), ("B_02", None)]


def test_what_has_no_code_is_raised_as_it_is() -> None:
    """An error of the caller that the original does not know stays what it is."""
    starting = Starting()
    starting.build(STAGE, lambda: failing(UnsupportedError("that")))
    with pytest.raises(UnsupportedError):
        starting.done("flow")


@pytest.mark.parametrize(
    ("what", "setting", "group"),
    [
        ("Files Directory", "conf.spoolDir", "FILES"),
        ("spoolDir", "conf.spoolDir", "FILES"),
        ("conf.batchSize", "conf.batchSize", "FILES"),
        ("something", None, None),
    ],
)
def test_codes_and_settings_are_found_in_what_errors_say(what: str, setting: str | None, group: str | None) -> None:
    """By the label or the name of a setting, and the code in brackets."""
    found = issues_of(STAGE, InvalidValueError(what, "x", "another (SPOOLDIR_12)"))
    (issue,) = placed(found, PLAN, packaged_catalogue())
    assert (issue.code, issue.config_name, issue.config_group) == ("SPOOLDIR_12", setting, group)
    assert issue.text == f"{what}: 'x' is not valid; expected another."

"""Promises about settings with which a stage cannot start."""

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.plan.unfit import Checks, Unfit, UnfitError


def _raise(error: Exception) -> str:
    raise error


def test_what_is_made_is_given_and_why_not_is_noted() -> None:
    """With the code that the reason names, the settings that it has, or none."""
    checks = Checks("conf.")
    assert checks.made("a", lambda: 5) == 5
    assert checks.made("b", lambda: _raise(InvalidValueError("B", "x", "a number (B_01)"))) is None
    assert checks.made("c", lambda: _raise(UnfitError(Unfit("C_01", "other", "is not there")))) is None
    assert checks.made("d", lambda: _raise(InvalidValueError("D", "x", "a number"))) is None
    assert [(each.code, each.setting) for each in checks.found] == [
        ("B_01", "conf.b"),
        ("C_01", "other"),
        ("", "conf.d"),
    ]
    assert "B_01" not in checks.found[0].text
    with pytest.raises(UnfitError, match="conf.b: B_01 - "):
        checks.done()

"""Settings as stages read them, and plans as other processes receive them."""

import pickle

import pytest

from penstock.core.errors import InvalidValueError
from penstock.core.plan import Given, Plan
from penstock.core.values import JsonMap


def test_a_missing_setting_gives_the_default() -> None:
    """Every reader answers with its default where nothing is set."""
    given = Given()
    assert (given.text("x", "d"), given.integer("x", 3), given.flag("x", True)) == ("d", 3, True)


def test_a_text_that_is_no_number_is_refused() -> None:
    """The error is a usage error that names the setting."""
    with pytest.raises(InvalidValueError, match="delay"):
        Given(JsonMap({"delay": "soon"})).integer("delay")


def test_the_text_form_of_settings_shows_names_only() -> None:
    """Values may be secret."""
    assert "hunter2" not in repr(Given(JsonMap({"password": "hunter2"})))


def test_a_plan_survives_pickling() -> None:
    """A plan can be sent to another process."""
    plan = Plan("flow", (), settings=Given(JsonMap({"a": 1})))
    assert pickle.loads(pickle.dumps(plan)) == plan

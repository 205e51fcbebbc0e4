"""Errors: facts as attributes, sentences for people, and a place in the family."""

import pickle

import pytest

from penstock.core import errors

SAMPLES = [
    errors.NotFoundError("stage", "Trsh", ("Trash",), "flow 'x'"),
    errors.UnknownSettingError("setting", "a", ("b",)),
    errors.UnknownAttributeError("attribute", "a"),
    errors.NameInUseError("flow", "orders"),
    errors.InvalidValueError("x", 5, "a text", ("y",)),
    errors.LinkError("a", "b", "reason"),
    errors.ConflictError("flow", "orders", "1", "2"),
    errors.FormatError("f.json", "/stages/0", "reason"),
    errors.LimitError("f.json", "", "too long"),
    errors.UnsupportedError("that", "Do this."),
    errors.ClosedError("the project"),
    errors.RemoteError(500, "GET /x", "id-1", "body"),
    errors.UnreachableError("http://x", 3, 1.5, "refused"),
]


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_errors_survive_pickling_with_their_sentence(error: errors.PenstockError) -> None:
    """The sentence is made when it is printed, so a round trip does not wrap it twice."""
    back = pickle.loads(pickle.dumps(error))
    assert str(back) == str(error)
    assert vars(back) == vars(error)


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_has_the_root_and_one_branch(error: errors.PenstockError) -> None:
    """Whose fault it was is in the type: usage, remote or unreachable."""
    branches = (errors.UsageError, errors.RemoteError, errors.UnreachableError)
    assert sum(isinstance(error, branch) for branch in branches) == 1


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (errors.NotFoundError, LookupError),
        (errors.UnknownSettingError, KeyError),
        (errors.UnknownAttributeError, AttributeError),
        (errors.InvalidValueError, ValueError),
        (errors.UnreachableError, ConnectionError),
    ],
)
def test_errors_are_the_builtins_that_people_expect(kind: type[Exception], builtin: type[Exception]) -> None:
    """except KeyError and its kind catch what they should."""
    assert issubclass(kind, builtin)


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("Feild Remover", "Field Remover"),
        ("fieldremover", "Field Remover"),
        ("remover", "Field Remover"),
        ("zzz", None),
    ],
)
def test_the_nearest_name_is_found_by_looks(wanted: str, near: str | None) -> None:
    """Typos, case, separators and parts of a name lead to it; nonsense leads nowhere."""
    found = errors.nearest(wanted, ["Field Remover", "Trash", "Stream Selector"])
    assert (found[0] if found else None) == near


def test_long_values_are_cut_in_the_sentence() -> None:
    """A megabyte of wrong value does not fill the screen."""
    assert len(str(errors.InvalidValueError("x", "y" * 1_000_000, "a short text"))) < 300

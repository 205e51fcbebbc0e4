"""Finding the one stage that somebody means by label, name, type and library."""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, TypeAlias

from ..errors import InvalidValueError, NotFoundError, nearest
from .definitions import Catalogue, StageDefinition, StageSummary, StageType
from .overlay import LIFECYCLE

Role: TypeAlias = Literal["canvas", "error", "stats", "start", "stop", "test_origin"]

_FITS: dict[str, Callable[[StageSummary], bool]] = {
    "canvas": lambda each: not each.hidden,
    "error": lambda each: each.error_stage,
    "stats": lambda each: each.stats_aggregator,
    "start": lambda each: each.lifecycle or each.name in LIFECYCLE,
    "stop": lambda each: each.lifecycle or each.name in LIFECYCLE,
    "test_origin": lambda each: each.type is StageType.ORIGIN and not each.hidden,
}
_WORDS = {
    "canvas": "stage of the canvas",
    "error": "error stage",
    "stats": "statistics stage",
    "start": "start event stage",
    "stop": "stop event stage",
    "test_origin": "test origin",
}
_SETTER = {"error_stage": "set_error_stage", "stats_aggregator": "set_stats_aggregator_stage"}


def find_stage(
    catalogue: Catalogue,
    label: str | None = None,
    *,
    name: str | None = None,
    type: str | None = None,
    library: str | None = None,
    role: Role = "canvas",
) -> StageDefinition:
    """The definition that is meant; a text given as label may also be the name of the kind.

    Raises:
        NotFoundError: nothing fits; with the nearest labels.
        InvalidValueError: nothing but the role does not fit, several kinds fit, or nothing was asked for.
    """
    for what, given in (("stage", label), ("stage name", name), ("stage type", type), ("stage library", library)):
        if given is not None and not isinstance(given, (str, StageType)):
            raise InvalidValueError(what, given, "a text")
    return _find(catalogue, label, name, type, library, role)  # type: ignore[arg-type]


@lru_cache(maxsize=1024)
def _find(
    catalogue: Catalogue, label: str | None, name: str | None, type: str | None, library: str | None, role: Role
) -> StageDefinition:
    if label is None and name is None:
        raise InvalidValueError("stage", None, "a label such as 'Dev Raw Data Source', or name=...")
    kind = _type(type)
    named = [each for each in catalogue.summaries() if _named(each, label, name)]
    fitting = [each for each in named if _FITS[role](each)]
    if not fitting:
        _refuse(catalogue, label or name or "", named, role)
    chosen = [each for each in fitting if (kind is None or each.type is kind)]
    if not chosen:
        words = " or ".join(each.type.word for each in fitting)
        raise InvalidValueError(f"type of {label or name}", type, words)
    held = [each for each in chosen if library is None or library in each.libraries]
    if not held:
        known = sorted({each for found in chosen for each in found.libraries})
        raise NotFoundError("stage library", str(library), nearest(str(library), known), f"stage {label or name!r}")
    if len(held) > 1:
        held = _told_apart(held, label or name or "")
    found = catalogue.stage(held[0].name, library)
    assert found is not None
    return found


def _named(each: StageSummary, label: str | None, name: str | None) -> bool:
    if name is not None and each.name != name:
        return False
    return label is None or label in (each.label, each.name)


def _type(word: str | None) -> StageType | None:
    if word is None:
        return None
    text = getattr(word, "value", word)
    for each in StageType:
        if str(text).lower() in (each.word, each.value.lower()):
            return each
    words = [each.word for each in StageType]
    raise InvalidValueError("stage type", word, ", ".join(words), nearest(str(word), words))


def _refuse(catalogue: Catalogue, wanted: str, named: list[StageSummary], role: str) -> None:
    if named:
        only = named[0]
        hint = f"a {_WORDS[role]}; {only.label!r} is none"
        if role == "canvas" and only.error_stage:
            hint = f"a {_WORDS[role]}; {only.label!r} is an error stage, use set_error_stage"
        elif role == "canvas" and only.stats_aggregator:
            hint = f"a {_WORDS[role]}; {only.label!r} is a statistics stage, use set_stats_aggregator_stage"
        choices = [each.label for each in catalogue.summaries() if _FITS[role](each)]
        raise InvalidValueError("stage", wanted, hint, tuple(dict.fromkeys(choices))[:3] if role != "canvas" else ())
    labels = dict.fromkeys(each.label for each in catalogue.summaries() if _FITS[role](each))
    names = [each.name for each in catalogue.summaries() if _FITS[role](each)]
    raise NotFoundError(_WORDS[role], wanted, nearest(wanted, labels) or nearest(wanted, names))


def _told_apart(held: list[StageSummary], wanted: str) -> list[StageSummary]:
    types = {each.type for each in held}
    if len(types) > 1:
        words = ", ".join(f"type={each.word!r}" for each in StageType if each in types)
        raise InvalidValueError("stage", wanted, f"one of several kinds: add {words}")
    plain = [each for each in held if each.library.endswith(("basic-lib", "dev-lib"))]
    if len(plain) == 1:
        return plain
    names = ", ".join(f"name={each.name!r}" for each in held)
    raise InvalidValueError("stage", wanted, f"one of several kinds: add {names}")

"""What verbs give back: responses, validation results, seekable lists, read-only values."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, NoReturn, SupportsIndex, TypeVar, overload

import attrs

from ..core.errors import NotFoundError, UnknownAttributeError, nearest
from ..core.validation.issues import Issue, Report
from ..core.values import Json, JsonMap

T = TypeVar("T")
MOST_PRINTED = 1000
"""How many items of a collection are fetched to print it."""
MOST_LISTED = 100
"""As many rows has a table of them in a notebook."""


@attrs.frozen(repr=False)
class Response:
    """How a change of what is stored went, in the words of HTTP: 200 saved, 204 deleted."""

    status_code: int
    payload: object = None

    @property
    def ok(self) -> bool:
        """True below 400."""
        return self.status_code < 400

    def json(self) -> object:
        """The body as plain JSON values; None where there is none."""
        return self.payload

    def __repr__(self) -> str:
        return f"<Response [{self.status_code}]>"


@attrs.frozen(repr=False)
class FlowValidationError:
    """One finding about a flow. ``issue`` holds all its facts; the attributes also answer to the service's spelling."""

    issue: Issue

    @property
    def type(self) -> str:
        """``stageIssues`` or ``pipelineIssues``."""
        return "pipelineIssues" if self.issue.instance_name is None else "stageIssues"

    @property
    def instance_name(self) -> str | None:
        """The stage that it is about; None for the pipeline."""
        return self.issue.instance_name

    @property
    def human_readable_message(self) -> str:
        """The sentence for people."""
        return self.issue.text

    @property
    def code(self) -> str:
        """The code of the finding, such as VALIDATION_0003."""
        return self.issue.code

    @property
    def message(self) -> str:
        """Code and sentence."""
        return self.issue.message

    @property
    def level(self) -> str:
        """PIPELINE, PIPELINE_CONFIG, STAGE or STAGE_CONFIG."""
        return self.issue.level

    @property
    def config_name(self) -> str | None:
        """The setting that it is about, if it is about one."""
        return self.issue.config_name

    instanceName = instance_name
    humanReadableMessage = human_readable_message
    error_code = errorCode = code
    technical_message = technicalMessage = message

    def _facts_(self) -> dict[str, object]:
        return {
            "code": self.code,
            "stage": self.instance_name or "flow",
            "setting": self.config_name or "",
            "finding": self.human_readable_message,
        }

    def __repr__(self) -> str:
        return (
            f"FlowValidationError(type={self.type!r}, instanceName={self.instance_name!r}, "
            f"humanReadableMessage={self.human_readable_message!r})"
        )


@attrs.frozen(repr=False)
class ValidationResult:
    """The outcome of validating a flow. ``report`` is the whole value, remarks included."""

    report: Report
    note: str = ""

    @property
    def success(self) -> bool:
        """True when nothing is wrong."""
        return self.report.valid

    @property
    def issues(self) -> "SeekableList[FlowValidationError]":
        """Findings, pipeline first."""
        return SeekableList((FlowValidationError(issue) for issue in self.report.issues), what="issue")

    @property
    def remarks(self) -> "SeekableList[FlowValidationError]":
        """Advice that makes no flow invalid."""
        return SeekableList((FlowValidationError(issue) for issue in self.report.remarks), what="remark")

    @property
    def message(self) -> str:
        """The outcome in a few words; says so when no engine took part."""
        words = "Validation successful, no issues found" if self.success else "Validation Failed"
        return f"{words} ({self.note})" if self.note else words

    def __bool__(self) -> bool:
        return self.success

    def __repr__(self) -> str:
        return f"ValidationResult(success={self.success}, issues={self.issues!r}, message={self.message!r})"

    def _repr_html_(self) -> str:
        from .showing import html_records

        found = [{"": "error", **each._facts_()} for each in self.issues]
        advice = [{"": "note", **each._facts_()} for each in self.remarks]
        return html_records([*found, *advice], self.message)


class SeekableList(list[T], Generic[T]):
    """A list that can be searched by the attributes of its items."""

    def __init__(self, items: Iterable[T] = (), what: str = "item") -> None:
        super().__init__(items)
        self._what = what

    def get_all(self, **wanted: object) -> "SeekableList[T]":
        """The items whose attributes have these values; may be empty."""
        return SeekableList(matching(self, wanted), self._what)

    def get(self, **wanted: object) -> T:
        """The first item whose attributes have these values.

        Raises:
            NotFoundError: there is none; with the nearest values.
        """
        return first_match(self, wanted, self._what)

    def _repr_html_(self) -> str:
        from .showing import html_list

        return html_list(self, f"{self._what}s")


def matching(items: Iterable[T], wanted: dict[str, object]) -> list[T]:
    """The items whose attributes have these values.

    Raises:
        UnknownAttributeError: the items have no such attribute; with the nearest.
    """
    return [item for item in items if all(_attribute(item, name) == value for name, value in wanted.items())]


def _attribute(item: object, name: str) -> object:
    try:
        return getattr(item, name)
    except AttributeError:
        public = [each for each in dir(item) if not each.startswith("_")]
        raise UnknownAttributeError("attribute", name, nearest(name, public), type(item).__name__) from None


def first_match(items: Iterable[T], wanted: dict[str, object], what: str) -> T:
    """The first match, or NotFoundError with the nearest values of the attributes that were asked for."""
    every = list(items)
    found = matching(every, wanted)
    if found:
        return found[0]
    near: tuple[str, ...] = ()
    for name, value in wanted.items():
        if isinstance(value, str):
            near = near or nearest(value, [str(getattr(item, name, "")) for item in every])
    if wanted.keys() == {"name"}:
        raise NotFoundError(what, str(wanted["name"]), near)
    raise NotFoundError(what, ", ".join(f"{name}={value!r}" for name, value in wanted.items()), near)


# --- values that look like plain ones but cannot be changed unnoticed -------------------------------------------------


def _refuse(self: object, *args: object, **kwargs: object) -> NoReturn:
    raise TypeError("this is a copy of what the flow holds: change a list(...) or dict(...) of it and assign it back")


class ReadOnlyList(list[Any]):
    """A list value of a setting. Equal to any list; refuses changes, because they would not reach the flow."""

    append = extend = insert = remove = pop = clear = sort = reverse = _refuse
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    __hash__ = None

    def copy(self) -> list[Any]:
        """A list that can be changed."""
        return [_loose(item) for item in self]


class ReadOnlyDict(dict[str, Any]):
    """An object value of a setting. Equal to any dict; refuses changes, because they would not reach the flow."""

    update = pop = popitem = clear = setdefault = _refuse
    __setitem__ = __delitem__ = __ior__ = _refuse
    __hash__ = None

    def copy(self) -> dict[str, Any]:
        """A dict that can be changed."""
        return {key: _loose(item) for key, item in self.items()}


def _loose(value: Any) -> Any:
    return value.copy() if isinstance(value, (ReadOnlyList, ReadOnlyDict)) else value


def shown(value: Json) -> Any:
    """A frozen value as the read-only plain value that people see."""
    if isinstance(value, JsonMap):
        return ReadOnlyDict((key, shown(item)) for key, item in value.items())
    if isinstance(value, tuple):
        return ReadOnlyList(shown(item) for item in value)
    return value


class LazyList(Sequence[T], Generic[T]):
    """A collection that is fetched when somebody looks: iterates page by page, prints as a list."""

    def __init__(
        self,
        pages: Callable[[dict[str, object]], Iterable[T]],
        count: Callable[[], int],
        what: str,
        find: Callable[[str, str], T | None] | None = None,
        key_names: Sequence[str] = ("name",),
        names: Callable[[], Iterable[str]] | None = None,
    ) -> None:
        self._pages, self._count, self._what = pages, count, what
        self._find, self._key_names, self._names = find, key_names, names

    def __iter__(self) -> "Any":
        return iter(self._pages({}))

    def __len__(self) -> int:
        return self._count()

    @overload
    def __getitem__(self, index: SupportsIndex) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> T | list[T]:
        if isinstance(index, slice):
            return list(self)[index]
        at = index.__index__()
        if at < 0:
            return list(self)[at]
        for position, item in enumerate(self):
            if position == at:
                return item
        raise IndexError(f"there is no {self._what} at {at}")

    def __repr__(self) -> str:
        return self._shown(self._first(MOST_PRINTED))

    def _first(self, most: int) -> tuple[list[T], bool]:
        from .showing import first_of

        items, more = first_of(self, most)
        return items, more  # type: ignore[return-value]

    def _shown(self, items: "tuple[Sequence[object], bool]") -> str:
        held = ", ".join(map(repr, items[0]))
        return f"[{held}, ... {len(self)} in all]" if items[1] else f"[{held}]"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Text and table from one look at what there is."""
        from .showing import html_list

        items, more = self._first(MOST_LISTED)
        end = f"<p>… {len(self)} in all</p>" if more else ""
        return {"text/plain": self._shown((items, more)), "text/html": html_list(items, f"{self._what}s") + end}

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(other) if isinstance(other, LazyList) else other)

    __hash__ = None  # type: ignore[assignment]

    def names(self) -> list[str]:
        """The names of the items, where there is a quick way without loading them."""
        return list(self._names()) if self._names is not None else [str(getattr(each, "name", each)) for each in self]

    def get_all(self, **wanted: object) -> SeekableList[T]:
        """The items whose attributes have these values; all without any."""
        return SeekableList(matching(self._pages(wanted), wanted), self._what)

    def get(self, **wanted: object) -> T:
        """The one item with these attributes; an id or the name alone is looked up directly.

        Raises:
            NotFoundError: there is none; with the nearest names.
        """
        if self._find is not None and len(wanted) == 1:
            ((name, value),) = wanted.items()
            if name in self._key_names and isinstance(value, str):
                found = self._find(name, value)
                if found is not None:
                    return found
                near = nearest(value, self._names()) if self._names is not None else ()
                raise NotFoundError(self._what, value, near)
        return first_match(self._pages(wanted), wanted, self._what)

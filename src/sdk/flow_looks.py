"""Looking at a flow: in words, as a picture, as a script, beside another one, and in a notebook."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.catalogue.definitions import Catalogue
from ..core.errors import InvalidValueError
from ..core.flow.credentials import mask_credentials
from ..core.flow.model import Flow
from ..core.project import StoredFlow, StoredParameterSet

if TYPE_CHECKING:
    from ..core.compare import Diff
    from .flow import FlowHandle


class FlowLooks:
    """What a flow handle shows of its flow, edits included; nothing here changes it. Credentials are masked."""

    _value: Flow
    _catalogue: Catalogue
    _stored: StoredFlow
    _sets: dict[str, StoredParameterSet]

    def describe(self) -> str:
        """What the flow does, in words: the way of its records, then stage by stage what differs from defaults."""
        from ..core.words import describe

        return describe(self._value, self._catalogue)

    @property
    def blank_credentials(self) -> list[str]:
        """Credential settings that are empty but in use, such as ``Kafka: Password (conf.password)``.

        Exports leave credentials out; after an import these have to be filled in again.
        """
        from ..core.flow.credentials import blanks_to_fill

        return [str(place) for place in blanks_to_fill(self._value, self._catalogue)]

    def diff(self, other: "FlowHandle | Flow") -> "Diff":
        """What changes from this flow to the other: a value that is empty (false) when nothing does.

        Raises:
            InvalidValueError: the other one is no flow.
        """
        from ..core.compare import diff

        value = other if isinstance(other, Flow) else getattr(other, "value", None)
        if not isinstance(value, Flow):
            raise InvalidValueError("other", other, "a flow, or one of its revisions: flow.at_revision(1)")
        return diff(self._value, value, self._catalogue)

    def to_python(self, client: str = "penstock", *, with_plain_text_credentials: bool = False) -> str:
        """A Python script that builds the flow anew, edits included: readable, formatted, only what differs.

        ``client`` is ``penstock``, or ``official`` for the service's own client; what that one cannot express is
        named in a comment. Credentials are read from the environment unless asked for in plain text.

        Raises:
            InvalidValueError: another client.
        """
        from ..core.codegen import python_script

        sets = {each: stored.value for each, stored in self._sets.items()}
        return python_script(
            self._value,
            self._catalogue,
            client=client,
            sets=sets,
            with_plain_text_credentials=with_plain_text_credentials,
        )

    def draw(self, path: str | Path | None = None, **options: Any) -> str:
        """The picture of the flow as SVG text; also written to ``path`` (.svg, .html, .mmd or .png) when given.

        ``issues`` (of ``validate().report.issues``) become badges; a page (.html) also shows the records of a
        ``preview``; ``theme`` is light, dark, or auto for what the viewer prefers. Nothing is loaded from elsewhere.

        Raises:
            InvalidValueError: another suffix, or another theme.
            UnsupportedError: a .png without the package cairosvg.
        """
        from .pictures import draw_flow

        held = mask_credentials(self._value, self._catalogue)
        return draw_flow(held, path, catalogue=self._catalogue, **options)

    def _facts_(self) -> dict[str, object]:
        return {
            "name": self._value.name,
            "description": self._value.description,
            "stages": len(self._value.stages),
            "revision": self._stored.revision,
            "flow_id": self._stored.flow_id,
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The picture with what is wrong in it, for notebooks; the same text as everywhere."""
        from ..core.validation import validate

        issues = validate(self._value, self._catalogue).issues
        return {"text/plain": repr(self), "image/svg+xml": self.draw(issues=issues)}

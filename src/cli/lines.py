"""On which line of its file a stage of a flow stands, and a setting of it."""

import json
import re
from bisect import bisect_right

import attrs

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
_INSTANCE, _SETTINGS, _NAME = "instanceName", "configuration", "name"


@attrs.define
class _Open:
    """An object or array that is not closed yet: its place, and what was found in it."""

    is_object: bool
    within: str
    """The key that it stands under; an element of an array has that of the array."""
    key: str = ""
    instance: tuple[str, int] | None = None
    name: tuple[str, int] | None = None
    settings: dict[str, int] = attrs.field(factory=dict)


class Lines:
    """The places of stages and settings in the text of a document."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._stages: dict[str, tuple[int, dict[str, int]]] = {}
        self._flow: dict[str, int] = {}
        self._read(text)

    def region(self, instance: str | None, setting: str | None) -> tuple[int, int]:
        """Line and column of a setting, else of its stage, else of the start; both count from 1.

        A setting in a row (``rows#2:path``, ``rows[2]``) stands where the list does.
        """
        at, settings = (0, self._flow) if instance is None else self._stages.get(instance, (0, {}))
        offset = settings.get(re.split(r"[#\[]", setting or "", maxsplit=1)[0], at)
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def _read(self, text: str) -> None:
        nest: list[_Open] = []
        last, last_at, value = "", 0, False
        for found in _TOKEN.finditer(text):
            sign = found.group()
            if sign in "{[":
                parent = nest[-1] if nest else None
                within = "" if parent is None else parent.key if parent.is_object else parent.within
                nest.append(_Open(sign == "{", within))
                value = False
            elif sign in "}]":
                if nest:
                    self._close(nest.pop(), nest)
            elif sign == ":":
                if nest:
                    nest[-1].key, value = last, True
            elif sign == ",":
                value = False
            else:
                last, last_at = _word(sign), found.start()
                if value and nest:
                    self._note(nest[-1], last, last_at)

    def _note(self, place: _Open, word: str, at: int) -> None:
        if place.key == _INSTANCE:
            place.instance = (word, at)
        elif place.key == _NAME:
            place.name = (word, at)

    def _close(self, place: _Open, nest: list[_Open]) -> None:
        """What was found in an object belongs to its stage: to the next object around it that is one."""
        if place.is_object and place.within == _SETTINGS and place.name is not None:
            place.settings = {place.name[0]: place.name[1]}
        if place.instance is not None:
            self._stages.setdefault(place.instance[0], (place.instance[1], place.settings))
        elif place.settings:
            around = nest[-1].settings if nest else self._flow
            for name, at in place.settings.items():
                around.setdefault(name, at)


def _word(sign: str) -> str:
    try:
        return str(json.loads(sign, strict=False))
    except ValueError:
        return sign

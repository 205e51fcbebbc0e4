"""Docstrings on the site: one-line parts (Shape, Units, Cost …) are paragraphs, sessions are blocks of code."""

import re
from typing import Any

import griffe

_PART = re.compile(r"^(?P<name>Shape|Units|Cost|Source): (?=\S)", re.MULTILINE)
_SESSION = re.compile(r"^>>> .*(?:\n(?=\S).+)*", re.MULTILINE)


class Parts(griffe.Extension):
    """Takes a docstring apart where the house style puts a part on a line of its own."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Called for every module, class, function and attribute that was read."""
        if obj.docstring is not None:
            text = _PART.sub(r"\n**\g<name>.** ", obj.docstring.value)
            obj.docstring.value = _SESSION.sub(r"```pycon\n\g<0>\n```", text)

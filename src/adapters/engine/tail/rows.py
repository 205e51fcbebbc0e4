"""A row of the files to follow: a path, perhaps with wildcards, and how its files are rolled."""

import glob
import os
import re
from pathlib import Path

import attrs

from ....core.errors import InvalidValueError
from ....core.plan.given import Given
from .rolling import TOKEN, RollMode, rolling_of
from .tailing import Followed

WILD = ("*", "?", "[", "{")


@attrs.frozen
class Row:
    """A row of the files to follow."""

    path: str
    mode: RollMode
    pattern: str
    followed: Followed

    @classmethod
    def of(cls, given: Given, followed: Followed) -> "Row":
        """A row, checked.

        Raises:
            InvalidValueError: TAIL_20 no path, TAIL_16 the token in a folder, TAIL_19 another first file.
        """
        path, name = given.text("fileFullPath"), given.text("fileRollMode", "REVERSE_COUNTER")
        if not Path(path).name or not Path(path).is_absolute():
            raise InvalidValueError("File to Tail", path, "an absolute path of a file (TAIL_20)")
        if name not in RollMode.__members__:
            raise InvalidValueError("Naming", name, ", ".join(RollMode.__members__))
        if TOKEN in str(Path(path).parent):
            raise InvalidValueError("File to Tail", path, f"the token {TOKEN} in the file name only (TAIL_16)")
        made = cls(path, RollMode[name], given.text("patternForToken", ".*"), followed)
        rolling = rolling_of(made.mode, Path(path).name, made.pattern)
        if not any(sign in Path(path).name for sign in WILD[:3]) and not rolling.takes(followed.first):
            raise InvalidValueError("First File", followed.first, "a name that the file is rolled to (TAIL_19)")
        return made

    def key(self, path: str) -> str:
        """What offsets call a file."""
        return f"{path}||{self.pattern}"

    def root(self) -> Path:
        """The folder before the first wildcard."""
        parts = Path(self.path).parent.parts
        wild = next((at for at, part in enumerate(parts) if any(sign in part for sign in WILD)), len(parts))
        return Path(*parts[:wild])

    def found(self) -> list[str]:
        """The paths that the row stands for now."""
        if self.mode is not RollMode.PATTERN:
            return [path for path in _globbed(self.path) if Path(path).is_file()]
        folder, name = os.path.split(self.path)
        return [os.path.join(path, name) for path in _globbed(folder) if Path(path).is_dir()]


def _globbed(path: str) -> list[str]:
    if not any(sign in path for sign in WILD):
        return [path]
    found = {each for one in _braces(path) for each in glob.iglob(one, recursive=True, include_hidden=True)}
    return sorted(found)


def _braces(pattern: str) -> list[str]:
    """``*.{json,csv}`` as two patterns."""
    found = re.search(r"\{([^{}]*)\}", pattern)
    if found is None:
        return [pattern]
    before, after = pattern[: found.start()], pattern[found.end() :]
    return [each for word in found.group(1).split(",")[:100] for each in _braces(before + word + after)]

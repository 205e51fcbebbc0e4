"""Settings with which a stage cannot start: each with its code and its name, all that there are at once."""

import re
from collections.abc import Callable
from typing import TypeVar

import attrs

from ..errors import InvalidValueError

Made = TypeVar("Made")
_CODE = re.compile(r" ?\(([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_\d+)\)|\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_\d+) - ")


def coded(text: str) -> tuple[str, str]:
    """The code that the text of a fault names, none where it names none, and the text without it."""
    code = _CODE.search(text)
    return ("", text) if code is None else (code[1] or code[2], text.replace(code[0], ""))


@attrs.frozen
class Unfit:
    """One of them: the code of the original, the raw name of the setting, and what is wrong."""

    code: str
    setting: str
    text: str


class UnfitError(InvalidValueError):
    """A stage whose settings cannot be.

    Raises:
        ValueError: made without a setting.
    """

    def __init__(self, *found: Unfit) -> None:
        if not found:
            raise ValueError("a setting that cannot be")
        super().__init__(found[0].setting, "", found[0].text)
        self.args = found
        self.found = found

    def __str__(self) -> str:
        return "; ".join(f"{each.setting}: {each.code} - {each.text}" for each in self.found)


@attrs.define
class Checks:
    """What was found wrong so far. ``prefix`` stands before the names of settings."""

    prefix: str = ""
    found: list[Unfit] = attrs.field(factory=list)

    def that(self, fits: bool, code: str, setting: str, text: str) -> bool:
        """Notes a setting that does not fit; whether it does."""
        if not fits:
            self.found.append(Unfit(code, self.prefix + setting, text))
        return fits

    def made(self, setting: str, make: Callable[[], Made]) -> Made | None:
        """What is made of a setting; when it cannot be, the reason is noted, with the code that it names."""
        try:
            return make()
        except UnfitError as error:
            self.found.extend(error.found)
        except InvalidValueError as error:
            code, text = coded(str(error))
            self.found.append(Unfit(code, self.prefix + setting, text))
        return None

    def done(self) -> None:
        """Nothing, when everything fits.

        Raises:
            UnfitError: with all that does not.
        """
        if self.found:
            raise UnfitError(*self.found)

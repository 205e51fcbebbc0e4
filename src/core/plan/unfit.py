"""Settings with which a stage cannot start: each with its code and its name, all that there are at once."""

import attrs

from ..errors import InvalidValueError


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

    def done(self) -> None:
        """Nothing, when everything fits.

        Raises:
            UnfitError: with all that does not.
        """
        if self.found:
            raise UnfitError(*self.found)

"""Names of variables, made from the labels of stages."""

import builtins
import keyword
import re
import unicodedata

LONGEST = 32
TAKEN = frozenset(
    {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
    | {
        "flow",
        "fragment",
        "project",
        "penstock",
        "os",
        "stage",
        "build",
        "main",
        "environment",
        "platform",
        "name",
        "settings",
        "found",
        "made",
    }
)


class Names:
    """Hands out names that are valid, not in use, and no words of Python."""

    def __init__(self, taken: frozenset[str] = TAKEN) -> None:
        self._used = set(taken)

    def name(self, *texts: str, suffix: str = "stage") -> str:
        """A name from the first text that has letters in it."""
        stem = next((made for text in texts if (made := identifier(text))), suffix)
        if stem in TAKEN:
            stem = f"{stem}_{suffix}"
        name, number = stem, 2
        while name in self._used:
            name, number = f"{stem}_{number}", number + 1
        self._used.add(name)
        return name


def identifier(text: str) -> str:
    """The ASCII letters and digits of a text in snake case, cut between words; empty when it has no letter."""
    plain = unicodedata.normalize("NFKD", text[:500]).encode("ascii", "ignore").decode()
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", plain)
    words = re.findall(r"[a-z0-9]+", plain.lower())
    while words and not words[0][0].isalpha():
        words.append(words.pop(0)) if any(word[0].isalpha() for word in words) else words.clear()
    made = ""
    for word in words:
        longer = f"{made}_{word}" if made else word[:LONGEST]
        if len(longer) > LONGEST:
            break
        made = longer
    return made

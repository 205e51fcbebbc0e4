"""The catalogue that ships with the package: one file, read when it is first needed, a stage at a time.

Layout of ``catalogue.bin``: the magic, the sizes of the preset dictionary and of the index (4 bytes each, big endian),
both deflated, then one deflated chunk per stage and per other part, at the offsets that the index names.
"""

import hashlib
import json
import pkgutil
import zlib
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from ...core.catalogue.definitions import Catalogue, StageSummary, StageType
from ...core.catalogue.document import Definitions
from .container import MAGIC, SUMMARY_FIELDS

_SIZE = 4


class _Container:
    """The open file: an index, and chunks that are inflated when somebody asks."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC):
            raise RuntimeError("catalogue.bin is damaged: install penstock again")
        at = len(MAGIC)
        sizes = [int.from_bytes(data[at + _SIZE * i : at + _SIZE * (i + 1)], "big") for i in range(2)]
        at += 2 * _SIZE
        self._dictionary = zlib.decompress(data[at : at + sizes[0]])
        at += sizes[0]
        self.index: dict[str, Any] = json.loads(zlib.decompress(data[at : at + sizes[1]]))
        self._base = at + sizes[1]
        self._data = data

    def _chunk(self, place: tuple[int, int]) -> Any:
        offset, size = place
        start = self._base + offset
        return json.loads(zlib.decompressobj(zdict=self._dictionary).decompress(self._data[start : start + size]))

    def stage(self, name: str) -> Mapping[str, Any] | None:
        """The raw definition of a stage."""
        place = self.index["places"].get(name)
        return None if place is None else self._chunk(place)

    def part(self, key: str) -> Any:
        """Another part of the document."""
        place = self.index["parts"].get(key)
        return None if place is None else self._cached_part(key)

    @cache  # noqa: B019 - the container lives as long as the program
    def _cached_part(self, key: str) -> Any:
        return self._chunk(self.index["parts"][key])


def _summaries(index: dict[str, Any]) -> list[StageSummary]:
    libraries: list[list[str]] = index["libraries"]
    made: list[StageSummary] = []
    for row in index["stages"]:
        facts = dict(zip(SUMMARY_FIELDS, row, strict=True))
        held = tuple(libraries[each][0] for each in facts.pop("libraries"))
        library, label = libraries[facts.pop("library")]
        kind = StageType(facts.pop("type"))
        made.append(StageSummary(library=library, library_label=label, libraries=held, type=kind, **facts))
    return made


def _packaged() -> bytes:
    return pkgutil.get_data(__package__, "catalogue.bin") or b""


@cache
def packaged_digest() -> str:
    """Says which catalogue ships: equal for equal ones."""
    return hashlib.sha256(_packaged()).hexdigest()


@lru_cache(maxsize=1)
def packaged_catalogue() -> Catalogue:
    """The catalogue that ships; read once per process, each stage decoded when it is first asked for."""
    container = _Container(_packaged())
    index = container.index
    return Definitions(index["version"], _summaries(index), container.stage, container.part, "packaged catalogue")

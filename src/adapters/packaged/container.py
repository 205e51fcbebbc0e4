"""How the packaged catalogue is written; the reader and the build tool share these facts."""

import json
import zlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

MAGIC = b"PENSTOCK-CATALOGUE-1\n"
SUMMARY_FIELDS = (
    "name",
    "version",
    "label",
    "type",
    "library",
    "libraries",
    "error_stage",
    "stats_aggregator",
    "lifecycle",
    "hidden",
    "produces_events",
    "output_streams",
    "driven_by",
    "icon",
)
PARTS = (
    "services",
    "pipeline",
    "pipelineFragment",
    "pipelineRules",
    "libraries",
    "legacyStageLibs",
    "elClasses",
    "eventDefinitions",
    "connections",
    "catalogue",
    "stagesNotInBuild",
)
_DICTIONARY_BYTES = 32 * 1024


def text_of(value: object) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _dictionary(stages: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The texts of settings that many stages share, the most frequent last, where deflate finds them cheapest."""
    counts = Counter(text_of(setting) for raw in stages.values() for setting in raw["configDefinitions"])
    common = sorted(counts, key=lambda text: (-counts[text], text))[:400]
    return b"".join(reversed(common))[-_DICTIONARY_BYTES:]


def build(document: Mapping[str, Any], version: str, summaries: list[dict[str, Any]]) -> bytes:
    """The bytes of ``catalogue.bin``; equal input gives equal bytes."""
    stages: dict[str, Mapping[str, Any]] = {raw["name"]: raw for raw in document["stageDefinitionMap"].values()}
    dictionary = _dictionary(stages)
    chunks: list[bytes] = []
    offset = 0

    def place(value: object) -> tuple[int, int]:
        nonlocal offset
        packer = zlib.compressobj(9, zdict=dictionary)
        chunk = packer.compress(text_of(value)) + packer.flush()
        chunks.append(chunk)
        offset += len(chunk)
        return offset - len(chunk), len(chunk)

    labels = {row["library"]: row["libraryLabel"] for row in document["stageDefinitionMinimalList"]}
    libraries = sorted({each for row in summaries for each in (row["library"], *row["libraries"])})
    number = {each: at for at, each in enumerate(libraries)}
    rows = [
        [
            number[row[field]]
            if field == "library"
            else [number[each] for each in row[field]]
            if field == "libraries"
            else row[field]
            for field in SUMMARY_FIELDS
        ]
        for row in summaries
    ]
    index = text_of(
        {
            "version": version,
            "libraries": [[each, labels.get(each, each)] for each in libraries],
            "stages": rows,
            "places": {name: place(raw) for name, raw in stages.items()},
            "parts": {key: place(document[key]) for key in PARTS if key in document},
        }
    )
    packed = [zlib.compress(dictionary, 9), zlib.compress(index, 9)]
    sizes = b"".join(len(each).to_bytes(4, "big") for each in packed)
    return MAGIC + sizes + b"".join(packed) + b"".join(chunks)

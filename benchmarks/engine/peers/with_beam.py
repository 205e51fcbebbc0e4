"""Records: Apache Beam on its direct runner."""

import sys
from typing import Any

import apache_beam as beam
import orjson

source, out = sys.argv[1:3]


def total(value: dict[str, Any]) -> dict[str, Any]:
    """One computed field."""
    return {**value, "total": value["amount"] * 1.2, "name": value["name"].upper()}


def mask(value: dict[str, Any]) -> dict[str, Any]:
    """One field masked."""
    return {**value, "card": "x" * len(value["card"])}


with beam.Pipeline() as pipeline:
    lines = pipeline | beam.io.ReadFromText(f"{source}/*.json")
    masked = lines | "parse" >> beam.Map(orjson.loads) | "total" >> beam.Map(total) | "mask" >> beam.Map(mask)
    parts = masked | beam.Partition(lambda value, _: int(value["age"] < 40), 2)
    for name, part in zip("ab", parts, strict=True):
        texts = part | f"text {name}" >> beam.Map(lambda value: orjson.dumps(value).decode())
        texts | f"write {name}" >> beam.io.WriteToText(f"{out}/{name}.json")

"""Records: Bytewax."""

import sys
from pathlib import Path
from typing import Any

import bytewax.operators as op
import orjson
from bytewax.connectors.files import DirSource, FileSink
from bytewax.dataflow import Dataflow
from bytewax.testing import run_main

source, out = Path(sys.argv[1]), Path(sys.argv[2])


def total(value: dict[str, Any]) -> dict[str, Any]:
    """One computed field."""
    value["total"] = value["amount"] * 1.2
    value["name"] = value["name"].upper()
    return value


def mask(value: dict[str, Any]) -> dict[str, Any]:
    """One field masked."""
    value["card"] = "x" * len(value["card"])
    return value


flow = Dataflow("job")
lines = op.input("in", flow, DirSource(source))
masked = op.map("mask", op.map("total", op.map("parse", lines, orjson.loads), total), mask)
routed = op.branch("route", masked, lambda value: value["age"] >= 40)
for name, stream in (("a", routed.trues), ("b", routed.falses)):
    texts = op.map(f"text-{name}", stream, lambda value: ("x", orjson.dumps(value).decode()))
    op.output(name, texts, FileSink(out / f"{name}.json"))
run_main(flow)

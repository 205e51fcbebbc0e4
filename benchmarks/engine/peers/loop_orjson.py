"""The limit: a loop over lines with orjson, everything by hand."""

import sys
from pathlib import Path

import orjson

loads, dumps, options = orjson.loads, orjson.dumps, orjson.OPT_APPEND_NEWLINE
out = Path(sys.argv[2])
with (out / "a.json").open("wb") as older, (out / "b.json").open("wb") as younger:
    for path in sorted(Path(sys.argv[1]).iterdir()):
        with path.open("rb") as lines:
            for line in lines:
                value = loads(line)
                value["total"] = value["amount"] * 1.2
                value["name"] = value["name"].upper()
                value["card"] = "x" * len(value["card"])
                (older if value["age"] >= 40 else younger).write(dumps(value, None, options))

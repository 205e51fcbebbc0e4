"""The same loop with the standard library."""

import json
import sys
from pathlib import Path

out = Path(sys.argv[2])
with (out / "a.json").open("w") as older, (out / "b.json").open("w") as younger:
    for path in sorted(Path(sys.argv[1]).iterdir()):
        with path.open() as lines:
            for line in lines:
                value = json.loads(line)
                value["total"] = value["amount"] * 1.2
                value["name"] = value["name"].upper()
                value["card"] = "x" * len(value["card"])
                (older if value["age"] >= 40 else younger).write(json.dumps(value, separators=(",", ":")) + "\n")

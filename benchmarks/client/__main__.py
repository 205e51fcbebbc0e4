"""``python -m benchmarks.client [PYTHON_WITH_THE_OFFICIAL_CLIENT]``: both scripts, turn by turn, and the ratios."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROUNDS = 5


def run(python: str, script: str, *arguments: str) -> dict[str, float]:
    """The figures of one run in a process of its own."""
    done = subprocess.run([python, str(HERE / script), *arguments], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(theirs: str | None) -> None:
    """Prints a Markdown table of medians."""
    ours: list[dict[str, float]] = []
    others: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            ours.append(run(sys.executable, "ours.py", folder))
        if theirs is not None:
            others.append(run(theirs, "theirs.py"))
    print("| | penstock | official client | ratio |\n|---|---|---|---|")
    for key in ours[0]:
        mine = statistics.median(each[key] for each in ours)
        peer = statistics.median(each[key] for each in others) if others and key in others[0] else None
        ratio = "" if peer is None else f"{peer / mine:.1f}"
        print(f"| {key} | {mine:,.4g} | {'' if peer is None else f'{peer:,.4g}'} | {ratio} |")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)

"""The script through penstock: prints one JSON object of seconds and bytes."""

import json
import resource
import sys
import time
from pathlib import Path

T0 = time.perf_counter()
import penstock  # noqa: E402

IMPORTED = time.perf_counter() - T0
MODULES = len(sys.modules)
RESIDENT = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
KINDS = ("Expression Evaluator", "Field Remover", "Dev Identity", "Field Masker")


def timed(work: object) -> float:
    """Seconds of a call."""
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


def main(folder: Path) -> None:
    """Runs the script."""
    found: dict[str, float] = {"import_s": IMPORTED, "modules": MODULES, "import_bytes": RESIDENT}
    with penstock.open_project(folder / "bench.db") as project:
        flow = project.create_flow(name="bench")
        found["first_add_stage_s"] = timed(lambda: flow.add_stage("Dev Raw Data Source"))

        def build() -> None:
            last = flow.stages[0]
            for at in range(898):
                stage = flow.add_stage(KINDS[at % len(KINDS)])
                last.connect_output_to(stage)
                last = stage
            last.connect_output_to(flow.add_stage("Trash"))

        found["build_900_s"] = timed(build)
        found["arrange_s"] = timed(flow.auto_arrange)
        from penstock.core import dump_flow

        found["dump_s"] = timed(lambda: dump_flow(flow.value))
        found["save_s"] = timed(lambda: project.update_flow(flow))
        found["validate_s"] = timed(flow.validate)
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

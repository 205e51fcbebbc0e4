"""What travels to workers."""

import subprocess
import sys
import zipfile
from pathlib import Path

from penstock.adapters.spark.archive import write_archive


def test_a_worker_can_load_stages_from_the_archive_alone(tmp_path: Path) -> None:
    """A bare Python with nothing but the unpacked archive builds expressions and stages; it is written once.

    The arrangement, where it is compiled here, travels as its sources.
    """
    path = write_archive(tmp_path)
    changed = path.stat().st_mtime_ns
    assert write_archive(tmp_path) == path
    assert path.stat().st_mtime_ns == changed
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(path) as opened:
        opened.extractall(folder)
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r})\n"
        "from penstock.sdk.compose import load_stages; load_stages()\n"
        "from penstock.core.el import compile_text, Scope\n"
        "from penstock.core.processors.registry import can_run\n"
        "import penstock, penstock.adapters.spark.work\n"
        "import penstock.core.layout\n"
        "print(compile_text('${1 + 1}')(Scope()), penstock.__file__.startswith(sys.path[0]))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.stdout == "2 True\n", done.stderr

"""The build backend: setuptools, and the automatic arrangement compiled by mypyc wherever a C compiler is at hand.

``PENSTOCK_PURE=1``, no compiler or a compilation that fails leave the arrangement to the interpreter: the same places,
later. What was compiled stays in ``build/compiled``, so that the next venv of a checkout takes it from there.
"""

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import setuptools
from setuptools import build_meta
from setuptools.build_meta import (
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)
from setuptools.command.build_ext import build_ext

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("penstock", "core", "layout")
SOURCES = ROOT / "src" / "core" / "layout"
KEPT = ROOT / "build" / "compiled"
LOG = KEPT / "failed.log"
NOTE = "compiled.sha256"
"""Beside the compiled modules: the hash and the name of the source of each."""
INTERPRETED = {"__init__.py", "node.py", "arrays.py"}
"""What users see of the arrangement keeps its signatures, docstrings and annotations, which compiling would drop. Of
the arrays the compiler takes the types; the rest is for the interpreter."""
NEEDS = ["mypy==2.4.1", "attrs>=24.2"]
FLAGS = {"MYPYC_OPT_LEVEL": "1", "MYPYC_DEBUG_LEVEL": "0", "CFLAGS": "-ffp-contract=off"}
"""Level 2 takes half as long again to compile and saves 2 % of a run. A product is rounded before a sum takes it, on
every processor, as the interpreter does it."""
SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))


def why_interpreted() -> str | None:
    """What speaks against compiling, known before anything is tried."""
    if os.environ.get("PENSTOCK_PURE", "0") not in ("", "0"):
        return "PENSTOCK_PURE is set"
    if sys.implementation.name != "cpython":
        return "mypyc is for CPython"
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC")
    if os.name != "nt" and not shutil.which(shlex.split(compiler or "cc")[0]):
        return "no C compiler"
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "no headers of Python"
    return None


def kept() -> Path:
    """Where the compiled modules of these sources, for this Python, by this compiler, are or will be."""
    told = [*NEEDS, SUFFIX, sysconfig.get_platform(), *(os.environ.get(each, "") for each in ("CC", "CFLAGS"))]
    made = hashlib.sha256(repr(told).encode())
    for path in (Path(__file__), *sorted(SOURCES.rglob("*.py"))):
        made.update(f"{path.name} {_digest(path)}".encode())
    return KEPT / f"{sys.implementation.cache_tag}-{made.hexdigest()[:16]}"


def compiled() -> Path | None:
    """The folder of the compiled modules, laid out as they are installed; None where there are none."""
    LOG.unlink(missing_ok=True)
    why, target = why_interpreted(), kept()
    if why is None and not target.exists():
        why = _compile(target)
    print(f"penstock: the arrangement is {'compiled' if why is None else f'interpreted: {why}'}", flush=True)
    return target if why is None else None


def _compile(target: Path) -> str | None:
    """Makes the folder; or tells why that failed, at length in the log."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=KEPT) as folder:
        stage, ready = Path(folder, "stage"), Path(folder, "ready")
        shutil.copytree(SOURCES, stage / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
        for package in PACKAGE.parents[:-1]:  # mypyc names modules after folders
            (stage / package / "__init__.py").touch()
        inner = [path for path in sorted((stage / PACKAGE).glob("*.py")) if path.name not in INTERPRETED]
        mypyc = [sys.executable, "-m", "mypyc", "--config-file=", *(str(path.relative_to(stage)) for path in inner)]
        for command in (mypyc, [sys.executable, "-c", "import penstock.core.layout"]):
            done = subprocess.run(
                command, cwd=stage, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            if done.returncode:
                said = done.stdout.decode("ascii", "backslashreplace")  # any terminal can show that
                LOG.write_text(said)
                return f"compiling failed, see {LOG.relative_to(ROOT)}\n{said[-4000:]}"
        modules = [path for path in stage.rglob(f"*{SUFFIX}") if "build" not in path.relative_to(stage).parts]
        for path in modules:
            (ready / path.relative_to(stage)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, ready / path.relative_to(stage))
        (ready / PACKAGE / NOTE).write_text("".join(f"{_digest(path)}  {path.name}\n" for path in inner))
        with suppress(OSError):  # another build may have been quicker
            ready.rename(target)
        return None if target.exists() else "what was compiled cannot be kept"


def _environment() -> dict[str, str]:
    flags = {**FLAGS, "CFLAGS": f"{os.environ.get('CFLAGS', '')} {FLAGS['CFLAGS']}".strip()}
    return {**os.environ, **flags}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Beside(build_ext):
    """Puts what was compiled beside the sources."""

    folder: Path | None = None

    def run(self) -> None:
        for source, target in self._files():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)

    def _files(self) -> Iterator[tuple[Path, Path]]:
        for path in sorted(self.folder.rglob("*")) if self.folder else ():
            if path.is_file():
                yield path, Path(self.build_lib, path.relative_to(self.folder or path))

    def get_outputs(self) -> list[str]:
        return [str(target) for _, target in self._files()]

    def get_output_mapping(self) -> dict[str, str]:
        return {}

    def get_source_files(self) -> list[str]:
        return ["tools/backend.py"]


def _extend(folder: Path | None) -> None:
    """Makes setuptools take the folder along; with a compiled module the wheel is one for this kind of machine."""
    Beside.folder = folder
    extension = setuptools.Extension("penstock.core.layout.board", [])
    extended = partial(setuptools.setup, ext_modules=[extension], cmdclass={"build_ext": Beside})
    setuptools.setup = extended


def _needs() -> list[str]:
    return [] if why_interpreted() or kept().exists() else NEEDS


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    return [*build_meta.get_requires_for_build_wheel(config_settings), *_needs()]


def get_requires_for_build_editable(config_settings: Any = None) -> list[str]:
    return [*build_meta.get_requires_for_build_editable(config_settings), *_needs()]


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    if folder := compiled():
        _extend(folder)
    return build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    if folder := compiled():
        _extend(folder)
    return build_meta.build_editable(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory: str, config_settings: Any = None) -> str:
    _extend(None)
    return build_meta.build_sdist(sdist_directory, config_settings)

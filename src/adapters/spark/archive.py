"""The package and the libraries that it needs, as one ZIP that Spark carries to its workers."""

import hashlib
import re
import zipfile
from collections.abc import Iterator
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path

# what stages need; the rest of the package's requirements is for the driver
NEEDED = ("attrs", "anyio", "httpx", "lark", "mmh3", "msgspec", "orjson", "regex")
OPTIONAL = ("lxml", "fastavro", "mini-racer", "openpyxl", "protobuf")
PACKAGE = "penstock"
_NAME = re.compile(r"[\w.\-]+")
_LEFT_OUT = (".pyc", ".pyi", ".h", ".c")
_COMPILED = (".so", ".pyd", ".sha256")  # of the package itself: what they are linked with lies beside it


def archive_name(path: Path) -> str:
    """The name of the folder that a worker unpacks an archive to."""
    return path.stem


def write_archive(folder: Path) -> Path:
    """Writes the archive below a folder; the name says what is in it, and one that is there already is kept."""
    files = dict(sorted(_files()))
    digest = hashlib.blake2b(digest_size=8)
    for name, held in files.items():
        digest.update(f"{name} {_size(held)}\n".encode())
        if name.startswith(PACKAGE):
            digest.update(held.read_bytes())
    target = folder / f"{PACKAGE}-{digest.hexdigest()}.zip"
    if not target.exists():
        part = target.with_suffix(".part")
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
            for name, held in files.items():
                opened.writestr(name, held.read_bytes())
        part.rename(target)
    return target


def _size(held: Traversable) -> int:
    return held.stat().st_size if isinstance(held, Path) else len(held.read_bytes())


def _files() -> Iterator[tuple[str, Traversable]]:
    yield from _below(resources.files(PACKAGE), PACKAGE)
    for name in sorted(_distributions()):
        for each in metadata.files(name) or ():
            inside = not each.parts[0].startswith("..") and "__pycache__" not in each.parts
            if inside and not each.name.endswith(_LEFT_OUT):
                yield each.as_posix(), Path(str(each.locate()))


def _below(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for each in folder.iterdir():
        if each.is_dir():
            if each.name != "__pycache__":
                yield from _below(each, f"{name}/{each.name}")
        elif not each.name.endswith((*_LEFT_OUT, *_COMPILED)):
            yield f"{name}/{each.name}", each


def _distributions() -> set[str]:
    """The needed libraries with what they need themselves, as far as they are installed here."""
    found: set[str] = set()
    waiting = [*NEEDED, *OPTIONAL]
    while waiting:
        name = waiting.pop()
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        if name not in found:
            found.add(name)
            waiting += [_NAME.match(each)[0] for each in requires if "extra ==" not in each]  # type: ignore[index]
    return found

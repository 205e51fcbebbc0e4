"""What the settings of Directory must be before it starts, and the patterns for the names of its files."""

import os
from collections.abc import Callable
from pathlib import Path

from ...core.errors import InvalidValueError
from ...core.java.patterns import bounded, java_pattern
from ...core.plan.given import Given
from ...core.plan.unfit import Checks
from ...core.processors.api import Access
from .access import allowed_path
from .formats.archives import glob_pattern
from .formats.fault import FormatFault
from .formats.reading import unfit_for_reading

Fits = Callable[[str], bool]


def checked(given: Given, settings: Given, access: Access) -> tuple[Path, Fits]:
    """The folder and what says whether a name fits; ``settings`` are those of the data format.

    Raises:
        UnfitError: with everything that is wrong, under the codes of the original.
        UnsupportedError: a data format that is not read here.
        StopFault: a folder that must not be touched.
    """
    checks = Checks("conf.")
    folder = given.text("spoolDir")
    _folder(checks, "spoolDir", folder, there=not given.flag("allowLateDirectory"))
    at_least = (
        ("overrunLimit", 64, 128, "06"),
        ("batchSize", 1, 1000, "14"),
        ("poolingTimeoutSecs", 1, 60, "15"),
        ("maxSpoolFiles", 1, 1000, "17"),
    )
    for name, least, usual, code in at_least:
        number = given.integer(name, usual)
        checks.that(number >= least, f"SPOOLDIR_{code}", name, f"{number} is below {least}")
    fits = _pattern(checks, given)
    first = given.text("initialFileToProcess")
    if first and fits is not None:
        fitting = fits(Path(first).name)
        checks.that(fitting, "SPOOLDIR_18", "initialFileToProcess", f"{first!r} does not fit the pattern")
    _places(checks, given)
    checks.found += unfit_for_reading(given.text("dataFormat", "JSON"), settings, "conf.dataFormatConfig.")
    checks.done()
    assert fits is not None
    return allowed_path(access, folder), fits


def _places(checks: Checks, given: Given) -> None:
    """Where files go that were read, or could not be."""
    if given.text("errorArchiveDir"):
        _folder(checks, "errorArchiveDir", given.text("errorArchiveDir"), there=True)
    if given.text("postProcessing", "NONE") != "ARCHIVE":
        return
    _folder(checks, "archiveDir", given.text("archiveDir"), there=True)
    kept = given.integer("retentionTimeMins")
    checks.that(kept >= 0, "SPOOLDIR_19", "retentionTimeMins", f"{kept} is below 0")


def _folder(checks: Checks, name: str, text: str, *, there: bool) -> None:
    path = Path(text)
    if not checks.that(bool(text.strip()), "SPOOLDIR_11", name, "a folder is needed"):
        return
    if not checks.that(path.is_absolute(), "SPOOLDIR_32", name, f"{text!r} is not an absolute path") or not there:
        return
    if not checks.that(path.exists(), "SPOOLDIR_12", name, f"the folder {text!r} does not exist"):
        return
    if checks.that(path.is_dir(), "SPOOLDIR_13", name, f"{text!r} is no folder"):
        checks.that(os.access(path, os.R_OK), "SPOOLDIR_38", name, f"the folder {text!r} cannot be read")


def _pattern(checks: Checks, given: Given) -> Fits | None:
    pattern = given.text("filePattern")
    if not checks.that(bool(pattern.strip()), "SPOOLDIR_32", "filePattern", "a pattern is needed"):
        return None
    try:
        as_glob = given.text("pathMatcherMode", "GLOB") == "GLOB"
        compiled = glob_pattern(pattern) if as_glob else java_pattern(pattern)
    except (InvalidValueError, FormatFault) as error:
        checks.that(False, "SPOOLDIR_16", "filePattern", f"{pattern!r} is no pattern: {error}")
        return None
    return lambda name: bounded(compiled.fullmatch, name) is not None

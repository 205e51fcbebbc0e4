"""A real standalone cluster on loopback: one master, two workers, from the package that PyPI has."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pyspark

START_S = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


class Cluster:
    """``url`` is where drivers go. ``close()`` ends what is left of it."""

    def __init__(self, folder: Path, workers: int = 2, cores: int = 1) -> None:
        self._folder, self._cores = folder, cores
        port = free_port()
        self.url = f"spark://127.0.0.1:{port}"
        self._log = folder / "master.log"
        master = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
        self._processes = [self._start(master, self._log)]
        self.workers = [self._worker(number) for number in range(workers)]
        ends = time.monotonic() + START_S
        while self._log.read_text().count("Registering worker") < workers:
            assert time.monotonic() < ends, self._log.read_text()
            time.sleep(0.1)

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        words = ["worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", "--cores", str(self._cores)]
        place = ["--memory", "1g", "--work-dir", str(self._folder / f"work-{number}"), self.url]
        made = self._start([*words, *place], self._folder / f"worker-{number}.log")
        self._processes.append(made)
        return made

    def _start(self, words: list[str], log: Path) -> subprocess.Popen[bytes]:
        program = Path(str(pyspark.__path__[0])) / "bin" / "spark-class"
        environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m"}
        with log.open("wb") as out:
            return subprocess.Popen(
                [str(program), f"org.apache.spark.deploy.{words[0]}", *words[1:]],
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """kill -9 for a worker and everything that it started."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def close(self) -> None:
        """Ends every process of it."""
        for process in reversed(self._processes):
            if process.poll() is None:
                self.kill(process)

"""A real Kafka broker on loopback, and Spark's connector, from Maven Central; without Maven there is none."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

START_S = 60
CONNECTOR = ("spark-sql-kafka", "spark-token-provider", "kafka-clients", "commons-pool2")
CLUSTER_ID = "cGVuc3RvY2sta2Fma2EtMQ"
_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>penstock</groupId><artifactId>broker</artifactId><version>1</version>
<dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.12</artifactId><version>3.4.1</version></dependency>
<dependency><groupId>org.apache.spark</groupId><artifactId>spark-sql-kafka-0-10_2.12</artifactId>
<version>3.5.7</version><exclusions><exclusion><groupId>org.apache.hadoop</groupId><artifactId>*</artifactId>
</exclusion></exclusions></dependency>
</dependencies></project>
"""
_SETTINGS = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={data}
num.partitions=2
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
"""


class NoBroker(Exception):
    """Why there is none."""


def jars() -> Path:
    """The folder with the broker and the connector, fetched once.

    Raises:
        NoBroker: Maven is missing, or its registry does not have them.
    """
    folder = Path(tempfile.gettempdir()) / f"penstock-kafka-{os.getuid()}"
    if (folder / "jars").is_dir():
        return folder / "jars"
    program = shutil.which("mvn")
    if program is None:
        raise NoBroker("Maven is not installed")
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "pom.xml").write_text(_POM)
    words = [program, "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={folder / 'part'}"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise NoBroker(f"Maven could not fetch it: {(done.stdout + done.stderr)[:300]}")
    (folder / "part").rename(folder / "jars")
    return folder / "jars"


def connector(folder: Path) -> str:
    """The jars that Spark needs, as its option ``spark.jars`` wants them."""
    return ",".join(str(path) for path in sorted(folder.iterdir()) if path.name.startswith(CONNECTOR))


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for each in held:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in held]
    for each in held:
        each.close()
    return ports


class Broker:
    """``address`` is where clients go. ``close()`` ends it."""

    def __init__(self, folder: Path) -> None:
        port, controller = _free_ports(2)
        self.address = f"127.0.0.1:{port}"
        settings = folder / "server.properties"
        settings.write_text(_SETTINGS.format(port=port, controller=controller, data=folder / "data"))
        home = os.environ.get("JAVA_HOME")
        java = str(Path(home) / "bin" / "java") if home else "java"
        start = [java, "-Xmx256m", "-cp", f"{jars()}/*"]
        formatted = [*start, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(settings)]
        subprocess.run(formatted, check=True, capture_output=True, timeout=60)
        self._log = folder / "broker.log"
        with self._log.open("wb") as out:
            self._process = subprocess.Popen(
                [*start, "kafka.Kafka", str(settings)], stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._wait(port)

    def _wait(self, port: int) -> None:
        ends = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                assert self._process.poll() is None, self._log.read_text()[-2000:]
                assert time.monotonic() < ends, self._log.read_text()[-2000:]
                time.sleep(0.1)

    def close(self) -> None:
        """Ends the process."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

"""Which Spark a run goes to, from one text: ``spark://host:7077?option=value``, ``yarn`` or ``spark+local[2]``."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

import attrs

from ...core.errors import InvalidValueError, nearest

FORMS = "spark://HOST:PORT, yarn, k8s://HOST:PORT, spark+local, spark+local[N] or spark+local[*], with ?option=value&…"
IMAGE = "spark.kubernetes.container.image"
OPTIONS = ("checkpoint", "every", "once", "files", "per_batch", "partitions", "python")
YARN = "yarn"
_YARN = re.compile(YARN)
_CLUSTER = re.compile(r"spark://[\w.\-\[\]:]+:\d+(,[\w.\-\[\]:]+:\d+)*")
_KUBERNETES = re.compile(r"k8s://(https?://)?([\w.\-]+|\[[\da-f:]+\])(:\d+)?")
_LOCAL = re.compile(r"local(\[(\*|[1-9]\d*)(,\s*[1-9]\d*)?\])?")


@attrs.frozen
class Address:
    """A master with the choices of a run.

    ``checkpoint`` is a folder (path or URI) that survives the driver; ``every_s`` how often a continuous run looks for
    new data, in seconds; ``once`` ends it when everything that is there has been read; ``whole_files`` never cuts a
    file into splits; ``per_batch`` bounds the files of one micro-batch; ``partitions`` is how many pieces driver-made
    data and shuffles have (0: as many as there are cores); ``python`` is the workers' interpreter; ``conf`` goes to
    Spark.
    """

    master: str
    checkpoint: str = ""
    every_s: float = 1.0
    once: bool = False
    whole_files: bool = False
    per_batch: int = 0
    partitions: int = 0
    python: str = ""
    conf: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def local(self) -> bool:
        """True when driver and workers are one process tree on this machine."""
        return self.master.startswith("local")

    @property
    def hosts(self) -> tuple[tuple[str, int], ...]:
        """Host and port of every master; none when it is local, or named by Hadoop's settings."""
        if self.local or self.master == YARN:
            return ()
        if (found := _KUBERNETES.fullmatch(self.master)) is not None:
            port = int(found[3][1:]) if found[3] else 80 if found[1] == "http://" else 443
            return ((found[2].strip("[]"), port),)
        parts = [each.rpartition(":") for each in self.master.removeprefix("spark://").split(",")]
        return tuple((host.strip("[]"), int(port)) for host, _, port in parts)


def is_spark(text: str) -> bool:
    """True for a text that means Spark, well formed or not."""
    return text.startswith(("spark", "yarn", "k8s:"))


def parse_address(text: str) -> Address:
    """The address in a text.

    Raises:
        InvalidValueError: another form, an unknown option, or a value that is none.
    """
    place, _, query = text.partition("?")
    master = place.removeprefix("spark+") if place.startswith("spark+") else place
    if not (_CLUSTER if place.startswith("spark://") else _form(place)).fullmatch(master):
        raise InvalidValueError("engine", text, FORMS)
    conf: dict[str, str] = {}
    given: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name.startswith("spark."):
            conf[name] = value
        elif name in OPTIONS:
            given[name] = value
        else:
            known = [*OPTIONS, "spark.…"]
            raise InvalidValueError("engine option", name, f"one of {', '.join(known)}", nearest(name, OPTIONS))
    if master.startswith("k8s") and IMAGE not in conf:
        raise InvalidValueError("engine", text, f"?{IMAGE}=…: executors on Kubernetes need an image with Python")
    return Address(
        master,
        checkpoint=given.get("checkpoint", ""),
        every_s=_seconds(given.get("every", "1s")),
        once=_flag("once", given.get("once", "no")),
        whole_files=_word("files", given.get("files", "split"), ("split", "whole")) == "whole",
        per_batch=_count("per_batch", given.get("per_batch", "0")),
        partitions=_count("partitions", given.get("partitions", "0")),
        python=given.get("python", ""),
        conf=conf,
    )


def _form(place: str) -> re.Pattern[str]:
    """What a master looks like that is no standalone one."""
    word = place.removeprefix("spark+")
    if word.startswith("k8s"):
        return _KUBERNETES
    return _YARN if word.startswith("yarn") else _LOCAL


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m)?", text)
    if found is None:
        raise InvalidValueError("engine option every", text, "a time such as 500ms, 1s or 5m")
    return float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, None: 1}[found[2]]


def _word(name: str, text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise InvalidValueError(f"engine option {name}", text, f"one of {', '.join(known)}", nearest(text, known))
    return text


def _flag(name: str, text: str) -> bool:
    return _word(name, text or "yes", ("yes", "no")) == "yes"


def _count(name: str, text: str) -> int:
    if not text.isdecimal():
        raise InvalidValueError(f"engine option {name}", text, "a whole number")
    return int(text)

"""Shell: a script per record. Only where the operator allows code."""

import logging
import os
import signal
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO

from ...core.el import ElError, EvaluationError
from ...core.el.coerce import as_text
from ...core.errors import InvalidValueError, UnsupportedError
from ...core.plan.model import StagePlan
from ...core.processors.api import Out, Tools
from ...core.processors.registry import processor
from ...core.processors.sinks import wanted_event
from ...core.records.record import EVENT_TYPE, Record

LOG = logging.getLogger("penstock.script")
MOST_LINES, LONGEST_LINE = 1000, 1000
PATIENCE_S = 0.2
KEPT_OUT = "PENSTOCK_"
"""Variables of this program's own, which may hold secrets, are not handed on."""


@processor("com_streamsets_pipeline_stage_executor_shell_ShellDExecutor")
class Shell:
    """The script runs with ``sh`` and the configured variables; what it prints are lines of Python's log.

    Raises:
        UnsupportedError: code is not allowed here.
        InvalidValueError: the script is empty, or its time is no number (SHELL_004) or below 0 (SHELL_005).
    """

    def __init__(self, plan: StagePlan, tools: Tools) -> None:
        if not tools.access.code:
            raise UnsupportedError(
                f"running the script of {plan.label or plan.instance}",
                "Scripts can do whatever the program can. Allow them with allow_code=True or --allow-code.",
            )
        given = plan.given.under("config.")
        self._script = given.text("script")
        if not self._script.strip():
            raise InvalidValueError("Script", self._script, "a script")
        self._variables = [
            (tools.evaluate(name), tools.evaluate(text)) for name, text in given.pairs("environmentVariables").items()
        ]
        self._limit_s = _limit_s(given.text("timeout", "1000"), tools)
        self._kind = wanted_event(plan)

    def __call__(self, batch: list[Record], out: Out) -> None:
        """Runs the script for every record; one that fails or takes too long sends its record to error."""
        for record in batch:
            if self._kind is not None and record.attributes.get(EVENT_TYPE) != self._kind:
                continue
            try:
                variables = {as_text(name(record)): as_text(value(record)) for name, value in self._variables}
            except EvaluationError as error:
                out.error(record, "SHELL_001", f"a setting cannot be evaluated: {error}")
                continue
            fault = self._run(variables, self._limit_s)
            if fault is not None:
                out.error(record, *fault)

    def _run(self, variables: dict[str, str], seconds: float) -> tuple[str, str] | None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(KEPT_OUT)}
        with tempfile.TemporaryDirectory(prefix="penstock-") as folder:
            path = Path(folder, "script.sh")
            path.write_text(self._script)
            try:
                running = subprocess.Popen(
                    ["sh", str(path)],
                    env={**kept, **variables},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                return "SHELL_001", f"the script cannot be started: {error}"
            readers = _forward(running)
            try:
                code = running.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)
                running.wait()
                return "SHELL_002", f"the script took longer than {seconds:g} s"
            finally:
                for each in readers:
                    each.join(PATIENCE_S)  # what a script leaves running may print for ever
        return None if code == 0 else ("SHELL_003", f"the script ended with exit code {code}")


def _forward(running: "subprocess.Popen[bytes]") -> list[threading.Thread]:
    """Threads that write what a script prints to the log."""
    streams = ((running.stdout, logging.INFO, "stdout"), (running.stderr, logging.ERROR, "stderr"))
    made = [threading.Thread(target=_read, args=each, name="penstock-shell", daemon=True) for each in streams]
    for each in made:
        each.start()
    return made


def _read(stream: IO[bytes], level: int, name: str) -> None:
    """Reads to the end; of very much only the beginning is written."""
    with stream:
        for number in range(1 << 62):
            line = stream.readline(LONGEST_LINE)
            if not line:
                return
            if number < MOST_LINES:
                LOG.log(level, "%s: %s", name, line.decode("utf-8", "replace").rstrip("\r\n"))


def _limit_s(text: str, tools: Tools) -> float:
    """The time that a script has, in seconds; evaluated once."""
    try:
        limit_ms = float(as_text(tools.evaluate(text)(Record())))
    except (EvaluationError, ElError, ValueError) as error:
        raise InvalidValueError("Timeout (ms)", text, f"a number ({error}) (SHELL_004)") from None
    if limit_ms < 0:
        raise InvalidValueError("Timeout (ms)", text, "0 or more (SHELL_005)")
    return limit_ms / 1000

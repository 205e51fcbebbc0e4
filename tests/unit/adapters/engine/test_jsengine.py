"""The thread that JavaScript engines are made and freed in."""

import subprocess
import sys

import pytest

from penstock.adapters.engine.jsengine import Engine, engine_faults

pytest.importorskip("py_mini_racer", reason="the extra javascript is not installed")
OLDER_THREAD_CLOSES = """
import threading
from penstock.adapters.engine.jsengine import Engine
made, held = threading.Event(), []
def close():
    made.wait()
    held[0].close()
older = threading.Thread(target=close)
older.start()
held.append(Engine("function sum(n) { var s = 0; for (var i = 0; i < n; i++) s += i; return s; }"))
held[0].eval("for (var turn = 0; turn < 3000; turn++) sum(1000)")
made.set()
older.join()
print("alive")
"""
OFTEN_COLLECTED = """
import faulthandler, gc, threading
from penstock.adapters.engine.jsengine import Engine
faulthandler.dump_traceback_later(30, exit=True)
gc.set_threshold(4)
def make():
    for _ in range(30):
        engine = Engine("var a = 1")
        held = [engine]
        held.append(held)
makers = [threading.Thread(target=make) for _ in range(2)]
[maker.start() for maker in makers]
[maker.join() for maker in makers]
print("alive")
"""


def test_a_thread_older_than_all_engines_may_free_one_whose_script_was_compiled() -> None:
    """A program of its own: a run may end in any thread, and a fault there would end the program."""
    done = subprocess.run([sys.executable, "-c", OLDER_THREAD_CLOSES], capture_output=True, text=True, timeout=10)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr


def test_an_engine_that_is_closed_twice_is_freed_once() -> None:
    """The second time nothing happens."""
    engine = Engine("var held = 1")
    assert engine.eval("held + 1") == 2
    engine.close()
    engine.close()


def test_a_script_that_fails_raises_what_the_engine_raises() -> None:
    """Faults come back to the thread that evaluates."""
    engine = Engine("")
    with pytest.raises(engine_faults(), match="no more"):
        engine.eval("throw new Error('no more')")
    engine.close()


def test_engines_that_nobody_holds_are_freed_wherever_the_collector_runs() -> None:
    """Any allocation may set the collector off, also while an engine is being made; nothing waits for itself then."""
    done = subprocess.run([sys.executable, "-c", OFTEN_COLLECTED], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr

"""Promises of progress: people see that something goes on, programs see nothing of it."""

import threading

import pytest
from rich.console import Console

import penstock
from penstock.cli import printing, runs
from penstock.cli.printing import tracked, waiting


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes stderr a terminal."""
    monkeypatch.setattr(printing, "watched", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.usefixtures("terminal")
def test_a_bar_is_shown_when_it_takes_long(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, gone in the end, with nothing on stdout."""
    monkeypatch.setattr(printing, "PATIENCE_S", 0.0)
    assert list(tracked([1, 2, 3], "checking")) == [1, 2, 3]
    printed = capsys.readouterr()
    assert "checking" in printed.err
    assert printed.out == ""


@pytest.mark.usefixtures("terminal")
def test_a_sign_is_shown_while_one_waits(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What is done stands in it."""
    shown, real = threading.Event(), printing.console

    def console(*, stderr: bool = False) -> Console:
        shown.set()
        return real(stderr=stderr)

    monkeypatch.setattr(printing, "PATIENCE_S", 0.0)
    monkeypatch.setattr(printing, "console", console)
    with waiting("importing"):
        assert shown.wait(30)
    assert "importing" in capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
def test_what_is_quick_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Not even for a moment."""
    with waiting("importing"):
        assert list(tracked([1, 2], "checking")) == [1, 2]
    assert capsys.readouterr().err == ""


def test_programs_see_no_progress(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither bar nor sign without a terminal, however long it takes."""
    monkeypatch.setattr(printing, "PATIENCE_S", 0.0)
    with waiting("importing"):
        assert list(tracked([1, 2], "checking")) == [1, 2]
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")


@pytest.mark.usefixtures("terminal")
def test_a_run_shows_its_counters_while_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stage by stage, on stderr."""
    monkeypatch.setattr(runs, "PATIENCE_S", 0.0)
    monkeypatch.setattr(runs, "watched", lambda: True)
    monkeypatch.setattr(runs, "_states", lambda state: iter([state, state]))
    with penstock.open_project() as project:
        flow = project.create_flow(name="short")
        raw = flow.add_stage("Dev Raw Data Source")
        raw.stop_after_first_batch = True
        raw.connect_output_to(flow.add_stage("Trash"))
        project.update_flow(flow)
        started = project.create_job("nightly", flow).start()
        started.wait()
        runs._watch(started)
    printed = capsys.readouterr()
    assert "nightly 1: Completed" in printed.err
    assert "DevRawDataSource_01" in printed.err
    assert printed.out == ""

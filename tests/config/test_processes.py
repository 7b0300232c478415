"""Programs that fall are started again, and none outlives the process that started it."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kontor.config import processes
from kontor.config.processes import FellError, Program, Supervisor

SLEEPER = "tests.config.sleeper"
PARENT = """
    import os, sys, time
    from kontor.config.processes import Program, Supervisor
    supervisor = Supervisor()
    supervisor.start(Program(name="sleeper", module="tests.config.sleeper", arguments=(sys.argv[1],)))
    time.sleep(60)
"""


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def noted(file: Path, count: int = 1) -> list[int]:
    """Wait until that many starts were noted; return their process numbers."""
    until(lambda: file.exists() and len(file.read_text().split()) >= count)
    return [int(word) for word in file.read_text().split()]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def sleeper(file: Path, *arguments: str) -> Program:
    return Program(name="sleeper", module=SLEEPER, arguments=(str(file), *arguments))


def test_a_program_that_is_killed_is_started_again_and_all_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "RESTART_SECONDS", 0.05)
    supervisor = Supervisor()
    supervisor.start(sleeper(tmp_path / "a"))
    supervisor.start(sleeper(tmp_path / "b"))
    (first,) = noted(tmp_path / "a")
    noted(tmp_path / "b")
    os.kill(first, signal.SIGKILL)
    until(lambda: (supervisor.restart_fallen(), len((tmp_path / "a").read_text().split()) == 2)[1])
    running = [noted(tmp_path / "a", 2)[1], *noted(tmp_path / "b")]
    supervisor.stop()
    assert [gone(pid) for pid in running] == [True, True]


def test_a_program_that_falls_again_and_again_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "RESTART_SECONDS", 0.0)
    supervisor = Supervisor()
    with (tmp_path / "log").open("wb") as log:
        supervisor.start(Program(name="web", module=SLEEPER, arguments=(str(tmp_path / "a"), "fall"), log=log))
        with pytest.raises(FellError) as fell:
            supervisor.watch(every=0.02)
        supervisor.stop()
    assert str(fell.value) == f"The web process ended 5 times within a minute; {tmp_path}/log says why."


def test_a_program_that_does_not_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.2)
    supervisor = Supervisor()
    supervisor.start(sleeper(tmp_path / "a", "stubborn"))
    (pid,) = noted(tmp_path / "a")
    supervisor.stop()
    assert gone(pid)


def test_programs_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path / "a")]) as parent:
        (pid,) = noted(tmp_path / "a")
        parent.kill()
    until(lambda: gone(pid))

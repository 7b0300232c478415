"""The processes that make up a running Kontor: started together, restarted when one falls, stopped together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

GRACE_SECONDS = 5.0
RESTART_SECONDS = 1.0
FALLS_PER_MINUTE = 5


class FellError(Exception):
    """A process falls again and again; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """
    One process: `python -m module`, in this environment.

    files  open file numbers it inherits
    log    where its output goes, None for this terminal
    """

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    files: tuple[int, ...] = ()
    log: IO[bytes] | None = None


@dataclass
class _Running:
    program: Program
    process: "subprocess.Popen[bytes]"
    falls: list[float] = field(default_factory=list)


class Supervisor:
    """
    Keeps programs running until this process is asked to stop.

    Each program holds the reading end of a pipe whose writing end lives here: when this process is killed without a
    chance to say so, the pipe ends and the programs stop by themselves (`follow_parent`).
    """

    def __init__(self) -> None:
        self.asked_to_stop = threading.Event()
        self._running: list[_Running] = []
        self._end, self._lifeline = os.pipe()

    def listen_to_signals(self) -> None:
        """Turn SIGTERM, SIGINT and SIGHUP into a calm stop."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._asked)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop.set()

    def start(self, program: Program) -> None:
        """Start a program and keep it."""
        self._running.append(_Running(program, self._spawn(program)))

    def _spawn(self, program: Program) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", program.module, *program.arguments],
            env={**os.environ, **program.environment, "KONTOR_PARENT_PIPE": str(self._end)},
            pass_fds=(self._end, *program.files),
            stdin=subprocess.DEVNULL,
            stdout=program.log,
            stderr=program.log,
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops the others in order
        )

    def watch(self, every: float = 0.2, then: Callable[[], object] = lambda: None) -> None:
        """Restart what falls and call `then`, until asked to stop; FellError where a program falls too often."""
        while not self.asked_to_stop.wait(every):
            self.restart_fallen()
            then()

    def restart_fallen(self) -> None:
        """Start again each program that has ended, at most FALLS_PER_MINUTE times."""
        for one in self._running:
            if one.process.poll() is None:
                continue
            now = time.monotonic()
            one.falls = [*(fall for fall in one.falls if now - fall < 60), now]  # noqa: PLR2004  a minute
            if len(one.falls) > FALLS_PER_MINUTE:
                where = f"; {one.program.log.name} says why" if one.program.log else ""
                raise FellError(
                    f"The {one.program.name} process ended {FALLS_PER_MINUTE} times within a minute{where}."
                )
            if self.asked_to_stop.wait(RESTART_SECONDS):
                return
            one.process = self._spawn(one.program)

    def stop(self) -> None:
        """Ask every program to end, and kill what has not done so in time."""
        for one in self._running:
            if one.process.poll() is None:
                one.process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        for one in self._running:
            try:
                one.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                one.process.kill()
                one.process.wait()
        self._running.clear()
        os.close(self._lifeline)
        os.close(self._end)


def follow_parent() -> None:
    """End this process in an orderly way when the one that started it is gone."""
    pipe = os.environ.pop("KONTOR_PARENT_PIPE", "")
    if pipe:
        threading.Thread(target=_wait_for_end, args=(int(pipe),), daemon=True).start()


def _wait_for_end(pipe: int) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)

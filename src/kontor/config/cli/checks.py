"""`kontor test`: every check there is, each a line with its seconds."""

import os
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from kontor.config import installation, translations
from kontor.config.cli.doctor import is_installed, system_packages
from kontor.config.cli.steps import console
from kontor.config.refusals import RefusedError

FREE = {"ignore_unknown_options": True, "allow_extra_args": True}
NO_TESTS = 5  # pytest's exit code
JOURNEYS = "tests/journeys"
STATIC: dict[str, list[str]] = {
    "ruff": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "shell": ["shellcheck", "kontor", ".ci/run"],
    "imports": ["lint-imports"],
    "types": ["mypy"],
}


@dataclass
class Outcome:
    """What the checks came to; `tests` counts passed, failed and skipped."""

    failed: list[str] = field(default_factory=list)
    tests: dict[str, int] = field(default_factory=lambda: {"passed": 0, "failed": 0, "skipped": 0})
    not_run: list[str] = field(default_factory=list)


def run_checks(
    context: typer.Context,
    *,
    journeys: Annotated[bool, typer.Option(help="Drive a real browser too.")] = True,
) -> None:
    """
    Prove everything: style, types, imports, all tests, and journeys in a real browser.

    With arguments only pytest runs, and gets them: `kontor test tests/rulebook -k term`. As root the browser is
    installed where it is missing; else the command that installs it is named and the journeys are left out.
    """
    if not (installation.CHECKOUT / "tests").is_dir():
        raise RefusedError("The tests are part of the source, not of the package: run ./kontor test in a clone.")
    translations.compile_all()
    if context.args:
        raise SystemExit(_run(["pytest", *context.args]))
    outcome = Outcome()
    browser = _Browser(wanted=journeys)
    for name, command in STATIC.items():
        _static(name, command, outcome)
    _unit_tests(outcome)
    if journeys and (installation.CHECKOUT / JOURNEYS).is_dir():
        if missing := browser.missing():
            outcome.not_run.append(f"The journeys in {JOURNEYS} did not run: {missing}")
        else:
            _pytest("journeys", ["-m", "journey", JOURNEYS], outcome)
    _conclude(outcome)


def _static(name: str, command: list[str], outcome: Outcome) -> None:
    begun = time.monotonic()
    done = subprocess.run(
        [str(_tool(command[0])), *command[1:]],
        cwd=installation.CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        outcome.failed.append(name)
        typer.echo(done.stdout)
    _line(name, begun, good=done.returncode == 0)


def _unit_tests(outcome: Outcome) -> None:
    """Run what needs no browser; then every branch of what decides and of what writes must have been taken."""
    with tempfile.TemporaryDirectory(prefix="kontor-") as folder:
        measured = str(Path(folder) / "coverage")
        _pytest("tests", ["-n", "2", "-m", "not journey", "--cov", "--cov-report="], outcome, COVERAGE_FILE=measured)
        if "tests" not in outcome.failed:  # a test that failed explains its branches itself
            least = ["--precision=2", "--fail-under=100"]
            _static("branches", ["coverage", "report", f"--data-file={measured}", *least], outcome)


def _pytest(name: str, arguments: list[str], outcome: Outcome, **environment: str) -> None:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kontor-") as folder:
        report = Path(folder) / "report.xml"
        code = _run(["pytest", "-q", f"--junitxml={report}", *arguments], **environment)
        if report.exists():
            _count(report, outcome)
    if code:
        outcome.failed.append(f"{name} (none found)" if code == NO_TESTS else name)
    _line(name, begun, good=code == 0)


def _count(report: Path, outcome: Outcome) -> None:
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314  pytest wrote it a moment ago
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        outcome.tests["failed"] += failed
        outcome.tests["skipped"] += skipped
        outcome.tests["passed"] += int(suite.get("tests", 0)) - failed - skipped


def _conclude(outcome: Outcome) -> None:
    for sentence in outcome.not_run:
        typer.echo(sentence)
    if outcome.failed:
        typer.echo(f"Not in order: {', '.join(outcome.failed)}.")
    counts = outcome.tests
    typer.echo(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    raise SystemExit(1 if outcome.failed else 0)


def _line(name: str, begun: float, *, good: bool) -> None:
    sign = "[green]✓[/green]" if good else "[red]✗[/red]"
    console.print(f"{sign} {name:<20} {time.monotonic() - begun:6.1f} s")


def _run(command: list[str], **environment: str) -> int:
    return subprocess.run(
        [str(_tool(command[0])), *command[1:]],
        cwd=installation.CHECKOUT, stdin=subprocess.DEVNULL, env={**os.environ, **environment}, check=False,
    ).returncode  # fmt: skip


def _tool(name: str) -> Path:
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise RefusedError(f"{name} is not installed here: start by ./kontor test, which installs the test tools.")
    return path


class _Browser:
    """The journeys' system packages, installed beside the first checks where root may do so."""

    def __init__(self, *, wanted: bool) -> None:
        self.absent = [name for name in system_packages() if not is_installed(name)]
        self.said = ""
        self.thread: threading.Thread | None = None
        if wanted and self.absent and os.geteuid() == 0:
            self.thread = threading.Thread(target=self._install)
            self.thread.start()

    def _install(self) -> None:
        begun = time.monotonic()
        own = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *self.absent]):
            done = subprocess.run(
                ["apt-get", *command], env=own, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            if done.returncode:
                self.said = f" (apt-get {command[0]}: {done.stderr.strip().splitlines()[-1:]})"
                break
        _line("browser installed", begun, good=not self.said)

    def missing(self) -> str:
        """Return why there is no browser and what to do, empty where there is one."""
        if self.thread:
            self.thread.join()
        absent = [name for name in system_packages() if not is_installed(name)]
        return f"apt install {' '.join(absent)}{self.said}" if absent else ""

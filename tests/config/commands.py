"""The command line, run as a person runs it."""

import os
import subprocess
import sys
from pathlib import Path

OURS = ("KONTOR_", "DATABASE_", "DJANGO_", "PG")


def clean(**variables: str) -> dict[str, str]:
    """Return this environment without anything that tells Kontor where things are, and with `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "LC_ALL": "C.UTF-8", "COLUMNS": "200", **variables}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "kontor.config.cli", *arguments]


def kontor(*arguments: str, cwd: Path | None = None, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        command(*arguments), env=clean(**variables), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, timeout=120, cwd=cwd,
    )  # fmt: skip

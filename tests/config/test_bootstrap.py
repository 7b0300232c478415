"""The shell script before the command line, with stand-ins for Python: what it asks of a machine and what it skips."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ("cat", "chmod", "cksum", "cp", "date", "dirname", "find", "mkdir", "readlink", "rm", "sh", "sleep", "sort")
NO_VENV = """#!/bin/sh
case "$*" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac
"""
OLD = """#!/bin/sh
exit 1
"""
# Makes what the real one would make: an environment whose python makes uv, and whose uv makes .venv/bin/python.
WHOLE = """#!/bin/sh
echo "python $*" >>"$CALLS"
case "$*" in
*"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
*"pip install"*) cp "$0" "$(dirname "$0")/uv" ;;
*sync*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
*kontor.config.cli*) shift 2; for word; do echo "<$word>"; done ;;
*--version*) echo "Python 3.11.2" ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a space in its name, holding the script and the files that it compares."""
    folder = tmp_path / "my kontor"
    folder.mkdir()
    shutil.copy(ROOT / "kontor", folder)
    (folder / "src").mkdir()
    (folder / "tools").mkdir()
    for name in ("uv.lock", "pyproject.toml", "package-lock.json", "tools/build_assets.mjs"):
        (folder / name).write_text(name)
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        (programs / tool).symlink_to(str(shutil.which(tool)))
    return folder


def install(checkout: Path, name: str, script: str) -> None:
    program = checkout.parent / "bin" / name
    program.write_text(script)
    program.chmod(0o755)


def run(
    checkout: Path, *arguments: str, shell: str = "sh", cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    own: Mapping[str, str] = {"PATH": str(checkout.parent / "bin"), "CALLS": str(checkout.parent / "calls")}
    return subprocess.run(
        [str(shutil.which(shell)), str(checkout / "kontor"), *arguments],
        env=dict(own), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60, cwd=cwd,
    )  # fmt: skip


def calls(checkout: Path) -> list[str]:
    file = checkout.parent / "calls"
    said = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return [line for line in said if "kontor.config.cli" not in line and " -c " not in line and "--version" not in line]


def test_without_python_it_says_what_to_install(checkout: Path) -> None:
    ran = run(checkout, "demo")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "kontor: Python 3.11 or newer is needed: install it with python3-venv (apt install python3 python3-venv).\n"
    )


def test_an_older_python_does_not_do(checkout: Path) -> None:
    install(checkout, "python3", OLD)
    assert run(checkout, "demo").stderr == (
        "kontor: Python 3.11 or newer is needed: install it with python3-venv (apt install python3 python3-venv).\n"
    )


def test_a_python_without_venv_is_named_with_the_package_that_is_missing(checkout: Path) -> None:
    install(checkout, "python3", NO_VENV)
    assert run(checkout, "demo").stderr == (
        f"kontor: {checkout.parent}/bin/python3 cannot make environments: install python3-venv "
        "(apt install python3-venv).\n"
    )


def test_the_first_start_prepares_and_the_second_hands_over_at_once(checkout: Path) -> None:
    install(checkout, "python3.11", WHOLE)
    first = run(checkout, "calc", "term", "--on", "a day")
    assert (first.returncode, first.stdout) == (0, "<calc>\n<term>\n<--on>\n<a day>\n")
    lines = first.stderr.splitlines()
    assert [lines[0], *(line.split()[0] for line in lines[1:])] == [
        "Kontor prepares itself with Python 3.11.2; this happens once.",
        "installer",
        "python-packages",
        "prepared",
    ]
    assert [line.split()[1] for line in calls(checkout)] == ["-m", "-m", "sync"]
    second = run(checkout, "calc", "--list")
    assert (second.stdout, second.stderr, calls(checkout)) == ("<calc>\n<--list>\n", "", [])


def test_a_changed_lock_file_is_noticed_and_nothing_else_is_done_again(checkout: Path) -> None:
    install(checkout, "python3", WHOLE)
    run(checkout, "doctor")
    calls(checkout)
    (checkout / "uv.lock").write_text("changed")
    run(checkout, "doctor")
    assert calls(checkout) == ["python sync --quiet --frozen --inexact"]


def test_the_test_tools_come_with_the_first_test_and_stay(checkout: Path) -> None:
    install(checkout, "python3", WHOLE)
    run(checkout, "doctor")
    calls(checkout)
    run(checkout, "test")  # the stand-in has no Node, so the pages fail; the packages are what counts here
    assert "python sync --quiet --frozen --inexact --group dev" in calls(checkout)


def test_a_step_that_fails_is_shown_and_tried_again(checkout: Path) -> None:
    install(checkout, "python3", WHOLE.replace("*sync*)", "*sync*) echo the registry is away; exit 1 ;; *never*)"))
    for _ in range(2):
        ran = run(checkout, "doctor")
        assert ran.returncode == 1
        assert ran.stderr.splitlines()[-2:] == [
            "the registry is away",
            "kontor: python-packages could not be prepared; the lines above say why, and the next start tries again.",
        ]
    assert not (checkout / ".boot" / "lock").exists()


def test_a_lock_whose_holder_is_dead_is_taken_over(checkout: Path) -> None:
    install(checkout, "python3", WHOLE)
    (checkout / ".boot" / "lock").mkdir(parents=True)
    (checkout / ".boot" / "lock" / "pid").write_text("1073741824\n")
    assert run(checkout, "doctor").returncode == 0


def test_the_folder_it_is_called_from_stays(checkout: Path) -> None:
    install(checkout, "python3", WHOLE.replace("shift 2;", "shift 2; pwd;"))
    assert run(checkout, "calc", cwd=checkout.parent).stdout == f"{checkout.parent}\n<calc>\n"


def test_a_link_to_it_works(checkout: Path) -> None:
    install(checkout, "python3", WHOLE)
    (checkout.parent / "link").symlink_to("my kontor/kontor")
    ran = subprocess.run(
        [str(checkout.parent / "link"), "doctor"],
        env={"PATH": str(checkout.parent / "bin"), "CALLS": os.devnull},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (0, "<doctor>\n")

"""Every command, option, recipe and file that the documentation names is there."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from kontor.config.cli import app
from kontor.config.cli.calc import FLAGS, OURS
from kontor.rulebook import calc, terms
from tests.architecture import source

PAGES = sorted(
    [
        *source.CHECKOUT.glob("*.md"),
        *(source.CHECKOUT / "docs").rglob("*.md"),
        *source.SOURCE.rglob("README.md"),
    ]
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
SHELL = {"", "sh", "console", "text"}
PLACES = re.compile(r"(?<![\w./-])((?:src/kontor|docs|tests|tools|benchmarks)/[\w./-]*\w)")
BLANK = re.compile(r"[A-Z]{2,}|<|…|\*|\.\.\.|/loans")  # a place with a blank to fill in, and the guide's example


def _lines(page: Path) -> Iterator[str]:
    """Yield what a page shows as code: each line of its shell blocks, and each inline piece."""
    text = page.read_text(encoding="utf-8")
    for language, block in FENCE.findall(text):
        if language in SHELL:
            yield from block.splitlines()
    yield from INLINE.findall(FENCE.sub("", text))


def _commands(page: Path, name: str) -> Iterator[list[str]]:
    for line in _lines(page):
        found = re.match(rf"\s*(?:\$ )?(?:\./)?{name}((?: .*)?)$", line)
        if found:
            yield shlex.split(found.group(1).replace("…", ""), comments=True)


@pytest.mark.parametrize("page", PAGES, ids=source.name)
def test_every_command_and_option_named_is_there(page: Path):
    unknown = [
        f"kontor {' '.join(words)}: {problem}" for words in _commands(page, "kontor") for problem in _problems(words)
    ]

    assert unknown == []


def _problems(words: list[str]) -> Iterator[str]:
    command: Any = typer.main.get_command(app)
    rest = list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        choices = name.split("|")
        for choice in choices:
            if choice not in command.commands:
                yield f"there is no command {choice}"
                return
        command = command.commands[choices[0]]
    if command.name == "calc":
        yield from _calc_problems(rest)
    elif command.name != "test" or not rest or rest[0].startswith("--"):
        known = {option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]}
        given = {word.split("=")[0] for word in rest if word.startswith("-")}
        for option in sorted(given - known - {"-h", "--help"}):
            yield f"{command.name} has no {option}"


def _calc_problems(words: list[str]) -> Iterator[str]:
    question = next((word for word in words if not word.startswith("-")), None)
    if question and not question.isupper() and question not in calc.QUESTIONS:
        yield f"there is no question {question}"
        return
    packs = [terms.load(key) for key in terms.keys()]  # noqa: SIM118  a function, not a dictionary
    asked = calc.QUESTIONS.get(question or "")
    known = {option.name for pack in packs for option in asked.options(pack)} if asked else set()
    for option in (word.removeprefix("--").split("=")[0] for word in words if word.startswith("--")):
        if option not in known | FLAGS | OURS:
            yield f"{question} asks for no --{option}"


@pytest.mark.parametrize("page", PAGES, ids=source.name)
def test_every_recipe_named_is_there(page: Path):
    just = Path(sys.executable).parent / "just"
    listed = subprocess.run(
        [str(just), "--summary"], cwd=source.CHECKOUT, capture_output=True, text=True, check=True
    ).stdout.split()
    named = {words[0] for words in _commands(page, "just") if words and not words[0].startswith("-")}

    assert named - set(listed) == set()


@pytest.mark.parametrize("page", PAGES, ids=source.name)
def test_every_file_named_is_there(page: Path):
    text = page.read_text(encoding="utf-8")
    named = {place for place in PLACES.findall(text) if not BLANK.search(place)}

    assert {place for place in named if not list(source.CHECKOUT.glob(place))} == set()


@pytest.mark.parametrize("page", PAGES, ids=source.name)
def test_every_link_leads_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", FENCE.sub("", page.read_text(encoding="utf-8")))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert broken == []


def test_the_documentation_builds_with_every_page_in_its_place(tmp_path: Path):
    done = subprocess.run(
        [str(Path(sys.executable).parent / "mkdocs"), "build", "--quiet", "--strict", "--site-dir", str(tmp_path)],
        cwd=source.CHECKOUT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")

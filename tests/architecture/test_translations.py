"""Whatever a person can read is there in German too, and keeps its blanks."""

import re
from pathlib import Path

import pytest

from tests.architecture import source
from tools import messages

BLANK = re.compile(r"%\((\w+)\)[a-z]|%[sd]|\{(\w*)\}")


@pytest.mark.requirement("FW-084")
def test_everything_said_has_german():
    known = messages.translated().keys() | messages.of_django()

    assert {place: key for key, place in messages.said().items() if key not in known} == {}


@pytest.mark.parametrize("file", messages.catalogues(), ids=lambda file: file.relative_to(source.SOURCE).parts[-5])
def test_a_catalogue_is_finished(file: Path):
    unfinished = [
        message.id for message in messages.catalogues()[file] if message.id and (message.fuzzy or not _german(message))
    ]

    assert unfinished == []


def _german(message: object) -> bool:
    string = message.string  # type: ignore[attr-defined]
    return all(string) if isinstance(string, tuple) else bool(string)


def test_german_keeps_the_blanks():
    odd = [
        message.id
        for catalogue in messages.catalogues().values()
        for message in catalogue
        if message.id
        and set.union(*map(_blanks, _forms(message.string))) != set.union(*map(_blanks, _forms(message.id)))
    ]

    assert odd == []


def _forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _blanks(text: str) -> set[str]:
    return {found.group() for found in BLANK.finditer(text)}


def test_german_keeps_its_tone():
    loud = [form for forms in messages.translated().values() for form in forms if re.search(r"!|erfolgreich", form)]

    assert loud == []


def test_no_catalogue_says_what_another_says_otherwise():
    """Django merges all catalogues into one, in which the first to say something is heard."""
    heard: dict[messages.Key, set[tuple[str, ...]]] = {}
    for catalogue in messages.catalogues().values():
        for message in catalogue:
            english = message.id[0] if isinstance(message.id, tuple) else message.id
            german = message.string if isinstance(message.string, tuple) else (message.string,)
            if english:
                heard.setdefault((message.context or "", english), set()).add(tuple(map(str, german)))

    assert {key: forms for key, forms in heard.items() if len(forms) > 1} == {}

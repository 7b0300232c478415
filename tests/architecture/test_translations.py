"""Whatever a person can read is there in German too, and keeps its blanks."""

import ast
import re
from pathlib import Path

import pytest

from kontor.kernel.input_words import INPUT_WORDS
from tests.architecture import source
from tools import messages

PAIR = 2
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


def test_every_input_of_a_ruling_has_words():
    """What the rulebook writes among a ruling's inputs, as (name, value), is read beside "Why?"."""
    nameless = {
        f"{source.name(file)}:{pair.lineno} {pair.elts[0].value}"
        for file in source.modules(source.SOURCE / "rulebook")
        for holder in ast.walk(source.tree(file))
        if not isinstance(holder, ast.Return)  # one pair alone is an answer of two parts
        for pair in ast.iter_child_nodes(holder)
        if _is_input(pair) and pair.elts[0].value not in INPUT_WORDS
    }

    assert nameless == set()


def _is_input(node: ast.AST) -> bool:
    """Whether it is a pair of a name and what is worked out for it; a name with fixed words is a choice of a form."""
    if not (isinstance(node, ast.Tuple) and len(node.elts) == PAIR and isinstance(node.elts[0], ast.Constant)):
        return False
    name, value = node.elts[0].value, node.elts[1]
    fixed = isinstance(value, ast.Constant) or ast.unparse(value).startswith("Text(") or ast.unparse(value).isupper()
    return isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]*", name) is not None and not fixed

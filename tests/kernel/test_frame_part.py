"""What is the same on every page is drawn once, and never for somebody who should see another."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from kontor.kernel.templatetags import frame

MENU = '{% frame_part "kernel/shell/menu.html" %}'
PERSON = '{% frame_part "kernel/shell/person.html" %}'
ITEM = {"label": "Invoices", "url": "/books/invoices/", "icon": "x", "active": False, "count": None, "hand": None}


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_drawn", {})


def drawn(source: str, **given: Any) -> str:
    told = {
        "LANGUAGE_CODE": "en",
        "csrf_token": "token of anna",
        "standing": SimpleNamespace(tenant=SimpleNamespace(name="Alder", is_house=True)),
        "person": {"name": "Anna Alder", "note": "anna@alder.example"},
        "look": {"theme": "", "density": ""},
        "navigation": [{"label": "Money", "items": [ITEM]}],
        "quick": [],
    }
    with translation.override(given.get("LANGUAGE_CODE", "en")):
        return Template(source).render(Context(told | given))


def test_a_part_is_drawn_once_and_each_reader_gets_their_own_token() -> None:
    anna, again, other = drawn(PERSON), drawn(PERSON), drawn(PERSON, csrf_token="token of bert")
    assert anna == again
    assert anna.count("token of anna") == 4  # three switches and signing out
    assert other == anna.replace("token of anna", "token of bert")
    assert len(frame._drawn) == 1
    assert "token of" not in "".join(frame._drawn.values())


@pytest.mark.parametrize(
    "changed",
    [
        {"person": {"name": "Bert Birch", "note": "bert@birch.example"}},
        {"look": {"theme": "dark", "density": ""}},
        {"LANGUAGE_CODE": "de"},
    ],
)
def test_another_reader_gets_another_part(changed: dict[str, Any]) -> None:
    drawn(PERSON)
    part = drawn(PERSON, **changed)
    assert len(frame._drawn) == 2
    frame._drawn.clear()
    assert part == drawn(PERSON, **changed)


def test_the_menu_shows_where_one_is_and_what_one_may_open() -> None:
    here = [{"label": "Money", "items": [ITEM | {"active": True, "hand": 3}]}]
    assert 'aria-current="page"' not in drawn(MENU)
    part = drawn(MENU, navigation=here)
    assert (part.count('aria-current="page"'), part.count("need a hand")) == (1, 1)
    assert "/books/" not in drawn(MENU, navigation=[])


def test_what_is_remembered_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "KEPT", 3)
    for number in range(7):
        drawn(PERSON, person={"name": str(number), "note": ""})
    assert len(frame._drawn) == 1


def test_a_part_needs_a_template_around_it() -> None:
    with pytest.raises(RuntimeError, match="inside a template"):
        frame.frame_part(Context({}), "kernel/shell/menu.html")

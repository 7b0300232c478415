"""BGB § 193 at the place of performance: weekends, holidays of country and state, and where nothing moves."""

from datetime import date

import pytest

from kontor.rulebook import due_place, terms
from kontor.rulebook.due import Receipt, due_date, payable_until
from kontor.rulebook.due_place import Place, moved_by, working_days_at
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.concluded import concluded

TWO_WEEKS = Duration.parse("14 days")


@pytest.mark.parametrize(("key", "moves"), [
    ("dealership", True), ("bookkeeping", True),  # German law, and the text leaves the days to the offer
    ("visitor", False),  # calendar days of its own text, 7.4
    ("leisure", False), ("crm", False),  # French law has no such rule on file; no pack holds Norwegian law
])  # fmt: skip
def test_which_packs_move_a_due_day(key, moves):
    found = moved_by(terms.load(key), Place("DE", "HH"))
    assert (found is not None) is moves
    if found:
        assert [clause.number for clause in found.clauses] == ["BGB § 193"]


def test_what_the_offer_agreed_is_moved_and_what_the_text_says_is_not_even_where_the_offer_says_it_too():
    agreed = concluded("dealership", "2026-01", settings={}, agreed={"invoicing.due": "14 days"})
    assert moved_by(agreed, Place("DE")) is not None
    outranked = concluded("visitor", "2026-01", settings={}, agreed={"invoicing.due": "10 days"})
    assert moved_by(outranked, Place("DE")) is None


@pytest.mark.parametrize(("issued", "place", "due"), [
    (date(2026, 1, 31), Place("DE", "HH"), date(2026, 2, 16)),  # Sat 14 Feb: Monday
    (date(2026, 3, 20), Place("DE", "HH"), date(2026, 4, 7)),  # Good Friday 3 Apr: Tuesday after Easter
    (date(2026, 5, 21), Place("DE", "BY"), date(2026, 6, 5)),  # Corpus Christi 4 Jun in Bavaria
    (date(2026, 5, 21), Place("DE", "HH"), date(2026, 6, 4)),  # and not in Hamburg
    (date(2026, 5, 21), Place("DE"), date(2026, 6, 4)),  # nor where the state is unknown
    (date(2026, 4, 10), Place("AT"), date(2026, 4, 24)),
    (date(2026, 3, 20), Place(), date(2026, 4, 3)),  # nothing known: Saturday and Sunday alone
    (date(2026, 1, 31), Place(), date(2026, 2, 16)),
    (date(2026, 3, 20), Place("XX"), date(2026, 4, 3)),  # no calendar known
])  # fmt: skip
def test_a_due_day_moves_to_the_next_working_day_of_the_place(issued, place, due):
    days, _known = working_days_at(place)
    assert due_date(issued, TWO_WEEKS, moved_by=days).value == due
    received = Receipt(issued, Text("per Post", "by post"))
    assert payable_until(issued, TWO_WEEKS, from_receipt=True, received=received, moved_by=days).value == due
    assert payable_until(issued, TWO_WEEKS, from_receipt=False, moved_by=days).value == due


@pytest.mark.parametrize(("place", "words"), [
    (Place("DE", "HH"), "(BGB § 269, § 270 (4)): DE-HH."),
    (Place("AT"), "(BGB § 269, § 270 (4)): AT."),
    (Place("XX"), "XX; no holiday calendar is known, Saturday and Sunday count."),
    (Place(), "it was not written down, Saturday and Sunday count."),
])  # fmt: skip
def test_the_place_is_said_with_its_sections(place, words):
    assert working_days_at(place)[1].en.endswith(words)


def test_a_place_is_kept_and_read_again():
    assert Place.read(Place("DE", "HH").told) == Place("DE", "HH")
    assert Place.read(None) == Place()


def test_a_law_without_a_rule_and_a_pack_without_invoices_move_nothing(monkeypatch):
    law = terms.law("de")
    pack = terms.load("dealership")
    for silent in (None, law.model_copy(update={"counting": None})):
        monkeypatch.setattr(due_place.terms, "law_of", lambda _pack, silent=silent: silent)
        assert moved_by(pack, Place("DE")) is None
    monkeypatch.setattr(due_place.terms, "law_of", lambda _pack: law)
    bare = pack.model_copy(update={"invoicing": None})
    monkeypatch.setattr(due_place.terms, "load", lambda *_named: bare)
    assert moved_by(pack, Place("DE")) is None

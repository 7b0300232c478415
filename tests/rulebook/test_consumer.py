"""Consumers: refused where terms are for businesses, where the law forbids what they say, and where it is silent."""

from typing import Any

import pytest

from kontor.rulebook import consumer, terms
from kontor.rulebook.consumer import may_buy
from kontor.rulebook.terms import LawPack, TermsPack
from kontor.rulebook.terms.concluded import concluded


def pack(key: str, **agreed: Any) -> TermsPack:
    return concluded(key, "2026-01", settings={}, agreed={name.replace("__", "."): it for name, it in agreed.items()})


@pytest.mark.parametrize("key", ["dealership", "crm", "visitor", "bookkeeping", "leisure"])
def test_every_pack_takes_a_business(key):
    assert may_buy(terms.load(key), consumer=False).value


@pytest.mark.parametrize(
    ("told", "clauses", "words"),
    [
        (pack("visitor"), ["3.5"], "for businesses only (3.5)"),
        (pack("crm"), [], "neither these terms nor a law on file"),
        (pack("leisure"), [], "neither these terms nor a law on file"),
        (pack("bookkeeping", term__renewal="12 months"), ["11", "BGB § 309 Nr. 9"], "renewed by a fixed term"),
        (pack("dealership", term__renewal="1 month"), ["Präambel", "BGB § 309 Nr. 9"], "renewed by a fixed term"),
    ],
)  # fmt: skip
def test_a_consumer_is_refused_with_the_clause(told, clauses, words):
    found = may_buy(told, consumer=True)
    assert (found.value, [clause.number for clause in found.clauses]) == (False, clauses)
    assert words in found.working[-1].en


@pytest.mark.parametrize(
    ("notice", "allowed"), [("1 month", True), ("2 months", False), ("31 days", True), ("6 weeks", False)]
)
def test_a_consumer_s_notice_is_a_month_at_most(notice, allowed):
    """Where nothing renews by a fixed term; a month from 1 January is 31 days, six weeks are 42."""
    told = pack("dealership", notice__period=notice)
    found = may_buy(told, consumer=True)
    assert found.value is allowed
    assert found.clauses[-1].number == "BGB § 309 Nr. 9"


def test_where_nothing_is_said_about_notice_nothing_stands_against_it():
    told = terms.load("dealership").model_copy(update={"notice": None, "term": None, "declarations": None})
    assert may_buy(told, consumer=True).value


@pytest.mark.parametrize(("gone", "clauses"), [("renewal", []), ("notice", ["BGB § 309 Nr. 9"])])
def test_a_law_that_says_only_half_forbids_no_more(monkeypatch, gone, clauses):
    law = terms.law("de")
    assert law.consumer is not None
    half: LawPack = law.model_copy(update={"consumer": law.consumer.model_copy(update={gone: None})})
    monkeypatch.setattr(consumer.terms, "law_of", lambda _pack: half)
    found = may_buy(pack("bookkeeping"), consumer=True)
    assert (found.value, [clause.number for clause in found.clauses]) == (True, clauses)

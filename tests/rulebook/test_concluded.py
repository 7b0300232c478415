"""A pack as one contract has it."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Clause
from kontor.rulebook.terms import PackError, load
from kontor.rulebook.terms.concluded import concluded, missing
from kontor.rulebook.terms.units import HolidayRule
from tests.rulebook.pack_table import keys


def visitor(*, settings=None, agreed=None):
    return concluded("visitor", "2026-01", settings=settings or {}, agreed=agreed or {})


def test_nothing_chosen_is_the_pack_itself():
    assert visitor() == load("visitor", version="2026-01")


def test_a_reading_chosen_takes_the_place_of_the_default():
    counts = visitor(settings={"notice.counts": "sent"}).notice.counts
    assert (counts.value, counts.origin, counts.clause) == ("sent", "setting", Clause("visitor", "4.6.1", "2026-01"))


def test_a_blank_filled_cites_the_clause_that_left_it():
    initial = visitor(agreed={"term.initial": "24 months"}).term.initial
    assert (initial.value, initial.origin) == (Duration.parse("24 months"), "offer")
    assert [clause.number for clause in initial.clauses] == ["4.6.1", "2.2"]


@pytest.mark.requirement("FW-005")
def test_the_offer_ranks_above_the_terms():
    due = visitor(agreed={"invoicing.due": "30 days"}).invoicing.due
    assert (due.value, due.origin, due.clause.number) == (Duration.parse("30 days"), "offer", "7.4")


def test_the_offer_may_settle_a_reading_as_it_likes():
    pack = concluded("leisure", "2026-01", settings={}, agreed={"mailing.interested_within": "1 month"})
    assert pack.mailing.interested_within.value == Duration.parse("1 month")


def test_tables_lists_and_dates_are_written_as_in_a_file():
    pack = visitor(settings={"blocking.holidays": {"country": "DE", "subdivision": "BE"}})
    assert pack.blocking.holidays.value == HolidayRule(country="DE", subdivision="BE")
    days = concluded("leisure", "2026-01", settings={}, agreed={"invoicing.dates": [date(2026, 2, 1)]})
    assert days.invoicing.dates.value == (date(2026, 2, 1),)


def test_equal_choices_share_one_pack_and_yes_is_not_one():
    assert visitor(agreed={"prices.net": False}) is visitor(agreed={"prices.net": False})
    with pytest.raises(PackError):
        visitor(agreed={"prices.net": 0})


@pytest.mark.parametrize("empty", [None, ""])
def test_what_is_left_empty_stays_to_be_agreed(empty):
    left = keys(visitor(agreed={"term.initial": empty}).to_be_agreed())
    assert left[:2] == ("formation.storage_gigabytes", "term.initial")


@pytest.mark.parametrize(
    ("settings", "agreed", "sentence"),
    [
        ({}, {"term.initial": "11 months"}, 'term.initial: expected at least 12 months, found "11 months".'),
        ({"notice.counts": "some day"}, {}, "notice.counts.value: expected 'sent' or 'received', found \"some day\"."),
        (
            {"cooperation.provider_backs_up": "all"},
            {},
            "cooperation.provider_backs_up.value: expected 'nothing', 'platform_only' or 'restore_promised', "
            'found "all".',
        ),
        (
            {},
            {"service_level.availability": "99"},
            'service_level.availability.value: expected a percentage such as "98 %", found "99".',
        ),
    ],
)
def test_what_a_clause_does_not_admit_is_refused(settings, agreed, sentence):
    with pytest.raises(PackError) as refused:
        visitor(settings=settings, agreed=agreed)
    assert str(refused.value) == f"visitor-2026-01.toml, {sentence}"


def test_a_reading_outside_its_range_is_refused():
    with pytest.raises(PackError) as refused:
        concluded("leisure", "2026-01", settings={"mailing.interested_within": "7 months"}, agreed={})
    assert [str(finding) for finding in refused.value.findings] == [
        "leisure-2026-01.toml, mailing.interested_within: expected at least 3 months and at most 6 months, "
        'found "7 months".'
    ]


@pytest.mark.parametrize(
    ("settings", "agreed"),
    [
        ({"notice.period": "1 month"}, {}),  # stated, no reading
        ({"term.initial": "12 months"}, {}),  # a blank, no reading
        ({}, {"arrears.lump_sum": "40 EUR"}),  # the contract is silent
        ({}, {"notice.perod": "1 month"}),
    ],
)
def test_a_key_that_cannot_be_filled_is_an_error(settings, agreed):
    with pytest.raises(KeyError):
        visitor(settings=settings, agreed=agreed)


def test_what_an_offer_still_lacks_depends_on_what_is_ordered():
    pack = load("leisure", version="2026-01")
    agreed = {"term.initial": "36 months", "invoicing.interval": "", "support.fault_address": "faults@example.org"}
    lacking = keys(missing(pack, agreed=agreed, ordered=frozenset({"gokarts"})))
    blanks = ("licence.granted_for", "invoicing.interval", "invoicing.dates", "invoicing.due", "subprocessors.named")
    assert lacking == blanks
    with_mail = keys(missing(pack, agreed=agreed, ordered=frozenset({"mailing"})))
    assert set(with_mail) - set(lacking) == {
        f"mailing.thresholds.{name}"
        for name in ("bounces", "unsubscribes", "blocks", "spam_complaints", "spam_traps", "misuse_complaints")
    }


def test_an_agreed_availability_is_a_decimal():
    assert visitor(agreed={"service_level.availability": "99.5 %"}).service_level.availability.value == Decimal("99.5")

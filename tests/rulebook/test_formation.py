"""When a contract comes into being."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.formation import Event, Formation, Step, formed, missing_steps, term_begins
from kontor.rulebook.moment import MomentError
from kontor.rulebook.ruling import Clause

BERLIN = ZoneInfo("Europe/Berlin")
OSLO = ZoneInfo("Europe/Oslo")
VISITOR = Clause("visitor", "3.1")
CRM = Clause("crm", "§1.2")


def on(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=BERLIN)


OFFERED = Event(Step.OFFERED, on(1))
ACCEPTED = Event(Step.ACCEPTED, on(3))
RECEIVED = Event(Step.RECEIVED, on(6))
ISSUED = Event(Step.CONFIRMATION_ISSUED, on(8))
DELIVERED = Event(Step.CONFIRMATION_RECEIVED, on(9))
ALL = [OFFERED, ACCEPTED, RECEIVED, ISSUED, DELIVERED]


@pytest.mark.requirement("FW-001")
def test_visitor_begins_with_the_receipt_of_the_confirmation():
    ruling = formed(Formation.CONFIRMATION_RECEIVED, ALL, clauses=[VISITOR])
    assert ruling.value == on(9)
    assert ruling.clauses == (VISITOR,)
    assert ruling.inputs[-1] == ("confirmation_received", "2026-06-09T12:00:00+02:00")
    assert ruling.working == (
        (
            (
                "Der Vertrag ist mit dem Zugang der Auftragsbestätigung beim Kunden zustande gekommen: "
                "Di 09.06.2026, 12:00 Uhr."
            ),
            (
                "The contract came into being by receipt of the order confirmation by the customer: "
                "Tue 9 June 2026, 12:00."
            ),
        ),
    )


@pytest.mark.requirement("FW-001")
def test_an_order_without_confirmation_makes_no_contract_and_the_ruling_says_what_is_missing():
    ruling = formed(Formation.CONFIRMATION_RECEIVED, [OFFERED, ACCEPTED, RECEIVED], clauses=[VISITOR])
    assert ruling.value is None
    assert ruling.clauses == (VISITOR,)
    assert ruling.working == (
        (
            "Der Vertrag kommt mit dem Zugang der Auftragsbestätigung beim Kunden zustande.",
            "The contract comes into being by receipt of the order confirmation by the customer.",
        ),
        (
            "Es fehlt noch: die Auftragsbestätigung; ihr Zugang beim Kunden",
            "Still missing: the order confirmation; its receipt by the customer",
        ),
    )
    assert missing_steps(Formation.CONFIRMATION_RECEIVED, [OFFERED, ACCEPTED, RECEIVED]) == (
        Step.CONFIRMATION_ISSUED,
        Step.CONFIRMATION_RECEIVED,
    )
    assert missing_steps(Formation.CONFIRMATION_RECEIVED, ALL) == ()


@pytest.mark.requirement("AP-004")
def test_leisure_begins_with_the_receipt_of_the_signed_offer():
    assert formed(Formation.SIGNED_OFFER_RECEIVED, ALL, clauses=[]).value == on(6)
    assert formed(Formation.SIGNED_OFFER_RECEIVED, ALL[:2], clauses=[]).value is None


def test_crm_begins_with_the_signature_and_later_orders_with_the_confirmation():
    assert formed(Formation.ORDER_SIGNED, ALL, clauses=[CRM]).value == on(3)
    assert formed(Formation.CONFIRMATION_ISSUED, ALL, clauses=[CRM]).value == on(8)
    assert formed(Formation.CONFIRMATION_ISSUED, ALL[:3], clauses=[CRM]).value is None


def test_dealership_and_bookkeeping_begin_when_the_acceptance_arrives():
    at_once = [OFFERED, ACCEPTED, Event(Step.RECEIVED, ACCEPTED.at)]
    assert formed(Formation.ACCEPTANCE, at_once, clauses=[]).value == on(3)
    assert missing_steps(Formation.ACCEPTANCE, [OFFERED]) == (Step.ACCEPTED, Step.RECEIVED)
    assert missing_steps(Formation.ACCEPTANCE, []) == (Step.OFFERED, Step.ACCEPTED, Step.RECEIVED)


def test_a_confirmation_before_the_order_confirms_nothing():
    early = [
        OFFERED,
        Event(Step.CONFIRMATION_ISSUED, on(2)),
        Event(Step.CONFIRMATION_RECEIVED, on(2)),
        ACCEPTED,
        RECEIVED,
    ]
    assert formed(Formation.CONFIRMATION_RECEIVED, early, clauses=[]).value is None
    again = [*early, ISSUED, DELIVERED]
    assert formed(Formation.CONFIRMATION_RECEIVED, again, clauses=[]).value == on(9)


def test_a_late_acceptance_accepts_nothing():
    in_time = formed(Formation.ACCEPTANCE, ALL, clauses=[], open_until=on(6))
    assert in_time.value == on(6)
    late = formed(Formation.ACCEPTANCE, ALL, clauses=[VISITOR], open_until=on(6, 11))
    assert (late.value, late.clauses) == (None, (VISITOR,))
    assert late.working == (
        (
            "Das Angebot galt nur bis Sa 06.06.2026, 11:00 Uhr; die Annahme kam später: Sa 06.06.2026, 12:00 Uhr.",
            "The offer was open until Sat 6 June 2026, 11:00 only; the acceptance came later: Sat 6 June 2026, 12:00.",
        ),
    )
    assert formed(Formation.ORDER_SIGNED, ALL, clauses=[], open_until=on(4)).value == on(3)
    everything = (Step.OFFERED, Step.ACCEPTED, Step.RECEIVED)
    assert missing_steps(Formation.ACCEPTANCE, ALL, open_until=on(2)) == everything


def test_a_confirmation_may_come_after_the_offer_closed():
    assert formed(Formation.CONFIRMATION_RECEIVED, ALL, clauses=[], open_until=on(6)).value == on(9)


@pytest.mark.parametrize("day", [2, 5])
def test_a_withdrawn_offer_cannot_be_accepted(day: int):
    events = [*ALL, Event(Step.WITHDRAWN, on(day))]
    ruling = formed(Formation.ACCEPTANCE, events, clauses=[])
    assert ruling.value is None
    assert ruling.working[0].en == f"The offer was withdrawn: {'Tue 2' if day == 2 else 'Fri 5'} June 2026, 12:00."
    assert formed(Formation.ACCEPTANCE, [OFFERED, Event(Step.WITHDRAWN, on(day))], clauses=[]).working == ruling.working


def test_a_withdrawal_after_the_acceptance_changes_nothing():
    assert formed(Formation.ACCEPTANCE, [*ALL, Event(Step.WITHDRAWN, on(7))], clauses=[]).value == on(6)


def test_moments_are_compared_as_instants_and_need_a_zone():
    # 23:30 in Berlin is before 22:00 UTC of the same day
    night = [
        Event(Step.OFFERED, datetime(2026, 6, 1, 23, 30, tzinfo=BERLIN)),
        Event(Step.ACCEPTED, datetime(2026, 6, 1, 22, 0, tzinfo=UTC)),
    ]
    assert formed(Formation.ORDER_SIGNED, night, clauses=[]).value == night[1].at
    with pytest.raises(MomentError):
        formed(Formation.ORDER_SIGNED, [Event(Step.OFFERED, datetime(2026, 6, 1))], clauses=[])


def test_visitor_counts_the_term_from_the_issue_unless_the_offer_names_a_day():
    issued = term_begins(
        Formation.CONFIRMATION_ISSUED,
        ALL,
        concluded_by=Formation.CONFIRMATION_RECEIVED,
        zone=BERLIN,
        clauses=[VISITOR],
    )
    assert issued.value == date(2026, 6, 8)
    named = term_begins(
        Formation.CONFIRMATION_ISSUED,
        ALL,
        concluded_by=Formation.CONFIRMATION_RECEIVED,
        zone=BERLIN,
        day_of_offer=date(2026, 7, 1),
        clauses=[VISITOR],
    )
    assert (named.value, named.working) == (
        date(2026, 7, 1),
        (("Das Angebot nennt den 01.07.2026.", "The offer names 1 July 2026."),),
    )


def test_without_a_contract_no_term_begins_even_on_a_day_the_offer_names():
    unconfirmed = term_begins(
        Formation.CONFIRMATION_ISSUED,
        ALL[:4],
        concluded_by=Formation.CONFIRMATION_RECEIVED,
        zone=BERLIN,
        day_of_offer=date(2026, 7, 1),
        clauses=[VISITOR],
    )
    assert unconfirmed.value is None
    odd = term_begins(
        Formation.CONFIRMATION_RECEIVED,
        ALL[:4],
        concluded_by=Formation.ORDER_SIGNED,
        zone=BERLIN,
        clauses=[VISITOR],
    )
    assert odd.value is None


@pytest.mark.requirement("SO-050")
def test_crm_counts_from_the_change_of_month_after_the_signature_in_oslo():
    def begins(at: datetime) -> date | None:
        events = [Event(Step.OFFERED, on(1)), Event(Step.ACCEPTED, at)]
        return term_begins(None, events, concluded_by=Formation.ORDER_SIGNED, zone=OSLO, clauses=[CRM]).value

    assert begins(on(18)) == date(2026, 7, 1)
    assert begins(datetime(2026, 7, 1, 10, tzinfo=UTC)) == date(2026, 7, 1)
    # half past ten at night UTC on 1 July is 2 July in Oslo
    assert begins(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == date(2026, 8, 1)


@given(
    days=st.lists(st.integers(min_value=0, max_value=60), min_size=5, max_size=5),
    order=st.permutations(range(5)),
    rule=st.sampled_from(Formation),
)
def test_the_order_in_which_events_are_told_does_not_matter(days: list[int], order: list[int], rule: Formation):
    steps = [Step.OFFERED, Step.ACCEPTED, Step.RECEIVED, Step.CONFIRMATION_ISSUED, Step.CONFIRMATION_RECEIVED]
    events = [Event(step, on(1) + timedelta(days=offset)) for step, offset in zip(steps, days, strict=True)]
    told = formed(rule, [events[place] for place in order], clauses=[])
    assert told.value == formed(rule, events, clauses=[]).value
    assert (told.value is None) == bool(missing_steps(rule, events))

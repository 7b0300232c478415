"""Availability by the month: every figure by hand from the contracts' clauses and the calendar."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from kontor.rulebook import stretches, terms
from kontor.rulebook.availability import availability_of
from kontor.rulebook.availability_credit import credit_of
from kontor.rulebook.availability_month import Aside, Excuse, Month, Outage, floored
from kontor.rulebook.availability_promise import Promise
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.moment import Span, zone_named
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.terms.concluded import concluded

BERLIN, OSLO = zone_named("Europe/Berlin"), zone_named("Europe/Oslo")
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
FEE = Money.parse("1000.00", "EUR")


def span(start: str, end: str) -> Span:
    return Span(*(datetime.fromisoformat(text).replace(tzinfo=BERLIN) for text in (start, end)))


def outage(start: str, end: str, *excuses: Excuse, noticed: str | None = None) -> Outage:
    seen = None if noticed is None else datetime.fromisoformat(noticed).replace(tzinfo=BERLIN)
    return Outage(span(start, end), seen, excuses)


def pack(key: str, **settings: str) -> Promise:
    found = promise_of(
        concluded(key, "2026-01", settings={f"service_level.{k}": v for k, v in settings.items()}, agreed={})
    )
    assert found is not None
    return found


def visitor(percent: str = "98 %") -> Promise:
    agreed = {"service_level.availability": percent}
    found = promise_of(concluded("visitor", "2026-01", settings={}, agreed=agreed))
    assert found is not None
    return found


def counted(first: date, promise: Promise, *outages: Outage, aside: Aside | None = None) -> Month:
    return availability_of(first, promise, outages, aside or Aside()).value


@pytest.mark.parametrize(
    ("first", "minutes"), [(OCTOBER, 44_700), (date(2027, 3, 1), 44_580), (date(2028, 2, 1), 41_760)]
)
def test_trap_20_a_month_has_the_minutes_its_clocks_show(first: date, minutes: int) -> None:
    assert counted(first, visitor()).total_minutes == minutes


@pytest.mark.parametrize(
    ("first", "end", "percent", "kept"),
    [
        # 99.5 % of October are 223.5 minutes, of November exactly 216
        (OCTOBER, "2026-10-05T11:43", "99.5011", True),
        (OCTOBER, "2026-10-05T11:44", "99.4988", False),
        (NOVEMBER, "2026-11-05T11:36", "99.5000", True),
        (NOVEMBER, "2026-11-05T11:37", "99.4976", False),
    ],
)
def test_trap_20_the_promise_is_kept_by_exact_minutes(first: date, end: str, percent: str, kept: bool) -> None:
    month = counted(first, visitor("99.5 %"), outage(f"{end[:10]}T08:00", end))
    assert (str(month.percent), month.kept) == (percent, kept)


@pytest.mark.trap(11)
def test_four_hours_down_in_a_march_of_743_hours_break_the_promise() -> None:
    """99.5 % of 743 hours are 44,357.1 of 44,580 minutes, so 222.9 may be lost; 1 - 240/44,580 = 99.46164 %."""
    month = counted(date(2026, 3, 1), visitor("99.5 %"), outage("2026-03-05T08:00", "2026-03-05T12:00"))
    assert (month.total_minutes, month.percent, month.kept) == (743 * 60, Decimal("99.4616"), False)


def test_trap_21_a_percentage_is_cut_off_and_never_rounded_up() -> None:
    assert floored(Fraction("0.994951"), 2) == Decimal("99.49")
    assert floored(Fraction("0.99999999"), 2) == Decimal("99.99")


@pytest.mark.requirement("FW-093")
def test_trap_22_the_regular_window_excuses_what_lies_in_it() -> None:
    month = counted(OCTOBER, visitor(), outage("2026-10-03T06:30", "2026-10-03T08:00"))
    assert (month.down_minutes, month.excused_minutes) == (30, 60)
    for saturday, hours in (("2026-10-17", 39), ("2026-10-24", 40), ("2027-03-27", 38)):
        day = date.fromisoformat(saturday)
        whole = outage(f"{saturday}T07:00", f"{saturday[:8]}{day.day + 1}T22:00")
        assert counted(day.replace(day=1), visitor(), whole).excused_minutes == hours * 60


def test_trap_23_overlapping_excuses_are_one() -> None:
    excuses = (
        Excuse("attack", span("2026-10-05T10:00", "2026-10-05T11:30")),
        Excuse("agreed_work", span("2026-10-05T11:00", "2026-10-05T12:00")),
    )
    whole = outage("2026-10-05T10:00", "2026-10-05T12:30")
    for month in (
        counted(OCTOBER, visitor(), whole, aside=Aside(excuses=excuses)),
        counted(OCTOBER, visitor(), Outage(whole.span, None, excuses)),
    ):
        assert (month.down_minutes, month.excused_minutes) == (30, 120)
        assert {cause: stretches.length(found) // stretches.MINUTE for cause, found in month.excused.items()} == {
            "attack": 90,
            "agreed_work": 30,
        }


def test_an_excuse_of_one_outage_does_not_excuse_another() -> None:
    network = Excuse("customer_side", span("2026-10-05T10:30", "2026-10-05T12:00"))
    month = counted(
        OCTOBER,
        visitor(),
        outage("2026-10-05T10:00", "2026-10-05T11:00"),
        outage("2026-10-05T10:30", "2026-10-05T12:00", network),
    )
    assert (month.down_minutes, month.excused_minutes) == (60, 60)


def test_the_regular_window_excuses_by_its_hours_only() -> None:
    claimed = Excuse("regular_window", span("2026-10-05T10:00", "2026-10-05T11:00"))
    month = counted(OCTOBER, visitor(), outage("2026-10-05T10:00", "2026-10-05T11:00"), aside=Aside(excuses=[claimed]))
    assert (month.down_minutes, dict(month.excused)) == (60, {})


def test_trap_25_what_nobody_measured_is_neither_up_nor_down() -> None:
    gap = span("2026-10-05T10:00", "2026-10-05T12:00")
    month = counted(OCTOBER, visitor(), outage("2026-10-05T11:30", "2026-10-05T12:30"), aside=Aside(unknown=[gap]))
    assert (month.down_minutes, month.unknown_minutes, month.total_minutes) == (60, 90, 44_700)


def test_trap_27_an_outage_over_the_turn_of_the_month_counts_in_both() -> None:
    night = outage("2026-10-31T23:50", "2026-11-01T00:20")
    promise = pack("crm")  # no regular window; Oslo keeps the same time
    assert [counted(first, promise, night).down_minutes for first in (OCTOBER, NOVEMBER)] == [10, 20]


def test_trap_28_parallel_outages_are_one_and_the_whole_month_divides() -> None:
    month = counted(
        NOVEMBER,
        pack("crm"),
        outage("2026-11-05T10:00", "2026-11-05T11:00"),
        outage("2026-11-05T10:30", "2026-11-05T11:30"),
        aside=Aside(not_ordered=[span("2026-11-01T00:00", "2026-11-03T00:00")]),
    )
    assert (month.down_minutes, month.total_minutes) == (90, 43_200)
    assert month.not_ordered_minutes == 2880
    before = counted(
        NOVEMBER,
        pack("crm"),
        outage("2026-11-02T10:00", "2026-11-02T11:00"),
        aside=Aside(not_ordered=[span("2026-11-01T00:00", "2026-11-03T00:00")]),
    )
    assert (before.down_minutes, before.percent) == (0, Decimal("100.0000"))


@pytest.mark.requirement("SO-021")
def test_counting_starts_at_the_notice_where_the_pack_says_so() -> None:
    told = outage("2026-11-05T10:00", "2026-11-05T11:00", noticed="2026-11-05T10:12")
    assert [counted(NOVEMBER, promise, told).down_minutes for promise in (pack("crm"), visitor())] == [48, 60]
    early = outage("2026-11-05T10:00", "2026-11-05T11:00", noticed="2026-11-05T09:50")
    never = outage("2026-11-05T10:00", "2026-11-05T11:00", noticed="2026-11-05T11:10")
    assert [counted(NOVEMBER, pack("crm"), each).down_minutes for each in (early, never)] == [60, 0]


@pytest.mark.requirement("SO-017")
@pytest.mark.parametrize(("end", "percent", "kept"), [("11:26", "99.8009", True), ("11:27", "99.7986", False)])
def test_the_promise_of_crm(end: str, percent: str, kept: bool) -> None:
    month = counted(NOVEMBER, pack("crm"), outage("2026-11-05T10:00", f"2026-11-05T{end}"))
    assert (str(month.percent), month.kept) == (percent, kept)


@pytest.mark.requirement("FW-090")
def test_the_promise_of_visitor_and_one_agreed_otherwise() -> None:
    # 2 % of 43,200 minutes are 864: Monday 00:00 to 14:24
    in_time, late = (outage("2026-11-02T00:00", f"2026-11-02T14:{minute}") for minute in (24, 25))
    assert [counted(NOVEMBER, visitor(), each).kept for each in (in_time, late)] == [True, False]
    assert not counted(NOVEMBER, visitor("99 %"), in_time).kept


@pytest.mark.requirement("FW-091")
def test_the_formula_of_visitor() -> None:
    # Monday 4 May 2026; 31 days have 44,640 minutes: 500 down, 100 of them excused
    excused = Excuse("attack", span("2026-05-04T08:00", "2026-05-04T09:40"))
    month = counted(date(2026, 5, 1), visitor(), outage("2026-05-04T08:00", "2026-05-04T16:20", excused))
    assert (month.total_minutes, month.down_minutes, month.excused_minutes) == (44_640, 400, 100)
    assert floored(month.share, 2) == Decimal("99.10")
    assert month.share == Fraction(44_240, 44_640)


@pytest.mark.requirement("SO-019")
def test_what_crm_does_not_count_stands_in_the_working_with_its_class() -> None:
    work = Excuse("maintenance", span("2026-11-05T00:00", "2026-11-05T02:00"))
    network = Excuse("customer_equipment", span("2026-11-06T10:00", "2026-11-06T10:50"))
    ruling: Ruling[Month] = availability_of(
        NOVEMBER,
        pack("crm"),
        [
            Outage(work.span, None, (work,)),
            Outage(network.span, None, (network,)),
            outage("2026-11-07T10:00", "2026-11-07T10:30"),
        ],
    )
    assert ruling.value.down_minutes == 30
    assert [step.en for step in ruling.working[4:7]] == [
        "Excused, Maintenance: 120 minutes.",
        "Excused, The customer's equipment or software: 50 minutes.",
        "(43,200 − 30) / 43,200 = 99.9305 %, cut off; promised are 99.8 %: kept.",
    ]


def test_other_causes_may_count_and_give_no_credit() -> None:
    promise = pack("crm", other_causes="counted_without_credit")
    network = Excuse("external", span("2026-11-06T10:00", "2026-11-06T13:20"))
    theirs = Outage(network.span, None, (network,))
    month = counted(NOVEMBER, promise, theirs)
    assert (month.down_minutes, month.own_minutes, month.kept) == (200, 0, False)
    assert credit_of(month, promise, FEE).value.bare() == "0.00"
    both = counted(NOVEMBER, promise, theirs, outage("2026-11-07T10:00", "2026-11-07T17:12"))
    assert (both.down_minutes, both.own_minutes) == (632, 432)
    assert credit_of(both, promise, FEE).value.bare() == "10.00"


def test_the_credit_is_a_share_of_the_fee_as_the_setting_says() -> None:
    missed = outage("2026-11-05T10:00", "2026-11-05T17:12")
    by_share = pack("crm")
    month = counted(NOVEMBER, by_share, missed)
    assert floored(month.share, 1) == Decimal("99.0")
    assert credit_of(month, by_share, FEE).value.bare() == "10.00"
    by_shortfall = pack("crm", credit="shortfall")
    # what is missing from 99.8 % is 0.8 %
    assert credit_of(month, by_shortfall, FEE).value.bare() == "8.00"
    kept = counted(NOVEMBER, by_share)
    assert credit_of(kept, by_share, FEE).value.bare() == "0.00"


def test_trap_30_a_month_is_credited_once_and_at_most_its_fee() -> None:
    promise = pack("crm")
    whole = counted(NOVEMBER, promise, outage("2026-10-01T00:00", "2026-12-31T00:00"))
    assert credit_of(whole, promise, FEE).value == FEE
    assert credit_of(whole, promise, FEE, before=FEE).value.bare() == "0.00"


def test_trap_29_a_later_excuse_leaves_less_to_credit_than_was_given() -> None:
    promise = pack("crm")
    missed = outage("2026-11-05T10:00", "2026-11-05T17:12")
    again = credit_of(counted(NOVEMBER, promise, missed), promise, FEE, before=Money.parse("4.00", "EUR"))
    assert again.value.bare() == "6.00"
    assert again.working[-1].en == "Credited already: €4.00."


def test_visitor_and_leisure_give_no_credit_by_themselves() -> None:
    month = counted(NOVEMBER, visitor(), outage("2026-11-02T00:00", "2026-11-06T00:00"))
    assert credit_of(month, visitor(), FEE).value.bare() == "0.00"
    assert promise_of(terms.load("leisure")) is None
    nothing = Promise(percent=Decimal(99), zone="Europe/Berlin", from_notice=False, both=False, on_request=False)
    assert (
        credit_of(counted(NOVEMBER, nothing, outage("2026-11-02T00:00", "2026-11-06T00:00")), nothing, FEE)
        .working[0]
        .en
        == "The contract gives no compensation."
    )


def test_the_days_of_a_month_sum_to_the_month() -> None:
    month = counted(OCTOBER, visitor(), outage("2026-10-24T06:30", "2026-10-26T08:00"))
    assert [day for day, _counted in month.days] == [date(2026, 10, number) for number in range(1, 32)]
    assert sum(part.total_minutes for _day, part in month.days) == 44_700
    assert sum(part.down_minutes for _day, part in month.days) == month.down_minutes
    assert dict(month.days)[date(2026, 10, 25)].total_minutes == 25 * 60

"""Wrong input to the calculator: each refusal names the option and what is expected, in both languages."""

import pytest

from kontor.rulebook.calc import WrongInputError, answer, pack_of, question

TERM = {"start": "2026-01-01", "on": "2026-10-01"}
DEADLINE = {"class": "class_1", "reported": "2026-06-01T10:00"}
SEATS = {
    "price": "600",
    "quantity": "2",
    "confirmed": "2026-07-01",
    "period-start": "2026-01-01",
    "period-end": "2027-01-01",
}
INDEX = {"price": "1000", "s0": "288.8", "s": "305.4"}
REDUCTION = {"received": "2026-12-01", "period-end": "2027-01-01", "billing-interval": "year"}
DUE = {"issued": "2026-03-01", "received": "2026-03-03"}
A_DAY = "a day YYYY-MM-DD from 1970 to 2150"
A_MOMENT = "a moment such as 2026-06-01T10:00+02:00 after 1970 and before 2150"
A_SPAN = "a span FROM/TO of two moments such as 2026-06-01T10:00+02:00"
A_LENGTH = "a period such as P12M, P1Y, P4W or P30D up to a hundred years"
AN_AMOUNT = "an amount such as 49.90 or 49.90 EUR below a thousand million"
A_NUMBER = "a number greater than zero and below a thousand million such as 288.8"


def refused(what: str, pack: str, told: dict[str, str | list[str]], version: str | None = None) -> WrongInputError:
    with pytest.raises(WrongInputError) as found:
        answer(what, told, pack=pack, version=version)
    return found.value


@pytest.mark.parametrize(
    ("what", "pack", "told", "sentence"),
    [
        ("term", "visitor", {**TERM, "on": "30.09.2026"}, f"--on: expected {A_DAY}, not “30.09.2026”."),
        ("term", "visitor", {**TERM, "on": "2026-02-30"}, f"--on: expected {A_DAY}, not “2026-02-30”."),
        ("term", "visitor", {**TERM, "on": "20260930"}, f"--on: expected {A_DAY}, not “20260930”."),
        ("term", "visitor", {**TERM, "start": "1969-12-31"}, f"--start: expected {A_DAY}, not “1969-12-31”."),
        ("term", "visitor", {**TERM, "on": "2151-01-01"}, f"--on: expected {A_DAY}, not “2151-01-01”."),
        ("term", "visitor", {**TERM, "on": "2025-12-31"}, "--on: expected a day from 1 January 2026 on."),
        (
            "term",
            "visitor",
            {"start": "2026-01-01"},
            f"--on: is missing; expected {A_DAY}: day the notice counts: sent or received.",
        ),
        ("term", "visitor", {**TERM, "initial": "12M"}, f"--initial: expected {A_LENGTH}, not “12M”."),
        ("term", "visitor", {**TERM, "initial": "P101Y"}, f"--initial: expected {A_LENGTH}, not “P101Y”."),
        ("term", "visitor", {**TERM, "initial": "P6M"}, "--initial: expected at least 12 months (4.6.1)."),
        ("term", "visitor", {**TERM, "initial": "P60W"}, "--initial: expected at least 12 months (4.6.1)."),
        (
            "term",
            "crm",
            TERM,
            "--billing-interval: is missing; expected month, quarter or year: the contract's billing interval.",
        ),
        (
            "term",
            "crm",
            {**TERM, "billing-interval": "week"},
            "--billing-interval: expected month, quarter or year, not “week”.",
        ),
        (
            "term",
            "visitor",
            {**TERM, "received": "2026-01-01"},
            "--received: does not belong to “term”; expected --start, --on, --initial, --billing-interval.",
        ),
        ("term", "visitor", {**TERM, "on": ["2026-09-30", "2026-10-01"]}, "--on: expected 1 at most."),
        (
            "due",
            "visitor",
            {"issued": "2026-03-01"},
            f"--received: is missing; expected {A_DAY}: day the customer received it.",
        ),
        (
            "due",
            "visitor",
            {"issued": "2026-03-01", "received": "  "},
            f"--received: is missing; expected {A_DAY}: day the customer received it.",
        ),
        ("due", "visitor", {**DUE, "received": "2026-02-28"}, "--received: expected a day from 1 March 2026 on."),
        ("due", "visitor", {**DUE, "kind": "first"}, "--kind: expected renewal, not “first”."),
        ("seats", "crm", {**SEATS, "price": "12,50"}, f"--price: expected {AN_AMOUNT}, not “12,50”."),
        ("seats", "crm", {**SEATS, "price": "-1"}, f"--price: expected {AN_AMOUNT}, not “-1”."),
        ("seats", "crm", {**SEATS, "price": "1000000000"}, f"--price: expected {AN_AMOUNT}, not “1000000000”."),
        ("seats", "crm", {**SEATS, "price": "600 EURO"}, f"--price: expected {AN_AMOUNT}, not “600 EURO”."),
        ("seats", "crm", {**SEATS, "quantity": "0"}, "--quantity: expected a whole number from 1 to 1000000, not “0”."),
        (
            "seats",
            "crm",
            {**SEATS, "quantity": "2.5"},
            "--quantity: expected a whole number from 1 to 1000000, not “2.5”.",
        ),
        (
            "seats",
            "crm",
            {**SEATS, "confirmed": "2027-01-01"},
            "--confirmed: expected a day of 1 January 2026 to 31 December 2026.",
        ),
        ("seats", "crm", {**SEATS, "period-end": "2026-01-01"}, "--period-end: expected a day after 1 January 2026."),
        (
            "reduction",
            "crm",
            {**REDUCTION, "received": "2027-01-01"},
            "--received: expected a day before 1 January 2027.",
        ),
        ("index", "leisure", {**INDEX, "s0": "0"}, f"--s0: expected {A_NUMBER}, not “0”."),
        ("index", "leisure", {**INDEX, "s": "1e3"}, f"--s: expected {A_NUMBER}, not “1e3”."),
        (
            "deadline",
            "visitor",
            {**DEADLINE, "class": "blocking"},
            "--class: expected class_1, class_2 or class_3, not “blocking”.",
        ),
        (
            "deadline",
            "visitor",
            {**DEADLINE, "reported": "2026-06-01"},
            f"--reported: expected {A_MOMENT}, not “2026-06-01”.",
        ),
        (
            "deadline",
            "visitor",
            {**DEADLINE, "reported": "2026-06-01T25:00"},
            f"--reported: expected {A_MOMENT}, not “2026-06-01T25:00”.",
        ),
        (
            "deadline",
            "visitor",
            {**DEADLINE, "reported": "2150-01-01T00:00"},
            f"--reported: expected {A_MOMENT}, not “2150-01-01T00:00”.",
        ),
        (
            "deadline",
            "visitor",
            {**DEADLINE, "pause": "2026-06-01T10:00"},
            f"--pause: expected {A_SPAN}, not “2026-06-01T10:00”.",
        ),
        (
            "deadline",
            "visitor",
            {**DEADLINE, "pause": "2026-06-01T10:00/tomorrow"},
            f"--pause: expected {A_SPAN}, not “2026-06-01T10:00/tomorrow”.",
        ),
        (
            "deadline",
            "visitor",
            {**DEADLINE, "pause": "2026-06-02T10:00/2026-06-01T10:00"},
            "--pause: A span cannot begin on Tue 2 June 2026, 10:00 and end on Mon 1 June 2026, 10:00.",
        ),
        (
            "deadline",
            "visitor",
            {**DEADLINE, "pause": ["2026-06-02T10:00/2026-06-02T11:00"] * 101},
            "--pause: expected 100 at most.",
        ),
        (
            "oncall",
            "crm",
            {"at": "2026-06-01T10:00", "class": "blocking"},
            "--class: does not belong to “oncall”; expected --at.",
        ),
    ],
)
def test_a_wrong_option_is_named(what: str, pack: str, told: dict[str, str | list[str]], sentence: str) -> None:
    error = refused(what, pack, told)
    assert error.text.en == sentence
    assert error.text.de.startswith(f"--{error.option}: ")
    assert error.text.de != error.text.en


@pytest.mark.trap(12)
@pytest.mark.parametrize(("when", "times"), [("2026-10-25T02:30", "twice"), ("2026-03-29T02:30", "never")])
def test_a_time_the_clocks_show_twice_or_never_needs_its_offset(when: str, times: str) -> None:
    error = refused("deadline", "visitor", {**DEADLINE, "reported": when})
    expected = "expected a moment with its offset from UTC such as +02:00, because the clocks show"
    assert error.text.en == f"--reported: {expected} {when} {times}."
    told = {**DEADLINE, "reported": "2026-10-25T02:30+01:00"}
    assert answer("deadline", told, pack="visitor").value["reaction"] == "2026-10-25T07:30:00+01:00"


def test_an_unknown_question_pack_or_version_is_named() -> None:
    with pytest.raises(WrongInputError) as unknown:
        question("weather")
    known = (
        "term, seats, reduction, index, due, collection, arrears, deadline, oncall, availability, claim, maintenance"
    )
    assert str(unknown.value) == f"WHAT: expected one of {known}, change, retention, not “weather”."
    assert refused("term", "gardening", TERM).text.de == (
        "--pack: erwartet wird eines von bookkeeping, crm, dealership, leisure, visitor, nicht „gardening“."
    )
    assert refused("term", "visitor", TERM, version="1999-01").option == "version"
    assert pack_of("visitor", "2026-01").version == "2026-01"

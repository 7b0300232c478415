"""`availability` and `claim` under every pack that answers them, and what they refuse."""

import json
from typing import Any

import pytest

from kontor.rulebook.calc import Answer, NoAnswerError, WrongInputError, answer
from tests.rulebook.test_calc_service import clauses


def availability(pack: str, month: str, *outages: dict[str, Any], **told: str) -> Answer:
    return answer("availability", {"month": month, "outages": json.dumps(outages), **told}, pack=pack)


def test_availability_of_crm_with_its_credit() -> None:
    asked = availability("crm", "2026-11", {"from": "2026-11-05T10:00", "to": "2026-11-05T17:12"}, fee="1000")
    assert asked.value == {
        "total_minutes": 43_200,
        "down_minutes": 432,
        "excused_minutes": 0,
        "availability": "99.0000",
        "kept": False,
        "credit": "10.00",
        "currency": "EUR",
    }
    assert clauses(asked) == ["§4"]


def test_trap_23_outages_with_overlapping_excuses() -> None:
    day = "2026-10-05T"
    asked = availability(
        "visitor",
        "2026-10",
        {"from": f"{day}10:00", "to": f"{day}12:30", "excuse": None},
        {"from": f"{day}10:00", "to": f"{day}11:30", "noticed": None, "excuse": "attack"},
        {"from": f"{day}11:00", "to": f"{day}12:00", "excuse": "agreed_work"},
    )
    assert (asked.value["down_minutes"], asked.value["excused_minutes"], asked.value["credit"]) == (30, 120, None)
    assert clauses(asked) == ["Anlage 2, 1.1", "Anlage 2, 1.4", "Anlage 2, 1.2", "Anlage 2, 1.3"]


def test_parts_of_a_minute_are_told_exactly() -> None:
    asked = availability("crm", "2026-11", {"from": "2026-11-05T10:00", "to": "2026-11-05T10:01:30"})
    assert asked.value["down_minutes"] == 1.5


@pytest.mark.parametrize(
    ("filed", "in_time"), [("2026-05-13T23:59:59", True), ("2026-05-14T00:00", False), ("2026-05-13T22:30Z", False)]
)
def test_claim_of_crm(filed: str, in_time: bool) -> None:
    asked = answer("claim", {"incident": "2026-05-10T12:00", "filed": filed}, pack="crm")
    assert (asked.value["in_time"], asked.value["file_by"]) == (in_time, "2026-05-13")
    assert asked.value["decide_by"] == ("2026-06-12" if in_time else "2026-06-13")


@pytest.mark.parametrize("pack", ["dealership", "leisure", "bookkeeping"])
def test_who_promises_nothing_cannot_say(pack: str) -> None:
    with pytest.raises(NoAnswerError):
        availability(pack, "2026-10")
    with pytest.raises(NoAnswerError):
        answer("claim", {"incident": "2026-05-10T12:00", "filed": "2026-05-11T12:00"}, pack=pack)


FROM = {"from": "2026-10-05T10:00", "to": "2026-10-05T11:00"}
EXPECTED = (
    "--outages: expected a list in JSON such as "
    '[{"from": "2026-10-05T08:00", "to": "2026-10-05T11:43", "noticed": null, "excuse": null}].'
)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"month": "2026-13"}, "--month: expected a month YYYY-MM after 1970 and before 2150, not “2026-13”."),
        ({"month": "1970-01"}, "--month: expected a month YYYY-MM after 1970 and before 2150, not “1970-01”."),
        ({"outages": "{}"}, EXPECTED),
        ({"outages": "[[]]"}, EXPECTED),
        ({"outages": '[{"form": 1}]'}, EXPECTED),
        ({"outages": "o.json"}, EXPECTED),
        ({"outages": [{"to": "2026-10-05T11:00"}]}, "--outages: entry 1, “from”: expected a moment."),
        (
            {"outages": [FROM | {"noticed": "soon"}]},
            "--outages: entry 1, “noticed”: expected a moment such as 2026-06-01T10:00+02:00 after 1970 and before "
            "2150, not “soon”.",
        ),
        (
            {"outages": [FROM, FROM | {"to": "2026-10-05T09:00"}]},
            "--outages: entry 2: A span cannot begin on Mon 5 October 2026, 10:00 and end on "
            "Mon 5 October 2026, 09:00.",
        ),
        (
            {"outages": [FROM | {"excuse": "weather"}]},
            "--outages: entry 1: expected null or one of maintenance, internet, communications, external, "
            "customer_equipment as “excuse”.",
        ),
    ],
)
def test_what_cannot_be_read_is_named(told: dict[str, Any], sentence: str) -> None:
    given = {"month": "2026-10", "outages": "[]"} | told
    texts = {name: text if isinstance(text, str) else json.dumps(text) for name, text in given.items()}
    with pytest.raises(WrongInputError) as wrong:
        answer("availability", texts, pack="crm")
    assert wrong.value.text.en == sentence


def test_a_claim_before_its_incident_is_refused() -> None:
    with pytest.raises(WrongInputError) as wrong:
        answer("claim", {"incident": "2026-05-10T12:00", "filed": "2026-05-10T11:00"}, pack="crm")
    assert wrong.value.text.en == "--filed: expected a moment from Sun 10 May 2026, 12:00 on."

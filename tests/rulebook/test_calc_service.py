"""`deadline`, `oncall` and `maintenance` under every pack that answers them."""

import pytest

from kontor.rulebook import terms
from kontor.rulebook.calc import Answer, answer, answer_under, pack_of


def ask(what: str, pack: str, **told: str | list[str]) -> Answer:
    return answer(what, {name.rstrip("_"): text for name, text in told.items()}, pack=pack)


def clauses(asked: Answer) -> list[str]:
    return [str(clause) for clause in asked.ruling.clauses]


@pytest.mark.requirement("FW-096")
@pytest.mark.parametrize(
    ("class_", "reaction", "recovery"),
    [
        ("class_1", "2026-03-02T15:00:00+01:00", "2026-03-03T10:00:00+01:00"),
        ("class_2", "2026-03-03T10:00:00+01:00", "2026-03-04T10:00:00+01:00"),
        ("class_3", "2026-03-04T10:00:00+01:00", "2026-03-05T10:00:00+01:00"),
    ],
)
def test_deadline_of_visitor(class_: str, reaction: str, recovery: str) -> None:
    asked = ask("deadline", "visitor", class_=class_, reported="2026-03-02T10:00")
    assert asked.value == {"reaction": reaction, "recovery": recovery}
    assert clauses(asked) == ["Anlage 2, 2.2", "Anlage 2, 2.1"]


@pytest.mark.parametrize(
    ("class_", "reported", "repair"),
    [
        pytest.param(
            "blocking", "2026-06-01T10:00", "2026-06-03T16:00:00+02:00", marks=pytest.mark.requirement("AP-061")
        ),
        pytest.param(
            "semi_blocking", "2026-06-01T08:00Z", "2026-06-08T13:00:00+02:00", marks=pytest.mark.requirement("AP-062")
        ),
        pytest.param(
            "non_blocking", "2026-05-11 10:00", "2026-06-09T18:00:00+02:00", marks=pytest.mark.requirement("AP-063")
        ),
    ],
)
def test_deadline_of_leisure(class_: str, reported: str, repair: str) -> None:
    assert ask("deadline", "leisure", class_=class_, reported=reported).value == {"repair": repair}


def test_a_pause_holds_back_the_recovery_and_not_the_reaction() -> None:
    pauses = ["2026-03-02T12:00/2026-03-02T13:00", "2026-03-02T14:00/2026-03-02T15:00"]
    asked = ask("deadline", "visitor", class_="class_1", reported="2026-03-02T10:00", pause=pauses)
    assert asked.value == {"reaction": "2026-03-02T15:00:00+01:00", "recovery": "2026-03-03T12:00:00+01:00"}
    assert "Reaction: the pause does not hold this back." in [step.en for step in asked.ruling.working]


@pytest.mark.parametrize(
    ("class_", "value"),
    [
        pytest.param("request", {"answer": "2026-06-10T09:12:00+02:00"}, marks=pytest.mark.requirement("SM-036")),
        pytest.param(
            "service_failure", {"recovery": "2026-06-12T09:12:00+02:00"}, marks=pytest.mark.requirement("SM-032")
        ),
    ],
)
def test_deadline_of_dealership(class_: str, value: dict[str, str]) -> None:
    assert ask("deadline", "dealership", class_=class_, reported="2026-06-09T09:12").value == value


@pytest.mark.requirement("AP-057")
@pytest.mark.parametrize(
    ("class_", "at", "value"),
    [
        ("blocking", "2026-06-02T10:00", (True, "office", "2026-06-02T10:00:00+02:00")),
        ("blocking", "2026-06-02T19:00", (True, "on_call", "2026-06-02T19:00:00+02:00")),
        ("semi_blocking", "2026-06-02T19:00", (False, "closed", "2026-06-03T09:00:00+02:00")),
        ("blocking", "2026-06-02T22:30", (False, "closed", "2026-06-03T09:00:00+02:00")),
        ("blocking", "2026-05-14T12:00", (True, "on_call", "2026-05-14T12:00:00+02:00")),
    ],
)
def test_oncall_of_leisure(class_: str, at: str, value: tuple[bool, str, str]) -> None:
    asked = ask("oncall", "leisure", class_=class_, at=at)
    assert asked.value == dict(zip(("open", "window", "next_open"), value, strict=True))
    assert clauses(asked) == ["Anhang 1, 1.1", "Anhang 1, 1.2"]


@pytest.mark.parametrize(
    ("pack", "told", "value"),
    [
        pytest.param(
            "visitor",
            {"class_": "class_1", "at": "2026-01-06T10:00"},
            (False, "closed", "2026-01-07T09:00:00+01:00"),
            marks=pytest.mark.requirement("FW-098"),
        ),
        pytest.param(
            "dealership",
            {"class_": "request", "at": "2026-06-06T10:00"},
            (False, "closed", "2026-06-08T08:00:00+02:00"),
            marks=pytest.mark.requirement("SM-035"),
        ),
        # Christmas Eve 2025 is a Wednesday; Monday 29 December 08:00 in Vilnius is 07:00 in Oslo
        pytest.param(
            "crm",
            {"at": "2025-12-24T10:00"},
            (False, "closed", "2025-12-29T07:00:00+01:00"),
            marks=pytest.mark.requirement("SO-028"),
        ),
    ],
)
def test_support_hours_of_the_other_packs(pack: str, told: dict[str, str], value: tuple[bool, str, str]) -> None:
    assert tuple(ask("oncall", pack, **told).value.values()) == value


def test_the_working_says_whose_time_it_tells() -> None:
    steps = [step.en for step in ask("oncall", "crm", at="2026-06-02T08:00").ruling.working]
    assert steps[:2] == ["Tue 2 June 2026, 09:00: open.", "Support's own time: Europe/Vilnius."]


@pytest.mark.requirement("FW-093")
def test_maintenance_of_visitor() -> None:
    inside = ask("maintenance", "visitor", at="2026-10-25T21:59")
    window = "2026-10-24T07:00:00+02:00/2026-10-25T22:00:00+01:00"
    assert inside.value == {"inside": True, "window": window}
    assert ask("maintenance", "visitor", at="2026-10-24T06:30").value == {"inside": False, "window": window}


@pytest.mark.requirement("SM-033")
def test_maintenance_of_dealership_has_its_end_by_reading() -> None:
    asked = ask("maintenance", "dealership", at="2026-06-02T19:30")
    assert asked.value == {"inside": True, "window": "2026-06-02T19:30:00+02:00/2026-06-03T00:00:00+02:00"}
    assert asked.ruling.working[-1].en.startswith("Reading of §6: ")


@pytest.mark.requirement("AP-063")
def test_a_contract_that_counts_saturdays_as_working_days() -> None:
    leisure = pack_of("leisure")
    assert leisure.incidents is not None
    assert isinstance(leisure.incidents.working_days, terms.Setting)
    chosen = leisure.incidents.working_days.model_copy(update={"setting": "mon_sat"})
    incidents = leisure.incidents.model_copy(update={"working_days": chosen})
    told = {"class": "non_blocking", "reported": "2026-05-11T10:00"}
    asked = answer_under(leisure.model_copy(update={"incidents": incidents}), "deadline", told)
    assert asked.value == {"repair": "2026-06-04T18:00:00+02:00"}

"""Every question of the calculator under every pack that answers it, and the sentence of those that do not."""

import json

import pytest

from kontor.rulebook import terms
from kontor.rulebook.calc import QUESTIONS, Answer, NoAnswerError, answer, answer_under, pack_of, questions, unanswered

PACKS = ("bookkeeping", "crm", "dealership", "leisure", "visitor")


def ask(what: str, pack: str, **told: str | list[str]) -> Answer:
    return answer(what, {name.rstrip("_").replace("_", "-"): text for name, text in told.items()}, pack=pack)


def clauses(asked: Answer) -> list[str]:
    return [str(clause) for clause in asked.ruling.clauses]


def test_each_pack_answers_what_its_text_regulates() -> None:
    assert {pack: [found.key for found in questions(pack_of(pack))] for pack in PACKS} == {
        "bookkeeping": [],
        "crm": ["term", "seats", "reduction", "oncall"],
        "dealership": ["deadline", "oncall", "maintenance"],
        "leisure": ["term", "index", "due", "deadline", "oncall"],
        "visitor": ["term", "due", "collection", "deadline", "oncall", "maintenance"],
    }


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("what", QUESTIONS)
def test_what_a_pack_cannot_answer_it_refuses_with_a_sentence_whatever_is_told(what: str, pack: str) -> None:
    reason = unanswered(QUESTIONS[what], pack_of(pack))
    if reason is None:
        return
    with pytest.raises(NoAnswerError) as silent:
        ask(what, pack)
    assert silent.value.text == reason
    assert reason.de != reason.en


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("what", QUESTIONS)
def test_options_are_told_once_each_in_both_languages(what: str, pack: str) -> None:
    options = QUESTIONS[what].options(pack_of(pack))
    assert len({option.name for option in options}) == len(options)
    for option in options:
        assert option.help.de
        assert option.help.en
        assert bool(option.choices) == (option.kind.value == "choice")


@pytest.mark.trap(8)
@pytest.mark.requirement("FW-026")
@pytest.mark.parametrize(
    ("on", "value"),
    [
        ("2026-09-30", ("2026-12-31", "2026-09-30", True, "2026-12-31")),
        ("2026-10-01", ("2026-12-31", "2026-09-30", False, "2027-12-31")),
    ],
)
def test_term_of_visitor(on: str, value: tuple[str, str, bool, str]) -> None:
    asked = ask("term", "visitor", start="2026-01-01", on=on)
    assert tuple(asked.value.values()) == value
    assert list(asked.value) == ["last_day", "notice_by", "in_time", "ends"]
    assert clauses(asked) == ["4.6.1", "2.2", "BGB § 188 (2)", "BGB § 188 (3)"]
    assert asked.ruling.working[0].en == "Where the offer names no term, the minimum term counts: 12 months."


def test_a_notice_deadline_on_a_sunday_stays_and_the_law_is_cited() -> None:
    asked = ask("term", "visitor", start="2025-09-01", on="2026-05-31")
    assert (asked.value["notice_by"], asked.value["in_time"]) == ("2026-05-31", True)
    assert clauses(asked)[-1] == "BGB § 193"
    assert "Sun 31 May 2026 stays the day that counts (BGB § 193)." in [step.en for step in asked.ruling.working]


def test_the_offer_s_first_term_goes_before_the_minimum() -> None:
    asked = ask("term", "visitor", start="2026-01-01", on="2026-02-01", initial="P2Y")
    assert asked.value["last_day"] == "2027-12-31"
    assert asked.ruling.working[0].de == "Erste Laufzeit laut Angebot: 2 Jahre."


@pytest.mark.requirement("AP-005")
@pytest.mark.parametrize(("on", "ends"), [("2025-10-31", "2026-01-31"), ("2025-11-01", "2027-01-31")])
def test_term_of_leisure_by_the_offer(on: str, ends: str) -> None:
    asked = ask("term", "leisure", start="2025-02-01", on=on, initial="P12M")
    assert (asked.value["notice_by"], asked.value["ends"]) == ("2025-10-31", ends)
    assert clauses(asked) == ["Art. 4", "Art. 6", "CPC art. 641"]


def test_a_first_term_the_offer_must_name() -> None:
    with pytest.raises(NoAnswerError) as open_:
        ask("term", "leisure", start="2025-02-01", on="2025-10-31")
    assert str(open_.value) == "“Initial term” is to be agreed in the offer (Art. 4)."


def test_a_pack_silent_on_its_first_term_needs_the_offer_s() -> None:
    leisure = pack_of("leisure")
    assert leisure.term is not None
    silent = leisure.model_copy(update={"term": leisure.term.model_copy(update={"initial": None})})
    with pytest.raises(NoAnswerError) as unsaid:
        answer_under(silent, "term", {"start": "2025-02-01", "on": "2025-10-31"})
    assert unsaid.value.text == (
        "Weder der Vertrag „Freizeitzentren und Zeitmessung“ noch sein Recht sagt, wie lange die erste Laufzeit ist.",
        "Neither the contract “Leisure centres and timing” nor its law says how long the first term is.",
    )


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


@pytest.mark.parametrize(
    ("start", "on", "every", "value"),
    [
        # contract from 18 June: twelve months from 1 July, 30 whole days before
        ("2026-06-18", "2027-05-31", "month", ("2027-06-30", "2027-05-31", True, "2027-06-30")),
        ("2026-06-18", "2027-06-01", "month", ("2027-06-30", "2027-05-31", False, "2027-07-31")),
        ("2026-06-18", "2027-06-01", "quarter", ("2027-06-30", "2027-05-31", False, "2027-09-30")),
        ("2026-06-18", "2027-06-01", "year", ("2027-06-30", "2027-05-31", False, "2028-06-30")),
    ],
)
def test_term_of_crm(start: str, on: str, every: str, value: tuple[str, str, bool, str]) -> None:
    asked = ask("term", "crm", start=start, on=on, billing_interval=every)
    assert tuple(asked.value.values()) == value
    assert clauses(asked)[0] == "§13"


@pytest.mark.requirement("SO-049")
def test_seats_of_crm() -> None:
    told = {"price": "600", "confirmed": "2026-07-01", "period_start": "2026-01-01", "period_end": "2027-01-01"}
    asked = ask("seats", "crm", quantity="2", **told)
    # 1,200.00 x 184/365 = 604.93
    assert asked.value == {"amount": "604.93", "currency": "EUR", "days": 184, "of_days": 365}
    assert clauses(asked) == ["§11.1", "§12"]
    krone = ask("seats", "crm", quantity="2", **{**told, "price": "600 NOK"})
    assert krone.value["currency"] == "NOK"


@pytest.mark.requirement("SO-059")
@pytest.mark.parametrize(
    ("received", "effective", "in_time"), [("2026-12-01", "2027-01-01", True), ("2026-12-02", "2028-01-01", False)]
)
def test_reduction_of_crm(received: str, effective: str, in_time: bool) -> None:
    asked = ask("reduction", "crm", received=received, period_end="2027-01-01", billing_interval="year")
    assert asked.value == {"effective": effective, "in_time": in_time}
    assert clauses(asked)[0] == "§12"


def test_index_of_leisure() -> None:
    asked = ask("index", "leisure", price="1000.00", s0="288.8", s="305.4")
    # 1000 x 305.4 / 288.8 = 1057.479...
    assert asked.value == {"price": "1057.48", "currency": "EUR"}
    assert clauses(asked) == ["Art. 11"]


@pytest.mark.requirement("FW-048")
def test_due_of_visitor_counts_from_receipt_in_calendar_days() -> None:
    asked = ask("due", "visitor", issued="2026-03-01", received="2026-03-03")
    assert asked.value == {"due": "2026-03-17"}
    assert clauses(asked) == ["7.4", "BGB § 187 (1)"]
    saturday = ask("due", "visitor", issued="2026-01-31", received="2026-01-31", kind="renewal")
    assert saturday.value == {"due": "2026-02-14"}
    assert saturday.ruling.working[-1].en == "The contract counts calendar days; Sat 14 February 2026 is not moved."


@pytest.mark.requirement("AP-032")
def test_due_of_leisure_is_known_for_renewals_only() -> None:
    asked = ask("due", "leisure", issued="2025-12-03", kind="renewal")
    assert asked.value == {"due": "2026-01-17"}
    assert asked.ruling.working[0].en == "The period begins when the invoice is issued."
    with pytest.raises(NoAnswerError) as open_:
        ask("due", "leisure", issued="2025-12-03")
    assert "is to be agreed in the offer (Art. 11)." in str(open_.value)


@pytest.mark.requirement("FW-049")
def test_collection_of_visitor() -> None:
    asked = ask("collection", "visitor", invoice_date="2026-03-01", pre_notified="2026-03-03")
    assert asked.value == {"earliest": "2026-03-10"}
    assert clauses(asked) == ["7.4", "BGB § 187 (1)"]


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


def test_the_document_is_ready_for_json_in_both_languages() -> None:
    asked = ask("due", "visitor", issued="2026-03-01", received="2026-03-03")
    assert json.loads(json.dumps(asked.document("de"))) == {
        "what": "due",
        "pack": "visitor",
        "version": terms.versions("visitor")[-1],
        "value": {"due": "2026-03-17"},
        "clauses": ["7.4", "BGB § 187 (1)"],
        "working": [
            "Die Frist beginnt mit dem Zugang der Rechnung.",
            "14 Tage nach dem 03.03.2026 enden am Di 17.03.2026.",
        ],
    }
    assert asked.document("en")["working"] == [
        "The period begins when the invoice is received.",
        "14 days after 3 March 2026 end on Tue 17 March 2026.",
    ]

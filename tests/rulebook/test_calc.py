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
        "bookkeeping": ["arrears", "retention"],
        "crm": ["term", "seats", "reduction", "oncall", "availability", "claim", "change", "retention"],
        "dealership": ["arrears", "deadline", "oncall", "maintenance", "retention"],
        "leisure": ["term", "index", "due", "arrears", "deadline", "oncall", "change", "retention"],
        "visitor": [
            *("term", "due", "collection", "arrears"),
            *("deadline", "oncall", "availability", "maintenance", "change", "retention"),
        ],
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
        assert bool(option.choices) == (option.kind.value == "choice") or option.kind.value == "outages"


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

"""How the entries of a contract's registers stand under its terms."""

from datetime import date
from typing import Any

import pytest

from kontor.rulebook.money import Money
from kontor.rulebook.registers import (
    REGISTERS,
    Circumstances,
    acts,
    evidenced,
    frame_of,
    moved_milestone,
    registers_of,
    secrecy,
)
from kontor.rulebook.terms import load

PACKS = {key: load(key) for key in ("crm", "visitor", "leisure", "dealership", "bookkeeping")}
MARCH = date(2026, 3, 10)


PROVED: dict[str, Any] = {"event": "liquidation", "proved_on": MARCH}
SIGNED: dict[str, Any] = {"signed_on": MARCH, "signed_by": "Jonas Alder"}


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def seen(pack: str, **given: Any) -> Circumstances:
    told: dict[str, Any] = {
        "today": MARCH,
        "currency": "EUR",
        "fees": lambda first, end: eur("300.00").times((end - first).days // 28),  # 300.00 a month, 12 or 13 a year
        "term": lambda _on: None,
    }
    return Circumstances(PACKS[pack], **{**told, **given})


def stands(register: str, pack: str, facts: dict[str, Any], **given: Any) -> Any:
    return REGISTERS[register].decide(facts, seen(pack, **given))


def test_each_pack_has_the_registers_that_its_text_regulates():
    assert {key: [register.key for register in registers_of(pack)] for key, pack in PACKS.items()} == {
        "crm": [
            "contacts", "liability", "infringements", "disclosures", "transfer", "subcontracting", "disputes",
        ],
        "visitor": [
            "contacts", "cooperation", "liability", "infringements", "disclosures", "references", "transfer",
            "subcontracting",
        ],
        "leisure": [
            "contacts", "acceptance", "warranty", "liability", "insurance", "infringements", "disclosures",
            "references", "transfer", "subcontracting", "sites", "hiring", "escrow",
        ],
        "dealership": [register.key for register in registers_of(PACKS["dealership"])],
        "bookkeeping": [register.key for register in registers_of(PACKS["bookkeeping"])],
    }  # fmt: skip


@pytest.mark.requirement("AP-016")
@pytest.mark.parametrize(
    ("facts", "today", "state", "closes"),
    [
        ({}, date(2026, 3, 7), "waits for acceptance", False),
        ({}, date(2026, 3, 8), "accepted by silence", True),
        ({"used_on": date(2026, 3, 4)}, date(2026, 3, 4), "accepted by use", True),
        ({"reported_on": date(2026, 3, 5)}, date(2026, 3, 9), "rejected, to be corrected", False),
        ({"reported_on": date(2026, 3, 7)}, date(2026, 3, 9), "rejected, to be corrected", False),
        ({"reported_on": date(2026, 3, 8)}, date(2026, 3, 9), "accepted by silence", True),
        ({"reported_on": date(2026, 3, 5), "used_on": date(2026, 3, 6)}, MARCH, "rejected, to be corrected", False),
        ({"reported_on": date(2026, 3, 5), "used_on": date(2026, 3, 4)}, MARCH, "accepted by use", True),
    ],
)
def test_silence_and_use_accept_and_a_report_in_time_rejects(facts, today, state, closes):
    """Received on 2 March: five days end with 7 March."""
    ruling = stands("acceptance", "leisure", {"what": "Timing", "received_on": date(2026, 3, 2), **facts}, today=today)
    assert (ruling.value.state.en, ruling.value.can_close) == (state, closes)
    assert [str(clause) for clause in ruling.clauses] == ["Art. 7"]
    assert ruling.value.deadlines[0].on == date(2026, 3, 7)


def test_use_accepts_only_where_the_terms_say_so():
    rules = PACKS["leisure"].acceptance.model_copy(update={"use_accepts": None})
    circumstances = seen("leisure", today=date(2026, 3, 4))
    pack = PACKS["leisure"].model_copy(update={"acceptance": rules})
    facts = {"what": "Timing", "received_on": date(2026, 3, 2), "used_on": date(2026, 3, 3)}
    found = REGISTERS["acceptance"].decide(
        facts, Circumstances(pack, circumstances.today, "EUR", circumstances.fees, circumstances.term)
    )
    assert found.value.state.en == "waits for acceptance"


@pytest.mark.requirement("FW-045")
def test_a_date_moves_by_the_days_the_customer_was_late_once_told():
    """Due 1 June, done 11 June: ten days; 30 June becomes 10 July."""
    facts = {
        "what": "Daten liefern", "due_on": date(2026, 6, 1), "milestone": "Start", "milestone_on": date(2026, 6, 30),
        "informed_on": date(2026, 6, 2), "done_on": date(2026, 6, 11),
    }  # fmt: skip
    ruling = stands("cooperation", "visitor", facts)
    assert (ruling.value.deadlines[1].on, ruling.value.state.en) == (date(2026, 7, 10), "date moved by 10 days")
    assert [str(clause) for clause in ruling.clauses] == ["6.7"]


@pytest.mark.parametrize(
    ("informed", "done", "moved"),
    [
        (None, date(2026, 6, 11), date(2026, 6, 30)),
        (date(2026, 6, 12), date(2026, 6, 11), date(2026, 6, 30)),
        (date(2026, 6, 2), date(2026, 6, 1), date(2026, 6, 30)),
        (date(2026, 6, 11), date(2026, 6, 11), date(2026, 7, 10)),
    ],
)
def test_without_being_told_in_time_nothing_moves(informed, done, moved):
    milestone, due = date(2026, 6, 30), date(2026, 6, 1)
    assert moved_milestone(milestone, due_on=due, informed_on=informed, done_on=done) == moved


def test_outstanding_co_operation_moves_the_date_day_by_day():
    """Due 1 March, today 10 March: nine days so far."""
    facts = {"what": "x", "due_on": date(2026, 3, 1), "milestone": "y", "milestone_on": date(2026, 4, 1)}
    ruling = stands("cooperation", "visitor", {**facts, "informed_on": date(2026, 3, 2)})
    assert (ruling.value.deadlines[1].on, ruling.value.can_close) == (date(2026, 4, 10), False)


@pytest.mark.parametrize(
    ("facts", "today", "state"),
    [
        ({}, date(2026, 6, 2), "runs until 2 June 2026"),
        ({}, date(2026, 6, 3), "over since 3 June 2026"),
        ({"claimed_on": date(2026, 6, 2)}, date(2026, 9, 1), "in time, mended free of charge"),
        ({"claimed_on": date(2026, 6, 3)}, date(2026, 9, 1), "too late: needs maintenance, else it is charged"),
    ],
)
def test_warranty_lasts_three_months_from_delivery(facts, today, state):
    ruling = stands("warranty", "leisure", {"what": "x", "received_on": date(2026, 3, 2), **facts}, today=today)
    assert ruling.value.state.en == state


@pytest.mark.requirement("AP-038")
def test_a_fault_within_three_months_of_delivery_is_free_unless_the_configuration_was_changed():
    """Delivered on 10 March: three months end with 10 June."""
    delivered = {"what": "Zeitmessung", "received_on": MARCH}

    def on(day: int, **facts: Any) -> tuple[str, list[str]]:
        found = stands("warranty", "leisure", {**delivered, "claimed_on": date(2026, 6, day), **facts})
        return found.value.state.en, [clause.number for clause in found.clauses]

    free = "in time, mended free of charge"
    assert (on(9), on(10)) == ((free, ["Art. 12"]), (free, ["Art. 12"]))
    assert on(11) == ("too late: needs maintenance, else it is charged", ["Art. 12"])
    changed = "lapsed, is charged: Configuration or software changed"
    assert on(9, lapsed_by="changed") == (changed, ["Art. 12"])
    (field,) = [each for each in REGISTERS["warranty"].fields(PACKS["leisure"]) if each.key == "lapsed_by"]
    assert [key for key, _words in field.choices] == ["changed", "improper_use", "excluded"]


def test_a_warranty_that_cannot_lapse_asks_for_no_reason():
    lasting = PACKS["leisure"].defects.model_copy(update={"warranty_lapses": None})
    pack = PACKS["leisure"].model_copy(update={"defects": lasting})
    assert "lapsed_by" not in [field.key for field in REGISTERS["warranty"].fields(pack)]
    bare = PACKS["leisure"].model_copy(update={"defects": None})
    assert "lapsed_by" not in [field.key for field in REGISTERS["warranty"].fields(bare)]


def damage(amount: str, **given: Any) -> dict[str, Any]:
    return {"what": "x", "on": date(2026, 3, 1), "claimed": eur(amount), "fault": "slight", **given}


def year_of_300(first: date, end: date) -> Money:
    return eur("300.00").times((end.year - first.year) * 12 + end.month - first.month)


@pytest.mark.requirement("FW-050")
def test_the_cap_is_the_calendar_years_fees_and_intent_lifts_it():
    """3,600.00 of fees: of 5,000.00 at most 3,600.00."""
    ruling = stands("liability", "visitor", damage("5000.00"), fees=year_of_300)
    assert (ruling.value.amount, ruling.value.state.en) == (eur("3600.00"), "at most €3,600.00")
    meant = stands("liability", "visitor", damage("5000.00", fault="intent"), fees=year_of_300)
    assert (meant.value.amount, meant.value.state.en) == (eur("5000.00"), "without a cap")


@pytest.mark.requirement("SO-035")
def test_the_cap_of_crm_is_the_terms_remuneration_less_what_is_used():
    """12 × 500.00 = 6,000.00; 4,000.00 recognised: 2,000.00 are left of 3,000.00 claimed."""
    term = (date(2025, 7, 1), date(2026, 7, 1))
    given = {
        "fees": lambda first, end: eur("500.00").times((end.year - first.year) * 12 + end.month - first.month),
        "term": lambda _on: term,
    }
    whole = stands("liability", "crm", damage("7000.00"), **given)
    assert whole.value.amount == eur("6000.00")
    rest = stands("liability", "crm", damage("3000.00"), recognised={term[0]: eur("4000.00")}, **given)
    assert rest.value.amount == eur("2000.00")
    spent = stands("liability", "crm", damage("1.00"), recognised={term[0]: eur("6500.00")}, **given)
    assert spent.value.amount == eur("0.00")
    indirect = stands("liability", "crm", damage("3000.00", indirect=True), **given)
    assert (indirect.value.amount, indirect.value.state.en) == (eur("0.00"), "indirect damage: not covered")


def test_without_a_running_term_the_calendar_year_caps():
    assert frame_of({"on": date(2026, 3, 1)}, seen("crm")) == (date(2026, 1, 1), date(2027, 1, 1))


@pytest.mark.requirement("AP-043")
def test_leisure_caps_by_the_years_maintenance_fee_and_claims_lapse_after_two_years():
    facts = damage("3000.00", fee=eur("1200.00"), on=date(2024, 3, 1))
    assert stands("liability", "leisure", facts, today=date(2026, 3, 1)).value.amount == eur("1200.00")
    lapsed = stands("liability", "leisure", facts, today=date(2026, 3, 2)).value
    assert (lapsed.state.en, lapsed.amount) == ("lapsed", eur("0.00"))
    settled = stands("liability", "leisure", {**facts, "settled_on": date(2025, 1, 1)}, today=date(2026, 3, 2)).value
    assert (settled.amount, settled.can_close) == (eur("1200.00"), True)


def test_the_fee_is_asked_for_only_where_it_caps():
    assert [field.key for field in REGISTERS["liability"].fields(PACKS["leisure"])][4] == "fee"
    assert "fee" not in [field.key for field in REGISTERS["liability"].fields(PACKS["visitor"])]


ALL_RISKS = {"covers_liability": True, "covers_operations": True, "covers_professional": True}


@pytest.mark.requirement("AP-045")
@pytest.mark.parametrize(
    ("facts", "today", "state"),
    [
        ({**ALL_RISKS, "cover": eur("15000.00")}, date(2026, 12, 31), "proved until 31 December 2026"),
        ({**ALL_RISKS, "cover": eur("15000.00")}, date(2027, 1, 1), "expired"),
        ({**ALL_RISKS, "cover": eur("10000.00")}, MARCH, "not sufficient"),
        ({**ALL_RISKS, "covers_operations": False, "cover": eur("15000.00")}, MARCH, "not sufficient"),
    ],
)
def test_a_certificate_covers_each_risk_with_the_amount(facts, today, state):
    told = {"what": "x", "from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31), **facts}
    ruling = stands("insurance", "leisure", told, today=today)
    assert ruling.value.state.en == state
    assert ruling.value.deadlines[0].on == date(2026, 12, 1)  # thirty days before it ends


@pytest.mark.requirement("AP-046")
@pytest.mark.parametrize(
    ("ends", "on", "penalty"),
    [
        (date(2026, 6, 30), date(2027, 5, 1), "36000.00"),
        (date(2026, 6, 30), date(2027, 6, 30), "36000.00"),
        (date(2026, 6, 30), date(2027, 7, 1), "0.00"),
        (None, date(2026, 5, 1), "36000.00"),
    ],
)
def test_hiring_costs_twelve_salaries_until_a_year_after_the_end(ends, on, penalty):
    """12 × 3,000.00 = 36,000.00."""
    ruling = stands("hiring", "leisure", {"what": "x", "on": on, "salary": eur("3000.00")}, ends=ends)
    assert ruling.value.amount == eur(penalty)


def test_a_settled_penalty_can_be_closed():
    facts = {"what": "x", "on": MARCH, "salary": eur("3000.00"), "settled_on": MARCH}
    assert stands("hiring", "leisure", facts).value.can_close


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "not active"),
        ({"notified_on": date(2026, 3, 1)}, "active since 1 March 2026"),
        ({"notified_on": date(2026, 3, 1), "until_on": date(2026, 3, 10)}, "active since 1 March 2026"),
        ({"notified_on": date(2026, 3, 1), "until_on": date(2026, 3, 9)}, "until 9 March 2026"),
        ({"notified_on": date(2026, 3, 1), "orders": True}, "not active"),
    ],
)
def test_a_contact_counts_once_notified_in_writing(facts, state):
    ruling = stands("contacts", "crm", {"name": "Mia", "email": "mia@alder.example", "function": "CFO", **facts})
    assert (ruling.value.state.en, "§17" in [str(clause) for clause in ruling.clauses]) == (state, True)


@pytest.mark.parametrize(
    ("proved", "facts", "counts"),
    [
        ({"email", "orders", "notified_on"}, {}, True),
        ({"email", "notified_on"}, {}, False),
        ({"email", "orders", "notified_on"}, {"declares": True}, False),
        ({"email", "orders", "notified_on"}, {"until_on": date(2026, 3, 9)}, True),
        ({"email", "orders", "notified_on"}, {"notified_on": date(2026, 3, 11)}, False),
        ({"email", "orders"}, {"notified_on": None}, False),
    ],
)
def test_who_may_act_for_the_customer_is_proved_in_writing(proved, facts, counts):
    told = {"email": "mia@alder.example", "orders": True, "notified_on": date(2026, 3, 1), **facts}
    paper = frozenset({"email", "orders", "notified_on"})
    before = {"email": "max@alder.example", "orders": True, "notified_on": date(2026, 1, 1)}
    found = evidenced([(told, frozenset(proved)), (before, paper)], MARCH)
    assert found is (told if counts else before)
    assert evidenced([(told, frozenset(proved))], MARCH) is (told if counts else None)


@pytest.mark.parametrize(("until", "may"), [(None, True), (MARCH, True), (date(2026, 3, 9), False)])
def test_a_contact_acts_until_its_last_day_and_as_far_as_it_may(until, may):
    facts = {"orders": True, "until_on": until}
    assert (acts(facts, "orders", MARCH), acts(facts, "declares", MARCH)) == (may, False)


def test_a_contact_that_may_act_is_active_with_its_paper():
    told = {"name": "Mia", "email": "m@a.example", "function": "CFO", "orders": True, "notified_on": date(2026, 3, 1)}
    found = stands("contacts", "crm", told, proved=frozenset({"email", "orders", "notified_on"})).value
    assert (found.state.en, found.can_close) == ("active since 1 March 2026", True)
    assert [lack.en for lack in stands("contacts", "crm", told).value.lacks] == ["the written evidence"]


@pytest.mark.parametrize(
    ("pack", "ends", "today", "state"),
    [
        ("crm", date(2021, 3, 1), MARCH, "in force, no end date"),
        pytest.param(
            "visitor", date(2026, 12, 31), date(2029, 12, 31), "in force until 31 December 2029",
            marks=pytest.mark.requirement("FW-051"),
        ),
        ("visitor", date(2026, 12, 31), date(2030, 1, 1), "ended on 31 December 2029"),
        ("visitor", None, MARCH, "in force until 3 years after the end"),
        ("leisure", date(2026, 1, 31), MARCH, "in force until 31 January 2028"),
    ],
)  # fmt: skip
def test_secrets_are_kept_as_long_as_the_text_says(pack, ends, today, state):
    assert secrecy(seen(pack, ends=ends, today=today)).value.state.en == state


def test_where_the_text_says_nothing_about_secrets_no_clause_is_named():
    silent = PACKS["visitor"].model_copy(update={"confidentiality": None})
    found = secrecy(Circumstances(silent, MARCH, "EUR", year_of_300, lambda _on: None))
    assert (found.value.state.en, found.clauses) == ("not regulated", ())


@pytest.mark.requirement("FW-051")
def test_a_disclosure_is_closed_with_notice_and_extent_only():
    facts = {"what": "x", "to": "Finanzamt", "basis": "consent", "on": MARCH}
    early = stands("disclosures", "visitor", facts).value
    assert ([lack.en for lack in early.lacks], early.state.en) == (["the day of notice", "the extent"], "incomplete")
    done = stands("disclosures", "visitor", {**facts, "told_on": MARCH, "extent": "one page"}).value
    assert (done.can_close, done.state.en) == (True, "complete")


@pytest.mark.parametrize("pack", ["crm", "visitor", "leisure"])
def test_the_grounds_of_a_disclosure_are_the_packs(pack):
    keys = {field.key: field for field in REGISTERS["disclosures"].fields(PACKS[pack])}
    assert keys["basis"].choices


@pytest.mark.requirement("FW-053")
def test_the_providers_marks_need_consent_with_a_scope():
    facts = {"by": "customer", "what": "Logo", "purpose": "Website"}
    assert stands("references", "visitor", facts).value.state.en == "not allowed"
    allowed = {**facts, "consent_on": MARCH, "scope": "Website 2026"}
    assert stands("references", "visitor", allowed).value.state.en == "allowed within its scope"
    named = {"by": "provider", "what": "Name", "purpose": "Liste"}
    assert stands("references", "visitor", named).value.state.en == "allowed by 11.1, purpose: Liste"


CLAIM = {"what": "x", "claimant": "Y", "known_on": date(2026, 3, 1), "told_on": date(2026, 3, 4)}


@pytest.mark.requirement("SO-036")
def test_a_claim_of_others_shows_days_until_notice_and_costs():
    found = stands("infringements", "crm", {**CLAIM, "costs": eur("250.00"), "outcome": "settled"}).value
    assert (found.state.en, found.amount, found.can_close) == ("told after 3 days", eur("250.00"), True)
    assert [field.key for field in REGISTERS["infringements"].fields(PACKS["crm"]) if field.required] == [
        "what", "claimant", "known_on", "told_on",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "lacks"),
    [
        ({}, ["the outcome"]),
        ({"acknowledged_on": MARCH}, ["the consultation before the acknowledgement", "the outcome"]),
        (
            {"acknowledged_on": MARCH, "consulted_on": date(2026, 3, 11), "outcome": "settled"},
            ["the consultation before the acknowledgement"],
        ),
        ({"acknowledged_on": MARCH, "consulted_on": MARCH, "outcome": "settled"}, []),
    ],
)
def test_nothing_is_acknowledged_before_a_consultation(facts, lacks):
    found = stands("infringements", "visitor", {**CLAIM, "told_on": CLAIM["known_on"], **facts}).value
    assert ([lack.en for lack in found.lacks], found.tone) == (lacks, "warn" if lacks else "good")


@pytest.mark.requirement("FW-044")
@pytest.mark.parametrize(("pack", "refuses"), [("visitor", True), ("leisure", True), ("crm", False)])
def test_acknowledging_alone_is_refused_where_the_text_forbids_it(pack, refuses):
    alone = stands("infringements", pack, {**CLAIM, "acknowledged_on": MARCH}).value
    assert (alone.refused is not None) is refuses
    after = {**CLAIM, "acknowledged_on": MARCH, "consulted_on": MARCH}
    assert stands("infringements", pack, after).value.refused is None


@pytest.mark.requirement("AP-040")
def test_leisure_wants_a_registered_letter_and_one_of_its_remedies():
    found = stands("infringements", "leisure", CLAIM).value
    assert [lack.en for lack in found.lacks] == ["the registered letter", "the outcome"]
    assert stands("infringements", "leisure", {**CLAIM, "registered": True, "outcome": "modify"}).value.can_close
    outcomes = next(f for f in REGISTERS["infringements"].fields(PACKS["leisure"]) if f.key == "outcome").choices
    assert [key for key, _ in outcomes] == ["modify", "replace", "acquire", "unfounded"]


@pytest.mark.requirement("SO-070")
@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"announced_on": date(2026, 8, 1)}, "announced in time"),
        ({"announced_on": date(2026, 8, 2)}, "announced too late"),
        ({}, "not announced"),
    ],
)
def test_the_provider_announces_a_transfer_thirty_days_ahead(facts, state):
    """From 1 September: the thirty days from 2 to 31 August lie between 1 August and that day."""
    told = {"by": "provider", "what": "Nova", "effective_on": date(2026, 9, 1), **facts}
    assert stands("transfer", "crm", told).value.state.en == state


@pytest.mark.parametrize(
    ("pack", "facts", "state", "closes"),
    [
        pytest.param("crm", {}, "without effect", False, marks=pytest.mark.requirement("SO-070")),
        ("crm", {"consent": "given"}, "effective from 1 September 2026", True),
        ("crm", {"consent": "refused"}, "refused", False),
        ("crm", {"consent": "refused", "reason": "Wettbewerber"}, "refused", True),
        ("leisure", {"consent": "given"}, "without effect", False),
        ("leisure", {"consent": "given", "terms_settled": True}, "effective from 1 September 2026", True),
    ],
)
def test_a_customers_transfer_waits_for_consent_and_new_prices(pack, facts, state, closes):
    told = {"by": "customer", "what": "Nova", "effective_on": date(2026, 9, 1), **facts}
    found = stands("transfer", pack, told).value
    assert (found.state.en, found.can_close) == (state, closes)


def test_a_subcontracted_task_names_who_does_it_and_who_is_liable():
    told = {"what": "Hosting", "to": "Rechenwerk AG", "from_on": date(2026, 1, 1)}
    found = stands("subcontracting", "leisure", told)
    assert (found.value.state.en, [clause.number for clause in found.clauses]) == (
        "by Rechenwerk AG, the provider is liable", ["21.4"],
    )  # fmt: skip
    over = stands("subcontracting", "leisure", {**told, "until_on": date(2026, 3, 9)}).value
    assert over.state.en == "by Rechenwerk AG until 9 March 2026"


def test_a_provider_without_a_notice_period_transfers_at_once():
    told = {"by": "provider", "what": "Nova", "effective_on": date(2026, 9, 1)}
    assert stands("transfer", "visitor", told).value.state.en == "effective on its day"


def test_a_new_site_waits_for_an_amendment():
    facts = {"what": "Halle 2", "reported_on": MARCH}
    assert stands("sites", "leisure", facts).value.state.en == "waits for an amendment"
    agreed = stands("sites", "leisure", {**facts, "amended_on": MARCH}).value
    assert (agreed.state.en, agreed.can_close) == ("agreed on 10 March 2026", True)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "not before court yet"),
        ({"court_on": MARCH}, "not before court yet"),
        ({"tried_on": date(2026, 3, 11), "court_on": MARCH}, "not before court yet"),
        ({"tried_on": MARCH}, "settlement tried"),
        ({"tried_on": date(2026, 3, 1), "court_on": MARCH}, "before court since 10 March 2026"),
        ({"settled_on": MARCH}, "settled"),
    ],
)
def test_a_dispute_goes_to_court_after_an_attempt_to_settle(facts, state):
    assert stands("disputes", "crm", {"what": "x", **facts}).value.state.en == state


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "deposited"),
        ({"event": "liquidation"}, "event without evidence"),
        (PROVED, "to be released once signed for"),
        (PROVED | {"signed_on": MARCH}, "to be released once signed for"),
        (PROVED | SIGNED, "to be released"),
        (PROVED | SIGNED | {"released_on": MARCH}, "released on 10 March 2026"),
    ],
)
def test_the_source_is_released_on_a_proved_event_once_signed_for(facts, state):
    told = {"what": "7.2", "deposited_on": date(2026, 1, 5), **facts}
    assert stands("escrow", "leisure", told, proved=frozenset({"event"})).value.state.en == state


@pytest.mark.parametrize(
    ("facts", "proved", "says"),
    [
        (SIGNED, {"event"}, "after one of the events only"),
        (PROVED | SIGNED, set(), "after one of the events only"),
        (PROVED, {"event"}, "First the signature"),
    ],
)
def test_without_event_evidence_and_signature_the_release_is_refused(facts, proved, says):
    told = {"what": "7.2", "deposited_on": date(2026, 1, 5), "released_on": MARCH, **facts}
    refused = stands("escrow", "leisure", told, proved=frozenset(proved)).value.refused
    assert refused is not None
    assert says in refused.en


@pytest.mark.parametrize("pack", PACKS)
def test_every_field_has_words_and_a_choice_has_something_to_choose(pack):
    for register in registers_of(PACKS[pack]):
        fields = register.fields(PACKS[pack])
        assert len({field.key for field in fields}) == len(fields)
        assert any(field.required for field in fields)
        for field in fields:
            assert bool(field.choices) == (field.kind == "choice")

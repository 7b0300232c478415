"""The visitor pack says what the contract says, at the clause that says it."""

from decimal import Decimal

import pytest

from kontor.rulebook.duration import Duration
from kontor.rulebook.terms import NotAgreedError, PackError, Setting, ToBeAgreed, load
from kontor.rulebook.terms.concluded import concluded
from kontor.rulebook.terms.units import HolidayRule, Measure, Rule, Window, Written
from tests.rulebook.pack_table import clock, keys, left_open, local, row, stated

PACK = load("visitor", version="2026-01")
MON_FRI = ("mon", "tue", "wed", "thu", "fri")
MONTHS_3, MONTHS_12 = Duration.parse("3 months"), Duration.parse("12 months")


def hours(number: int) -> Duration:
    return Duration.parse(f"{number} clock hours")


NUMBERS = [
    row("formation.formed_by", "confirmation_received", "3.1", "FW-001"),
    row("formation.steps", ("offer", "order", "confirmation"), "3.1", "FW-001"),
    row("formation.confirmation_names_terms", True, "1.1", "FW-001"),
    row("formation.customer_terms_excluded", True, "1.4", "FW-001"),
    row("documents.rank", ("offer", "terms", "annexes"), "3.3", "FW-005"),
    row("documents.first_for_personal_data", "processing_agreement", "3.3", "FW-005"),
    row("documents.lower_overrides_by_naming", True, "3.4", "FW-005"),
    row("term.renewal", MONTHS_12, "4.6.1", "FW-026"),
    row("notice.period", MONTHS_3, "4.6.1", "FW-026"),
    row("notice.to", "term_end", "4.6.1", "FW-026"),
    row("notice.form", "written", "4.6.1", "FW-026"),
    row("termination.full_reductions_in_a_row", 3, "4.5.4", "FW-024"),
    row("termination.other_grounds", True, "4.6.3", "FW-028"),
    row("arrears.termination_threat_form", "text", "4.6.2", "FW-027"),
    row("seats.added_until", "term_end", "3.2"),
    row("prices.net", True, "7.3"),
    row("prices.platform_fee_per", "month", "7.2"),
    row("prices.hardware_once", True, "7.2"),
    row("invoicing.issued", "period_start", "7.4"),
    row("invoicing.due", Duration.parse("14 days"), "7.4", "FW-048"),
    row("invoicing.due_from", "receipt", "7.4", "FW-048"),
    row("invoicing.collection_wait", Duration.parse("7 days"), "7.4", "FW-049"),
    row("arrears.termination_after", Duration.parse("6 weeks"), "4.6.2", "FW-027"),
    row("arrears.termination_threat", Duration.parse("2 weeks"), "4.6.2", "FW-027"),
    row("changes.kinds.reasonable.notice", Duration.parse("4 weeks"), "4.3.2", "FW-017"),
    row("changes.kinds.restriction.answer_within", Duration.parse("2 months"), "4.3.3", "FW-018"),
    row("changes.kinds.restriction.counted_from", "received", "4.3.3", "FW-018"),
    row("changes.kinds.restriction.silence_is_consent", True, "4.3.3", "FW-018"),
    row("changes.kinds.restriction.termination_after_objection", MONTHS_3, "4.3.3", "FW-019"),
    row("blocking.notice", Duration.parse("1 working day"), "4.1.6", "FW-010"),
    row("retention.kinds.customer_data.keep", Duration.parse("4 weeks"), "4.6.5", "FW-030"),
    row("retention.kinds.customer_data.limit", "at_most", "4.6.5", "FW-030"),
    row("hardware.warranty", Duration.parse("1 year"), "5.4.7", "FW-035"),
    row("hardware.warranty_from", "handover_to_carrier", "5.4.7", "FW-035"),
    row("liability.cap", "fees_of_calendar_year", "8.3", "FW-050"),
    row("liability.cap_share", Decimal(100), "8.3", "FW-050"),
    row("confidentiality.after_end", Duration.parse("3 years"), "9.2", "FW-051"),
    row("force_majeure.lasts", Duration.parse("30 days"), "12", "FW-054"),
    row("force_majeure.counted_from", "received", "12", "FW-054"),
    row("force_majeure.then", "right_to_terminate", "12", "FW-054"),
    row("metering.meters.storage", Measure(amount=15, unit="GB", limit="hard"), "Anlage 1, 2", "FW-088"),
    row("service_level.availability", Decimal(98), "Anlage 2, 1.1", "FW-090"),
    row("service_level.per", "month", "Anlage 2, 1.1", "FW-090"),
    row("incidents.classes.class_1.reaction", hours(5), "Anlage 2, 2.2", "FW-096"),
    row("incidents.classes.class_1.recovery", hours(24), "Anlage 2, 2.2", "FW-096"),
    row("incidents.classes.class_2.reaction", hours(24), "Anlage 2, 2.2", "FW-096"),
    row("incidents.classes.class_2.recovery", hours(48), "Anlage 2, 2.2", "FW-096"),
    row("incidents.classes.class_3.reaction", hours(48), "Anlage 2, 2.2", "FW-096"),
    row("incidents.classes.class_3.recovery", hours(72), "Anlage 2, 2.2", "FW-096"),
    row("privacy.clause_annexes", 4, "Anlage 3, Klausel 1", "FW-099"),
    row("privacy.suspension_cured_within", Duration.parse("1 month"), "Anlage 3, Klausel 10 b", "FW-111"),
    row("jurisdiction.court", "München", "13.6"),
    row("jurisdiction.law", "de", "13.5"),
    row("jurisdiction.translations_bind", False, "13.4"),
]

LISTS = [
    row("blocking.reasons", ("credentials", "technical", "legal_duty", "contact_data", "bank_data"), "4.1.6"),
    row(
        "termination.provider_grounds",
        ("false_statements", "breach_of_use", "finances_worse", "repeated_breach"),
        "4.6.3",
        "FW-028",
    ),
    row("hardware.report_while_unpaid", ("seizure", "insolvency", "damage", "loss", "change_of_possession"), "5.2"),
    row(
        "cooperation.forbidden_content",
        ("unlawful", "insulting", "racist", "discriminating", "pornographic", "obscene"),
        "6.4.2",
    ),
    row(
        "support.out_of_scope",
        ("customising", "interfaces", "integration", "end_devices", "content_backup", "translation"),
        "Anlage 1, 3",
    ),
    row(
        "service_level.excuses",
        ("unforeseen_maintenance", "attack", "customer_side", "security_patch", "agreed_work", "regular_window"),
        "Anlage 2, 1.4",
        "FW-092",
    ),
    row("invoicing.set_off_needs", ("undisputed", "adjudicated", "reciprocal"), "13.2"),
    row("privacy.person_categories", ("customers", "prospects", "employees", "contacts"), "Anlage 3, Anhang II"),
    row(
        "privacy.data_categories",
        ("authentication", "name", "communication", "identity_number", "presence"),
        "Anlage 3, Anhang II",
    ),
    row("privacy.breach_states", ("description", "contact", "consequences_and_measures"), "Anlage 3, Klausel 9.2"),
    row("sign_in.methods", ("saml", "oidc"), "Anlage 1, 1.5"),
    row("declarations.required", ("terms", "entrepreneur", "processing_agreement"), "3.5"),
]


@pytest.mark.parametrize(("key", "value", "clause"), [*NUMBERS, *LISTS])
def test_the_text_gives_this_value(key: str, value: object, clause: str):
    assert stated(PACK, key) == (value, clause)


@pytest.mark.parametrize(
    ("module", "functions"), [("signage", 5), ("visitors", 15), ("wayfinding", 2), ("calls", 4), ("platform", 5)]
)
def test_annex_1_lists_the_functions_of_each_module(module: str, functions: int):
    found = PACK.value(f"modules.{module}.functions")
    assert found is not None
    assert len(found.value) == functions  # type: ignore[arg-type]


@pytest.mark.requirement("FW-093")
def test_the_window_runs_from_saturday_7_to_sunday_22():
    window = Window.model_validate({"days": ("sat",), "from": "07:00", "to": "22:00", "days_later": 1})
    assert stated(PACK, "maintenance.windows") == ((window,), "Anlage 2, 1.4")


@pytest.mark.requirement("FW-098")
@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-01-06 10:00", False),  # Epiphany, Bavaria
        ("2026-06-04 10:00", False),  # Corpus Christi, Bavaria
        ("2025-12-24 10:00", False),
        ("2025-12-31 10:00", False),
        ("2026-03-02 08:59", False),
        ("2026-03-02 09:00", True),
        ("2026-03-02 17:59", True),
        ("2026-03-02 18:00", False),
        ("2026-03-07 10:00", False),  # Saturday
    ],
)
def test_telephone_service_is_open_on_bavarian_working_days(moment: str, *, is_open: bool):
    support = PACK.support
    assert support is not None
    assert support.hours is not None
    assert support.holidays is not None
    assert support.hours.clause.number == "Anlage 2, 2.7"
    assert support.holidays.value == HolidayRule(country="DE", subdivision="BY", days=("12-24", "12-31"))
    office = clock(PACK.zone, support.hours.value, support.holidays.value)
    assert office.is_open(local(PACK.zone, moment)) == is_open


OPEN = [
    row("formation.access_from", ("confirmation_received", "confirmation_issued"), "2.2"),
    row("term.counted_from", ("confirmation_issued", "confirmation_received"), "4.6.1"),
    row("notice.counts", ("received", "sent"), "4.6.1"),
    row("notice.email_is_written", (False, True), "4.6.1"),
    row("notice.partial", (True, False), "4.6.1"),
    row("termination.form", ("written", "text"), "4.6.1"),
    row("cooperation.provider_backs_up", ("platform_only", "nothing", "restore_promised"), "4.1.7"),
    row("metering.gigabyte", ("decimal", "binary"), "Anlage 1, 2"),
    row("blocking.working_days", ("mon_fri", "mon_sat"), "4.1.6"),
]


@pytest.mark.parametrize(("key", "choices", "clause"), OPEN)
def test_readings_with_the_default_first(key: str, choices: tuple[str, ...], clause: str):
    default, others, at = left_open(PACK, key)
    assert (default, set(others), at) == (choices[0], set(choices), clause)


def test_the_calendar_of_working_days_is_open_to_reading():
    assert left_open(PACK, "blocking.holidays") == (HolidayRule(country="DE", subdivision="BY"), None, "4.1.6")


def test_repeatedly_is_at_least_twice():
    found = PACK.value("termination.repeated_breach_from")
    assert isinstance(found, Setting)
    assert (found.value, found.admits(1), found.admits(3), found.clause.number) == (2, False, True, "4.6.3")


def test_a_meter_warns_before_its_limit_though_the_clause_names_no_warning():
    found = {key: PACK.value(f"metering.warned_{key}") for key in ("first", "again")}
    assert all(isinstance(each, Setting) for each in found.values())
    assert {key: (each.value, each.clause.number) for key, each in found.items()} == {
        "first": (Decimal(80), "Anlage 1, 2"),
        "again": (Decimal(95), "Anlage 1, 2"),
    }


def test_every_reading_left_open_is_known_here():
    others = [
        "blocking.holidays",
        "metering.warned_again",
        "metering.warned_first",
        "termination.repeated_breach_from",
    ]
    assert sorted(keys(PACK.settings())) == sorted([*others, *(entry.id for entry in OPEN)])


def test_what_an_offer_must_say():
    assert keys(PACK.to_be_agreed()) == (
        "formation.storage_gigabytes",
        "term.initial",
        "invoicing.interval",
        "subprocessors.mode",
        "subprocessors.notice",
    )


def test_the_initial_term_is_asked_for_and_has_a_least():
    blank = PACK.value("term.initial")
    assert isinstance(blank, ToBeAgreed)
    assert (blank.asks, blank.least, blank.admitted) == ("duration", MONTHS_12, "at least 12 months")
    with pytest.raises(NotAgreedError, match="Initial term"):
        _ = blank.value


def test_the_months_rate_counts_24_hours_of_each_day():
    """Annex 2, 1.2 to 1.4: the whole is 24 hours for each day; what is not excused is taken off, from the outage on."""
    rule, clause = stated(PACK, "service_level.formula")
    assert isinstance(rule, Rule)
    assert isinstance(rule.shown, Written)
    assert (rule.name, rule.shown.en, clause) == (
        "minutes_available", "(24 h × days − downtime not excused) / (24 h × days) × 100", "Anlage 2, 1.4",
    )  # fmt: skip
    assert stated(PACK, "service_level.counting_starts") == ("outage", "Anlage 2, 1.4")


def test_the_provider_sorts_incidents_into_exactly_three_classes():
    assert PACK.incidents is not None
    assert list(PACK.incidents.classes) == ["class_1", "class_2", "class_3"]
    assert stated(PACK, "incidents.classified_by") == ("provider", "Anlage 2, 2.3")


@pytest.mark.requirement("FW-026")
def test_an_offer_of_six_months_is_refused():
    with pytest.raises(PackError) as refused:
        concluded("visitor", "2026-01", settings={}, agreed={"term.initial": "6 months"})
    assert str(refused.value) == 'visitor-2026-01.toml, term.initial: expected at least 12 months, found "6 months".'


@pytest.mark.requirement("FW-090")
def test_an_offer_may_agree_another_availability():
    pack = concluded("visitor", "2026-01", settings={}, agreed={"service_level.availability": "99 %"})
    found = pack.value("service_level.availability")
    assert found is not None
    assert (found.value, found.clause.number) == (Decimal(99), "Anlage 2, 1.1")

"""The leisure pack says what the contract says, at the clause that says it."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.terms import NotAgreedError, PackError, ToBeAgreed, load
from kontor.rulebook.terms.concluded import concluded
from kontor.rulebook.terms.units import HolidayRule, Measure, Rule, Window
from tests.rulebook.pack_table import clock, keys, left_open, local, row, stated

PACK = load("leisure", version="2026-01")
MON_FRI = ("mon", "tue", "wed", "thu", "fri")
MONTHS_3, DAYS_30 = Duration.parse("3 months"), Duration.parse("30 days")


def mails(amount: int, per: str) -> Measure:
    return Measure.model_validate({"amount": amount, "unit": "mails", "per": per, "limit": "hard"})


NUMBERS = [
    row("formation.formed_by", "signed_offer_received", "Art. 4", "AP-004"),
    row("documents.rank", ("offer", "terms", "annexes"), "Art. 3", "AP-002"),
    row("term.renewal", Duration.parse("1 year"), "Art. 4", "AP-005"),
    row("term.counted_from", "signed_offer_received", "Art. 4", "AP-004"),
    row("notice.period", MONTHS_3, "Art. 4", "AP-005"),
    row("notice.form", "registered_letter", "Art. 4", "AP-005"),
    row("licence.perpetual_sites", 1, "Art. 6", "AP-006"),
    row("licence.term_sites", "named_in_offer", "Art. 6", "AP-006"),
    row("licence.backup_copies", 1, "Art. 6", "AP-010"),
    row("licence.conversion_credits_fees", False, "Art. 6"),
    row("acceptance.period", Duration.parse("5 days"), "Art. 7", "AP-016"),
    row("acceptance.silence_accepts", True, "Art. 7", "AP-016"),
    row("prices.free_reinstallations", Measure(amount=2, unit="times", per="year", limit="soft"), "9.2", "AP-026"),
    row("prices.free_reinstallation_lasts", Measure(amount=30, unit="minutes", limit="soft"), "9.2", "AP-026"),
    row("index.formula", Rule(name="price_times_index", shown="P = Po × S / So"), "Art. 11", "AP-033"),
    row("index.index", "Syntec", "Art. 11", "AP-033"),
    row("invoicing.renewal_lead", Duration.parse("60 days"), "Art. 11", "AP-032"),
    row("invoicing.renewal_due", Duration.parse("45 days"), "Art. 11", "AP-032"),
    row("invoicing.renewal_due_from", "issue", "Art. 11", "AP-032"),
    row("invoicing.renewal_intervals", ("quarter", "year"), "Art. 11", "AP-032"),
    row("arrears.lump_sum", Money("EUR", 40_00), "Art. 11", "AP-034"),
    row("arrears.interest_factor", 3, "Art. 11", "AP-035"),
    row("arrears.interest_from", "day_after_due", "Art. 11", "AP-035"),
    row("arrears.suspension", "at_once", "Art. 11"),
    row("arrears.ends_after", DAYS_30, "Art. 11", "AP-037"),
    row("defects.warranty", MONTHS_3, "Art. 12", "AP-038"),
    row("defects.warranty_from", "delivery", "Art. 12", "AP-038"),
    row("cooperation.contact", "everything", "Art. 7"),
    row("cooperation.training", True, "Art. 7"),
    row("confidentiality.after_end", Duration.parse("2 years"), "Art. 16", "AP-042"),
    row("liability.cap", "yearly_maintenance_fee", "Art. 18", "AP-043"),
    row("liability.lapses_after", Duration.parse("2 years"), "Art. 18", "AP-043"),
    row("insurance.cover", Money("EUR", 15_000_00), "Art. 19", "AP-045"),
    row("insurance.risks", ("liability", "operations", "professional"), "Art. 19", "AP-045"),
    row("insurance.per", ("claim", "year"), "Art. 19", "AP-045"),
    row("staff.no_hiring_after_end", Duration.parse("12 months"), "Art. 20", "AP-046"),
    row("staff.penalty_months", 12, "Art. 20", "AP-046"),
    row("termination.cure_period", DAYS_30, "21.2", "AP-047"),
    row("termination.cure_form", "registered_letter", "21.2", "AP-047"),
    row("termination.return_of_software", DAYS_30, "21.2", "AP-049"),
    row("termination.fees_owed", "term_or_current_year", "21.2"),
    row("termination.form", "informal", "21.2"),
    row("termination.partial", True, "21.2"),
    row("termination.cure_letter_states", ("breach", "consequence"), "21.2", "AP-047"),
    row("force_majeure.other_events", True, "21.3"),
    row("force_majeure.lasts", DAYS_30, "21.3", "AP-051"),
    row("force_majeure.counted_from", "sent", "21.3", "AP-051"),
    row("force_majeure.then", "ends", "21.3", "AP-051"),
    row("force_majeure.payment_continues", True, "21.3", "AP-051"),
    row("changes.kinds.terms.takes_effect", "on_notification", "21.7"),
    row("incidents.classes.blocking.repair", Duration.parse("24 office hours"), "Anhang 1, 1.3 (i)", "AP-061"),
    row("incidents.classes.semi_blocking.repair", Duration.parse("48 office hours"), "Anhang 1, 1.3 (ii)", "AP-062"),
    row("incidents.classes.non_blocking.repair", Duration.parse("20 working days"), "Anhang 1, 1.3 (iii)", "AP-063"),
    row("incidents.best_effort", True, "Anhang 1, 1.3", "AP-061", "AP-062", "AP-063"),
    row("incidents.plan_after_workaround", Duration.parse("7 days"), "Anhang 1, 1.3", "AP-064"),
    row("mailing.plans.web_pro.monthly", mails(25_000, "month"), "Anhang 2, Regel 1", "AP-069"),
    row("mailing.plans.web_premium.monthly", mails(90_000, "month"), "Anhang 2, Regel 1", "AP-069"),
    row("mailing.plans.web_pro.hourly", mails(1_000, "hour"), "Anhang 2, Regel 2", "AP-071"),
    row("mailing.plans.web_premium.hourly", mails(2_000, "hour"), "Anhang 2, Regel 2", "AP-071"),
    row("mailing.review", Duration.parse("24 clock hours"), "Anhang 2, Regel 2", "AP-070"),
    row("mailing.sender_domain_older_than", Duration.parse("1 month"), "Anhang 2, Regel 8", "AP-078"),
    row("mailing.text_share", Decimal(60), "Anhang 3", "AP-082"),
    row("mailing.image_share", Decimal(40), "Anhang 3", "AP-082"),
    row("subprocessors.objection_within", Duration.parse("15 days"), "Anhang 4, Untervergabe", "AP-091"),
    row("subprocessors.silence_is_consent", True, "Anhang 4, Untervergabe", "AP-091"),
    row("audit.audits", Measure(amount=1, unit="times", per="year", limit="soft"), "Anhang 4, Prüfung", "AP-095"),
    row("audit.cost_borne_by", "customer", "Anhang 4, Prüfung", "AP-095"),
    row("jurisdiction.court", "Annecy", "21.10"),
    row("jurisdiction.language", "fr", "21.9"),
]

LISTS = [
    row("licence.source_release_events", ("liquidation", "cessation", "maintenance_ended"), "Art. 13"),
    row("termination.immediate_grounds", ("integrity", "copyright", "brand"), "21.2"),
    row(
        "force_majeure.events",
        ("own_strike", "outside_strike", "transport", "supplier", "telecom", "nature", "war"),
        "21.3",
    ),
    row(
        "support.exclusions",
        (
            *("misuse", "refused_update", "refused_access"),
            *("no_cooperation", "hardware_change", "configuration_or_timing"),
        ),
        "8.3",
    ),
    row("support.forms_of_help", ("oral", "written", "documentation", "remote"), "Anhang 1, 1.3"),
    row("support.report_states", ("contract", "conditions", "circumstances"), "Anhang 1, 1.3"),
    row(
        "mailing.indicators",
        ("bounces", "unsubscribes", "blocks", "spam_complaints", "spam_traps", "misuse_complaints"),
        "Anhang 2",
        "AP-067",
    ),
    row(
        "mailing.barred_promotion",
        (
            *("gambling", "pornography", "weapons", "tobacco", "medicines", "politics"),
            *("piracy", "penny_stocks", "trading", "payday_loans", "leads", "get_rich"),
        ),
        "Anhang 2, Regel 9",
    ),
    row("modules.gokarts.functions", ("web_pro", "web_premium", "live_timing"), "9.2", "AP-024"),
    row("modules.goracing.functions", ("live_timing", "live_graphics"), "9.2", "AP-024"),
    row("privacy.data_categories", ("identification", "purchases", "app_ip"), "Anhang 4, Art. 1"),
    row("privacy.person_categories", ("users", "customers_and_prospects"), "Anhang 4, Art. 1"),
    row("privacy.breach_states", ("nature", "contact", "consequences", "measures"), "Anhang 4, Unterstützung"),
    row("declarations.required", ("terms", "hardware_terms", "insurance"), "Art. 3"),
]


@pytest.mark.parametrize(("key", "value", "clause"), [*NUMBERS, *LISTS])
def test_the_text_gives_this_value(key: str, value: object, clause: str):
    assert stated(PACK, key) == (value, clause)


@pytest.mark.requirement("AP-055")
@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-04-06 10:00", False),  # Easter Monday
        ("2026-05-14 10:00", False),  # Ascension
        ("2026-05-25 10:00", True),  # Whit Monday is not on the list
        ("2026-07-14 10:00", False),
        ("2026-12-24 10:00", True),
        ("2026-12-25 10:00", False),
        ("2026-06-01 09:00", True),
        ("2026-06-01 18:00", False),
        ("2026-06-06 10:00", False),  # Saturday
    ],
)
def test_the_centre_is_open_on_working_days_in_paris(moment: str, *, is_open: bool):
    support = PACK.support
    listed = ("01-01", "easter+1", "05-01", "05-08", "easter+39", "07-14", "08-15", "11-01", "11-11", "12-25")
    assert stated(PACK, "support.holidays") == (HolidayRule(days=listed), "Anhang 1, 1.1")
    centre = clock(PACK.zone, support.hours.value, support.holidays.value)
    assert centre.is_open(local("Europe/Paris", moment)) == is_open


@pytest.mark.requirement("AP-057")
def test_on_call_is_for_blocking_faults_in_the_evening_and_on_free_days():
    windows = (
        Window.model_validate({"days": MON_FRI, "from": "18:00", "to": "22:00"}),
        Window.model_validate({"days": ("sat", "sun", "holiday"), "from": "09:00", "to": "22:00"}),
    )
    assert stated(PACK, "support.on_call.windows") == (windows, "Anhang 1, 1.2")
    assert stated(PACK, "support.on_call.classes") == (("blocking",), "Anhang 1, 1.2")
    assert stated(PACK, "support.on_call.channel") == ("telephone", "Anhang 1, 1.2")
    assert stated(PACK, "support.on_call.help_consulted_first") == (True, "Anhang 1, 1.2")


@pytest.mark.requirement("AP-071")
def test_mail_leaves_from_8_to_21_by_the_customers_clock():
    every_day = Window.model_validate({"days": (*MON_FRI, "sat", "sun"), "from": "08:00", "to": "21:00"})
    assert stated(PACK, "mailing.hours") == ((every_day,), "Anhang 2, Regel 2")
    assert stated(PACK, "mailing.hours_zone") == ("customer", "Anhang 2, Regel 2")


OPEN = [
    row("notice.counts", ("received", "sent"), "Art. 4"),
    row("notice.partial", (False, True), "Art. 4"),
    row("index.rounds", ("unit", "total"), "Art. 11"),
    row("arrears.statutory_lump_sum", ("not_added", "added"), "Art. 11"),
    row("incidents.working_days", ("mon_fri", "mon_sat"), "Anhang 1, 1.3 (iii)"),
    row("mailing.review_reading", ("both", "decision_within", "checked_within"), "Anhang 2, Regel 2"),
]


@pytest.mark.parametrize(("key", "choices", "clause"), OPEN)
def test_readings_with_the_default_first(key: str, choices: tuple[str, ...], clause: str):
    assert left_open(PACK, key) == (choices[0], choices, clause)


@pytest.mark.requirement("AP-072")
@pytest.mark.parametrize(
    ("length", "admitted"), [("2 months", False), ("3 months", True), ("6 months", True), ("7 months", False)]
)
def test_interest_in_mail_is_read_as_three_to_six_months(length: str, *, admitted: bool):
    setting = PACK.mailing.interested_within
    assert (setting.value, setting.clause.number) == (Duration.parse("6 months"), "Anhang 2, Regel 3")
    assert setting.admits(Duration.parse(length)) == admitted


def test_every_reading_left_open_is_known_here():
    assert sorted(keys(PACK.settings())) == sorted(
        ["mailing.interested_within", "metering.warned_first", "metering.warned_again", *(entry.id for entry in OPEN)]
    )


def test_what_an_offer_must_say():
    assert keys(PACK.to_be_agreed()) == (
        "term.initial",
        "licence.granted_for",
        "invoicing.interval",
        "invoicing.dates",
        "invoicing.due",
        "support.fault_address",
        "mailing.thresholds.bounces",
        "mailing.thresholds.unsubscribes",
        "mailing.thresholds.blocks",
        "mailing.thresholds.spam_complaints",
        "mailing.thresholds.spam_traps",
        "mailing.thresholds.misuse_complaints",
        "subprocessors.named",
    )


def test_thresholds_are_asked_for_only_where_mail_is_sent():
    conditions = {blank.only_with for key, blank in PACK.to_be_agreed() if key.startswith("mailing.")}
    assert conditions == {"mailing"}


def test_there_is_no_day_to_pay_before_the_offer_names_one():
    due = PACK.invoicing.due
    assert isinstance(due, ToBeAgreed)
    with pytest.raises(NotAgreedError) as refused:
        _ = due.value
    assert (
        str(refused.value) == "“Days to pay invoices before the first renewal” is to be agreed in the offer (Art. 11)."
    )


def test_the_offer_fixes_the_days_of_the_first_invoices():
    agreed = {"invoicing.dates": ["2026-02-01", "2026-05-01"]}
    pack = concluded("leisure", "2026-01", settings={}, agreed=agreed)
    assert pack.invoicing.dates.value == (date(2026, 2, 1), date(2026, 5, 1))


def test_services_are_billed_by_quarter_or_year_only():
    with pytest.raises(PackError) as refused:
        concluded("leisure", "2026-01", settings={}, agreed={"invoicing.interval": "month"})
    assert (
        str(refused.value) == 'leisure-2026-01.toml, invoicing.interval: expected one of quarter, year, found "month".'
    )


def test_no_availability_is_promised():
    assert PACK.value("service_level.availability") is None
    assert stated(PACK, "service_level.compensation") == ("none", "Anhang 1, 3")

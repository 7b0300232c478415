"""The CRM pack says what the contract says, at the clause that says it."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook.duration import Duration
from kontor.rulebook.terms import NotAgreedError, ToBeAgreed, load
from kontor.rulebook.terms.units import HolidayRule, Rule, Window
from tests.rulebook.pack_table import keys, left_open, row, stated

PACK = load("crm", version="2026-01")
DAYS_30, DAYS_3 = Duration.parse("30 days"), Duration.parse("3 days")
MON_FRI = ("mon", "tue", "wed", "thu", "fri")

NUMBERS = [
    row("documents.text_dated", date(2015, 6, 18), "§1", "SO-002"),
    row("term.initial", Duration.parse("12 months"), "§1.2"),
    row("term.renews_by", "billing_interval", "§1.2"),
    row("notice.period", DAYS_30, "§13"),
    row("notice.to", "term_end", "§13"),
    row("notice.form", "written", "§13"),
    row("notice.refund", False, "§13"),
    row("notice.fees_owed_to_term_end", True, "§13"),
    row("termination.fees_owed", "current_period", "§3"),
    row("termination.form", "written", "§13"),
    row("changes.kinds.terms.notice", Duration.parse("4 months"), "§18"),
    row("changes.kinds.terms.takes_effect", "next_billing_interval", "§18"),
    row("changes.kinds.terms.not_before_first_term_ends", True, "§18"),
    # "more than three users" (§6) is four or more
    row("cooperation.contact_from_users", 3 + 1, "§6", "SO-031"),
    row("transfer.provider_notice", DAYS_30, "§15"),
    row("seats.reduction_notice", DAYS_30, "§12"),
    row("seats.reduction_takes_effect", "billing_interval_end", "§12"),
    row("seats.added_until", "billing_period_end", "§11.1"),
    row("seats.added_price", "list_or_agreed", "§11.1"),
    row("prices.base_fee", "sum_of_users_times_plan", "§11.1"),
    row("prices.expander_sold_per", "customer", "§11.2"),
    row("invoicing.in_advance", True, "§11.1"),
    row("invoicing.first_interval_from", "next_month", "§11.1"),
    row("invoicing.interval_change_from", "next_interval", "§11.1"),
    row("arrears.suspension", "after_notification", "§13"),
    row("metering.charged_with", "next_period", "§11.3"),
    row("service_level.availability", Decimal("99.8"), "§4", "SO-017"),
    row("service_level.per", "month", "§4", "SO-017"),
    row("service_level.counting_starts", "noticed", "§4"),
    row("service_level.claim_within", DAYS_3, "§4"),
    row("service_level.claim_decided_within", DAYS_30, "§4"),
    row("service_level.compensation", "credit_on_claim", "§4"),
    row("service_level.credit_base", "base_fee_of_month", "§4"),
    row("support.hours", (Window.model_validate({"days": MON_FRI, "from": "08:00", "to": "16:00"}),), "§6"),
    row("retention.copy_notice", DAYS_3, "§14"),
    row("retention.kinds.customer_data.keep", DAYS_30, "§14"),
    row("retention.kinds.customer_data.then", "delete", "§14"),
    row("retention.kinds.trial_data.until", "trial_ends", "§1.1"),
    row("subprocessors.notice", Duration.parse("60 days"), "§9.2"),
    row("subprocessors.notice_where_possible", True, "§9.2"),
    row("confidentiality.unlimited", True, "§10"),
    row("liability.cap", "fees_of_term", "§7"),
    row("liability.direct_only", True, "§7"),
    row("jurisdiction.law", "no", "§20"),
    row("jurisdiction.court", "Oslo", "§20"),
]


@pytest.mark.parametrize(("key", "value", "clause"), NUMBERS)
def test_values(key: str, value: object, clause: str):
    assert stated(PACK, key) == (value, clause)


LISTS = [
    row("formation.offer_contains", ("users_per_plan", "billing_interval", "prices"), "§1.2"),
    row("seats.added_channels", ("email", "order_form", "web_shop"), "§12"),
    row("seats.user_kinds", ("employee", "consultant"), "§3"),
    row("trial.ends_on", ("expiry", "conclusion"), "§1.1"),
    row("trial.buyer_chooses", ("continue", "new_database"), "§1.1"),
    row(
        "metering.chargeable",
        ("storage", "bulk_mailings", "service_emails", "customer_centre_logins"),
        "§11.3",
        "SO-053",
    ),
    row(
        "service_level.excuses",
        ("maintenance", "internet", "communications", "external", "customer_equipment"),
        "§4",
    ),
    row("service_level.claim_contains", ("description", "users_affected", "users_location", "own_attempts"), "§4"),
    row("maintenance.daytime_reasons", ("fix_error", "prevent_error"), "§4"),
    row(
        "support.exclusions",
        (
            *("unsupported_setup", "database_repair", "customer_caused", "outside_service"),
            *("customer_infrastructure", "configuration", "consulting"),
        ),
        "§6",
    ),
    row("privacy.user_fields", ("name", "contact_data", "email"), "§9.2"),
    row("privacy.statements", ("processing", "access", "usage_statistics", "advertising"), "§9.2"),
    row("privacy.storage_countries", ("no",), "§9.2"),
    row("changes.kinds.terms.channels", ("email", "website", "support_pages"), "§18"),
]


@pytest.mark.parametrize(("key", "entries", "clause"), LISTS)
def test_lists(key: str, entries: tuple[str, ...], clause: str):
    assert stated(PACK, key) == (entries, clause)


OPEN = [
    row("term.counted_from", ("first_billing_interval", "order_signed"), "§11.1"),
    row("notice.counts", ("sent", "received"), "§13"),
    row("notice.email_is_written", (False, True), "§13"),
    row("arrears.termination_notified", (True, False), "§13"),
    row("notice.late_notice_ends", ("earliest_term_end_in_time", "next_term_end"), "§13"),
    row("seats.reduction_counts", ("received", "sent"), "§12"),
    row("prices.days_before_first_interval", ("free", "pro_rata"), "§11.1"),
    row("metering.level_measured", ("month_end", "peak", "average"), "§11.3"),
    row("metering.gigabyte", ("decimal", "binary"), "§11.3"),
    row("metering.included_rounding", ("nearest", "up", "down"), "§11.3"),
    row("service_level.other_causes", ("not_counted", "counted_without_credit"), "§4"),
    row("service_level.unavailable_when", ("either", "both"), "§4"),
    row("service_level.credit", ("down_share", "shortfall"), "§4"),
    row("support.zone", ("Europe/Vilnius", "Europe/Oslo"), "§6"),
    row("retention.database_format", ("sql_dump", "csv", "bak"), "§14"),
    row("retention.withholding", ("reasoned_until_review", "not_used"), "§14"),
    row("privacy.statements_are", ("revocable_consent", "contract_clause"), "§9.2"),
]


@pytest.mark.parametrize(("key", "choices", "clause"), OPEN)
def test_readings_with_the_default_first(key: str, choices: tuple[str, ...], clause: str):
    assert left_open(PACK, key) == (choices[0], choices, clause)


@pytest.mark.requirement("SO-028")
def test_support_is_closed_on_lithuanian_holidays_unless_another_reading_is_chosen():
    days = ("12-24", "01-01")
    lithuania, norway = HolidayRule(country="LT", days=days), HolidayRule(country="NO", days=days)
    assert left_open(PACK, "support.holidays") == (lithuania, (lithuania, norway, HolidayRule(days=days)), "§6")
    assert (PACK.zone, PACK.support_zone) == ("Europe/Oslo", "Europe/Vilnius")


def test_every_reading_left_open_is_known_here():
    assert sorted(keys(PACK.settings())) == sorted(["support.holidays", *(entry.id for entry in OPEN)])


BLANKS = (
    "trial.length",
    "invoicing.interval",
    "invoicing.lead",
    "invoicing.due",
    "invoicing.due_from",
    "arrears.dunning_levels",
    "subprocessors.named",
)


def test_what_an_offer_must_say():
    assert keys(PACK.to_be_agreed()) == BLANKS


@pytest.mark.parametrize("key", BLANKS)
def test_a_blank_has_no_value(key: str):
    blank = PACK.value(key)
    assert isinstance(blank, ToBeAgreed)
    with pytest.raises(NotAgreedError) as refused:
        _ = blank.value
    assert (refused.value.label, refused.value.clause) == (blank.label, blank.clause)


def test_the_trial_is_asked_for_only_where_there_is_one():
    assert [key for key, blank in PACK.to_be_agreed() if blank.only_with == "trial"] == ["trial.length"]


@pytest.mark.requirement("SO-074")
def test_seven_entities_for_eleven_countries():
    chosen = {country: value.value for country, value in PACK.jurisdiction.entity_of_country.items()}
    assert chosen == {
        "dk": "denmark",
        "fi": "sweden",
        "se": "sweden",
        "no": "norway",
        "de": "germany",
        "gb": "united_kingdom",
        "ie": "united_kingdom",
        "ch": "switzerland",
        "nl": "netherlands",
        "be": "netherlands",
        "lu": "netherlands",
    }
    assert tuple(chosen) == stated(PACK, "jurisdiction.countries")[0]
    entities = stated(PACK, "jurisdiction.entities")[0]
    assert (len(entities), set(entities)) == (7, set(chosen.values()))


def test_formulas():
    assert stated(PACK, "service_level.formula") == (Rule(name="minutes_available", shown="(M − N) / M"), "§4")
    assert stated(PACK, "seats.added_charge") == (Rule(name="rest_of_period_by_days", shown="P × r / d"), "§11.1")


def test_where_the_contract_is_silent_the_pack_is_silent():
    silent = ("arrears.interest", "arrears.lump_sum", "force_majeure", "maintenance.windows", "prices.net")
    assert [PACK.value(key) for key in silent if "." in key] == [None] * 4
    assert PACK.force_majeure is None
    assert PACK.incidents is None

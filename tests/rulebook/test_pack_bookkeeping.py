"""The bookkeeping pack says what the privacy notice says, at the section that says it."""

from datetime import date

import pytest

from kontor.rulebook.duration import Duration
from kontor.rulebook.period import last_day_after
from kontor.rulebook.terms import load
from tests.rulebook.pack_table import keys, left_open, row, stated

PACK = load("bookkeeping", version="2026-01")
DAYS_7 = Duration.parse("7 days")

VALUES = [
    row("documents.text_dated", date(2022, 6, 30), "Kopf", "SD-001"),
    row("retention.kinds.access_log.keep", DAYS_7, "8"),
    row("retention.kinds.access_log.limit", "at_most", "8"),
    row("retention.kinds.session_address.until", "session_ends", "8"),
    row("retention.kinds.browser_cookie.keep", DAYS_7, "9"),
    row("retention.kinds.payment.keep", Duration.parse("10 years"), "11"),
    row("retention.kinds.payment.limit", "at_most", "11"),
    row("retention.kinds.payment.then", "delete", "11"),
    row("retention.kinds.affiliate_tracking.keep", Duration.parse("36 months"), "12"),
    row("retention.kinds.affiliate_tracking.then", "delete", "12"),
    row("retention.kinds.satisfaction_score.until", "account_deactivated", "13 Zufriedenheit"),
    row("privacy.role", "controller", "1-7"),
    row("privacy.account_dissolved", "any_time", "10"),
]


@pytest.mark.parametrize(("key", "value", "clause"), VALUES)
def test_values(key: str, value: object, clause: str):
    assert stated(PACK, key) == (value, clause)


LISTS = [
    row("privacy.log_fields", ("operating_system", "ip_address", "time", "browser"), "8"),
    row("privacy.log_purposes", ("operation", "optimisation", "security"), "8"),
    row("privacy.storage_countries", ("de",), "8"),
    row("privacy.necessary_cookies", ("language", "authentication"), "9"),
    row("privacy.cookies_cleared_by", ("safari_12_1",), "9"),
    row(
        "privacy.registration_fields",
        ("email", "last_name", "first_name", "address", "telephone", "ip_address", "registered_at"),
        "10",
    ),
    row(
        "privacy.billing_fields",
        (
            *("title", "gender", "first_name", "last_name", "company", "address", "postcode"),
            *("city", "country", "customer_number", "email", "payment_type"),
        ),
        "11",
    ),
    row("invoicing.payment_methods", ("direct", "invoice", "direct_debit", "credit_card", "instalments"), "11"),
    row(
        "privacy.payment_fields",
        (
            *("name", "address", "email", "telephone", "ip_address", "bank_details", "card_number"),
            *("card_validity", "item_count", "item_number", "goods", "amount", "purchase_history"),
        ),
        "11",
    ),
    row(
        "privacy.tracking_fields",
        (
            *("device", "browser", "ip_address", "time", "ads_seen", "ads_clicked"),
            *("referrer", "referrer_success", "user_agent", "touchpoint", "orders"),
        ),
        "12",
    ),
    row("privacy.chat_channels", ("live_chat", "email", "in_app", "push"), "13 Chat"),
    row("privacy.chat_fields", ("pages", "clicks", "ip_address", "operating_system", "email"), "13 Chat"),
    row(
        "privacy.survey_fields",
        ("result", "language", "user_id", "device_type", "operating_system", "name", "email"),
        "13 Zufriedenheit",
    ),
    row("privacy.guidance_fields", ("ip_address", "behaviour"), "13 Anleitungen"),
    row(
        "privacy.guidance_prevented_by",
        ("third_party_cookies_blocked", "do_not_track", "scripts_disabled", "script_blocker"),
        "13 Anleitungen",
    ),
    row("privacy.telemetry_purposes", ("infrastructure", "application", "resources", "errors", "logs"), "14"),
    row("privacy.notice_sections", ("scope", "purpose", "legal_basis", "storage_period", "objection"), "8"),
]


@pytest.mark.parametrize(("key", "entries", "clause"), LISTS)
def test_lists(key: str, entries: tuple[str, ...], clause: str):
    assert stated(PACK, key) == (entries, clause)


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ("log_fields", 4),
        ("registration_fields", 7),
        pytest.param("billing_fields", 12, marks=pytest.mark.requirement("SD-019")),
        pytest.param("payment_fields", 13, marks=pytest.mark.requirement("SD-020")),
        pytest.param("tracking_fields", 11, marks=pytest.mark.requirement("SD-023")),
        ("survey_fields", 7),
        pytest.param("telemetry_purposes", 5, marks=pytest.mark.requirement("SD-037")),
    ],
)
def test_a_list_is_as_long_as_the_notice_has_it(key: str, count: int):
    assert len(PACK.value(f"privacy.{key}").value) == count


OPEN = [
    row("retention.kinds.access_log.then", ("delete", "anonymise"), "8"),
    row("retention.kinds.payment.from_year_end", (True, False), "11"),
    row("privacy.transfer_purposes", ("separate", "common"), "10"),
    row("privacy.log_kept", ("apart_from_audit", "with_audit"), "8"),
    row("privacy.chat_basis", ("consent", "legitimate_interest"), "13 Chat"),
]


@pytest.mark.parametrize(("key", "choices", "clause"), OPEN)
def test_readings_with_the_default_first(key: str, choices: tuple[object, ...], clause: str):
    assert left_open(PACK, key) == (choices[0], choices, clause)


def test_everything_but_language_and_sign_in_needs_consent_first():
    assert left_open(PACK, "privacy.consent_cookies") == (("page_views", "function_use", "surfing"), None, "9")


def test_every_reading_left_open_is_known_here():
    assert sorted(keys(PACK.settings())) == sorted(["privacy.consent_cookies", *(entry.id for entry in OPEN)])


BLANKS = (
    "term.initial",
    "term.renewal",
    "notice.period",
    "notice.to",
    "invoicing.interval",
    "invoicing.issued",
    "invoicing.due",
    "invoicing.due_from",
)


def test_what_an_offer_must_say():
    assert keys(PACK.to_be_agreed()) == BLANKS


def test_german_law_and_berlin_days():
    assert (PACK.law, PACK.zone, PACK.support_zone) == ("de", "Europe/Berlin", None)


@pytest.mark.parametrize(
    ("kind", "collected", "last"),
    [
        pytest.param("access_log", date(2026, 5, 1), date(2026, 5, 8), marks=pytest.mark.requirement("SD-005")),
        pytest.param("browser_cookie", date(2026, 5, 1), date(2026, 5, 8), marks=pytest.mark.requirement("SD-013")),
        pytest.param(
            "affiliate_tracking", date(2023, 5, 10), date(2026, 5, 10), marks=pytest.mark.requirement("SD-025")
        ),
        # counted from the end of 2025, the year of the payment of 15 March
        pytest.param("payment", date(2025, 12, 31), date(2035, 12, 31), marks=pytest.mark.requirement("SD-021")),
    ],
)
def test_data_is_kept_no_longer(kind: str, collected: date, last: date):
    assert last_day_after(collected, PACK.retention.kinds[kind].keep.value) == last

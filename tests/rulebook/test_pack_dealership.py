"""The dealership pack says what the contract says, at the clause that says it."""

import pytest

from kontor.rulebook.calendar import WorkingDays
from kontor.rulebook.deadline import Desk, deadline
from kontor.rulebook.duration import Duration
from kontor.rulebook.terms import load
from kontor.rulebook.terms.units import Window
from kontor.rulebook.windows import maintenance, opening
from tests.rulebook.pack_table import clock, keys, left_open, local, row, stated

PACK = load("dealership", version="2026-01")
MON_FRI = ("mon", "tue", "wed", "thu", "fri")

VALUES = [
    row("formation.formed_by", "acceptance", "Präambel"),
    row("incidents.classes.service_failure.recovery", Duration.parse("72 clock hours"), "§6"),
    row("incidents.classes.service_failure.clock_starts", "operator_knows", "§6"),
    row("incidents.classes.request.clock_starts", "report_received", "§7"),
    row("maintenance.full_shutdown_only_in_window", True, "§6"),
    row("maintenance.announcement", "in_parallel_when_urgent", "§6"),
    row("support.hours", (Window.model_validate({"days": MON_FRI, "from": "08:00", "to": "16:00"}),), "§7"),
    row("support.channel_of_hours", "email", "§7"),
    row("blocking.tenant_after_violations", "repeated", "§3 Nr.2a"),
]


@pytest.mark.parametrize(("key", "value", "clause"), VALUES)
def test_values(key: str, value: object, clause: str):
    assert stated(PACK, key) == (value, clause)


LISTS = [
    row("documents.annexes", ("privacy_notice",), "§2"),
    row("seats.user_kinds", ("employee", "service_provider"), "Präambel"),
    row("sign_in.browsers", ("edge", "chrome", "firefox", "safari"), "§1"),
    row("sign_in.systems", ("ios", "android"), "§1"),
    row("sign_in.methods", ("azure_ad", "email_password"), "§3 Nr.1"),
    row("sign_in.second_factor", ("off", "optional", "mandatory"), "§3 Nr.1"),
    row("sign_in.device_locks", ("password", "pin", "pattern", "biometrics"), "§3 Nr.3b"),
    row("sign_in.briefing", ("device_loss", "device_lock", "system_updates"), "§3 Nr.3"),
    row(
        "sign_in.excluded_devices",
        ("custom_rom", "root", "jailbreak", "integrity_apps", "beta_system", "outdated_system"),
        "§3 Nr.2a",
    ),
    row("privacy.sensitive_documents", ("identity_proof", "driving_licence"), "§3"),
    row("privacy.storage_countries", ("de",), "§6"),
]


@pytest.mark.parametrize(("key", "entries", "clause"), LISTS)
def test_lists(key: str, entries: tuple[str, ...], clause: str):
    assert stated(PACK, key) == (entries, clause)


def test_the_maintenance_window_ends_with_its_day_unless_another_end_is_chosen():
    window = Window.model_validate({"days": MON_FRI, "from": "19:30", "to": "24:00"})
    assert left_open(PACK, "maintenance.windows") == ((window,), None, "§6")


def test_the_answer_is_due_in_clock_hours_unless_office_hours_are_chosen():
    clock, office = Duration.parse("24 clock hours"), Duration.parse("24 office hours")
    assert left_open(PACK, "incidents.classes.request.answer") == (clock, (clock, office), "§7")


def test_every_reading_left_open_is_known_here():
    assert keys(PACK.settings()) == ("maintenance.windows", "incidents.classes.request.answer")


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


def test_no_availability_is_promised_and_no_holidays_are_named():
    assert PACK.service_level is None
    assert PACK.value("support.holidays") is None


def test_german_law_and_berlin_days():
    assert (PACK.law, PACK.zone, PACK.support_zone) == ("de", "Europe/Berlin", None)


@pytest.mark.requirement("SM-033")
@pytest.mark.parametrize(
    ("at", "inside"),
    [
        ("2026-11-24 19:29", False),  # Tuesday
        ("2026-11-24 19:30", True),
        ("2026-11-24 23:59", True),
        ("2026-11-25 00:00", False),
        ("2026-11-27 20:00", True),  # Friday
        ("2026-11-28 20:00", False),  # Saturday
    ],
)
def test_services_are_switched_off_on_weekday_evenings(at: str, inside: bool):
    windows = clock(PACK.zone, PACK.maintenance.windows.value)
    assert maintenance(local(PACK.zone, at), windows).value.inside == inside


@pytest.mark.requirement("SM-035")
@pytest.mark.parametrize(
    ("at", "found", "next_open"),
    [
        ("2026-11-21 10:00", False, "2026-11-23 08:00"),  # Saturday, until Monday
        ("2026-11-23 08:00", True, "2026-11-23 08:00"),
        ("2026-11-23 16:00", False, "2026-11-24 08:00"),
        ("2026-12-25 10:00", True, "2026-12-25 10:00"),  # the text names no holidays
    ],
)
def test_support_is_open_on_weekdays(at: str, found: bool, next_open: str):
    answer = opening(local(PACK.zone, at), clock(PACK.zone, PACK.support.hours.value)).value
    assert (answer.open, answer.next_open) == (found, local(PACK.zone, next_open))


@pytest.mark.parametrize(
    ("promise", "start", "due"),
    [
        # Monday 10:00 plus three days of 24 hours
        pytest.param(
            "service_failure.recovery",
            "2026-11-23 10:00",
            "2026-11-26 10:00",
            marks=pytest.mark.requirement("SM-032"),
        ),
        pytest.param("request.answer", "2026-11-24 09:12", "2026-11-25 09:12", marks=pytest.mark.requirement("SM-036")),
        # clock hours do not wait for Monday
        ("request.answer", "2026-11-21 10:00", "2026-11-22 10:00"),
    ],
)
def test_promises_run_in_clock_hours(promise: str, start: str, due: str):
    desk = Desk(clock(PACK.zone, PACK.support.hours.value), WorkingDays())
    allowed = PACK.value(f"incidents.classes.{promise}").value
    assert deadline(local(PACK.zone, start), allowed, desk=desk).value == local(PACK.zone, due)

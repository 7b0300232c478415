"""72 hours from knowledge, and who is told (GDPR Art. 33, 34); trap 52."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kontor.rulebook.breach import authority_by, duties, needs_reason

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        # Friday 17:00: Saturday and Sunday count, so it ends on Monday at 17:00
        (datetime(2026, 11, 20, 17, 0, tzinfo=BERLIN), datetime(2026, 11, 23, 17, 0, tzinfo=BERLIN)),
        # Christmas Eve: three holidays and a Sunday count as well
        (datetime(2026, 12, 24, 12, 0, tzinfo=BERLIN), datetime(2026, 12, 27, 12, 0, tzinfo=BERLIN)),
        # in autumn one of the three days has 25 hours: an hour earlier by the clock on the wall
        (datetime(2026, 10, 23, 12, 0, tzinfo=BERLIN), datetime(2026, 10, 26, 11, 0, tzinfo=BERLIN)),
        # in spring one has 23: an hour later
        (datetime(2027, 3, 26, 12, 0, tzinfo=BERLIN), datetime(2027, 3, 29, 13, 0, tzinfo=BERLIN)),
    ],
)
def test_trap_52_the_hours_run_through_weekends_holidays_and_changes_of_clocks(aware, due):
    ruling = authority_by(aware)

    assert ruling.value == due
    assert ruling.value.astimezone(UTC) - aware.astimezone(UTC) == timedelta(hours=72)
    assert [str(clause) for clause in ruling.clauses] == ["GDPR Art. 33 (1)"]


@pytest.mark.parametrize(
    ("role", "risk", "expected", "first"),
    [
        ("processor", "unknown", ("record", "controllers"), "GDPR Art. 33 (2)"),
        ("processor", "unlikely", ("record", "controllers"), "GDPR Art. 33 (2)"),
        ("controller", "unlikely", ("record",), "GDPR Art. 33 (1)"),
        ("controller", "unknown", ("record", "authority"), "GDPR Art. 33 (1)"),
        ("controller", "risk", ("record", "authority"), "GDPR Art. 33 (1)"),
        ("controller", "high", ("record", "authority", "persons"), "GDPR Art. 33 (1)"),
    ],
)
def test_who_is_told_follows_from_the_role_and_the_risk(role, risk, expected, first):
    ruling = duties(role, risk)

    assert (ruling.value, str(ruling.clauses[0])) == (expected, first)


def test_the_last_moment_of_the_72_hours_needs_no_reason_and_the_next_does():
    due = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)

    assert needs_reason(due=due, sent_at=due).value is False
    assert needs_reason(due=due, sent_at=due + timedelta(microseconds=1)).value is True

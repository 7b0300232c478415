"""What an access card opens: zones, hours, until it is revoked, also in nights in which clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest

from kontor.rulebook.cards import CardInHand, Door, door
from kontor.rulebook.moment import zone_named

BERLIN = zone_named("Europe/Berlin")
NINE = datetime(2026, 11, 2, 9, 0, tzinfo=BERLIN)
CARD = {"active_at": NINE, "until": NINE + timedelta(hours=8), "zones": ("lobby", "lab")}


def held(when, *, asked="lobby", **more: object):
    return door(CardInHand(**CARD | more), asked, at=when, zone=BERLIN)


@pytest.mark.parametrize(
    ("minutes", "more", "found"),
    [
        (-1, {}, Door.NOT_YET),
        (0, {}, Door.OPENS),
        (479, {}, Door.OPENS),
        (480, {}, Door.OVER),  # eight hours are 480 minutes; the last moment is not in it
        (60, {"revoked_at": NINE + timedelta(minutes=60)}, Door.REVOKED),
        (59, {"revoked_at": NINE + timedelta(minutes=60)}, Door.OPENS),
        (-1, {"revoked_at": NINE - timedelta(hours=1)}, Door.REVOKED),  # the strongest reason stands first
        (5, {"asked": "vault"}, Door.OTHER_ZONE),
        (5, {"opens_at": time(10), "closes_at": time(12)}, Door.OUT_OF_HOURS),
        (60, {"opens_at": time(10), "closes_at": time(12)}, Door.OPENS),
        (180, {"opens_at": time(10), "closes_at": time(12)}, Door.OUT_OF_HOURS),
        (5, {"opens_at": time(10)}, Door.OPENS),  # hours with one end only are none
    ],
)
def test_a_card_opens_its_zones_in_its_time_until_it_is_revoked(minutes, more, found):
    assert held(NINE + timedelta(minutes=minutes), **more).value == found


def test_the_ruling_names_clause_inputs_and_the_step():
    ruling = held(NINE, revoked_at=NINE, opens_at=time(8), closes_at=time(18))
    assert [(each.source, each.number) for each in ruling.clauses] == [("visitor", "Anlage 1, 1.2")]
    assert ruling.inputs == (
        ("at", "2026-11-02T09:00:00+01:00"), ("door_zone", "lobby"), ("card_zones", "lobby, lab"),
        ("card_from", "2026-11-02T09:00:00+01:00"), ("card_until", "2026-11-02T17:00:00+01:00"),
        ("card_revoked_at", "2026-11-02T09:00:00+01:00"), ("card_hours", "08:00–18:00"),
    )  # fmt: skip
    assert ruling.working[0].de == "Gesperrt seit Mo 02.11.2026, 09:00 Uhr."
    assert dict(held(NINE).inputs)["card_hours"] == "00:00–24:00"


@pytest.mark.parametrize(
    ("utc", "hours", "found"),
    [
        # Clocks go back on 25 October 2026 at 01:00 UTC: 02:30 comes at 00:30 and 01:30 UTC.
        ((10, 24, 20, 0), ("22:00", "02:30"), Door.OPENS),  # 22:00 summer time
        ((10, 25, 0, 29), ("22:00", "02:30"), Door.OPENS),  # 02:29 for the first time
        ((10, 25, 0, 30), ("22:00", "02:30"), Door.OUT_OF_HOURS),  # 02:30 for the first time
        ((10, 25, 1, 15), ("22:00", "02:30"), Door.OUT_OF_HOURS),  # 02:15 again: what closed stays closed
        ((10, 25, 1, 15), ("02:30", "04:00"), Door.OPENS),  # what opened at the first 02:30 stays open
        # Clocks go forward on 28 March 2027 at 01:00 UTC: there is no 02:30.
        ((3, 28, 0, 59), ("22:00", "02:30"), Door.OPENS),  # 01:59
        ((3, 28, 1, 0), ("22:00", "02:30"), Door.OUT_OF_HOURS),  # 03:00, the jump
        ((3, 28, 1, 0), ("02:30", "04:00"), Door.OPENS),
    ],
)
def test_in_nights_in_which_clocks_change_hours_end_once(utc, hours, found):
    month, day, hour, minute = utc
    when = datetime(2026 if month == 10 else 2027, month, day, hour, minute, tzinfo=UTC)
    opens_at, closes_at = (time.fromisoformat(each) for each in hours)
    card = CardInHand(
        active_at=when - timedelta(days=1), until=when + timedelta(days=1), zones=("lobby",),
        opens_at=opens_at, closes_at=closes_at,
    )  # fmt: skip
    assert door(card, "lobby", at=when, zone=BERLIN).value == found

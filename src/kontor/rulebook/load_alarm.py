"""
When a machine's load is alarming: processor or storage above a share for minutes (visitor Anlage 3, Anhang III 2.9).

>>> from datetime import UTC
>>> noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
>>> alarming([(noon + timedelta(minutes=minute), 81) for minute in range(11)]).value
True
>>> alarming([(noon + timedelta(minutes=minute), 81) for minute in range(10)]).value
False
>>> alarming([(noon + timedelta(minutes=minute), 80) for minute in range(11)]).value
False
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.wording import said

ABOVE: Final = 80  # percent; ours, as are the minutes: the annex names the measure, and no number
FOR: Final = timedelta(minutes=10)
CLAUSE: Final = Clause("visitor", "Anlage 3, Anhang III 2.9")


def alarming(readings: Sequence[tuple[datetime, int]]) -> Ruling[bool]:
    """
    Decide whether readings, the oldest first, give an alarm: each of the last ten minutes above 80 percent.

    readings  when, and percent
    """
    last = readings[-1][0] if readings else None
    high = 0
    since = last
    for at, percent in reversed(readings):
        if percent <= ABOVE:
            break
        high, since = high + 1, at
    lasting = last is not None and since is not None and high > 0 and last - since >= FOR
    step = said(
        "Über {above} % an einem Stück, {minutes} Minuten lang.",
        "Above {above} % without a break, for {minutes} minutes.",
        above=ABOVE,
        minutes=int((last - since).total_seconds() // 60) if last and since and high else 0,
    )
    return Ruling(lasting, (CLAUSE,), (("readings", str(len(readings))),), (step,))

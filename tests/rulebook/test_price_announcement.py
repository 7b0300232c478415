"""What becomes of announced prices on a day."""

from datetime import date

import pytest

from kontor.rulebook.price_announcement import Fate, fate

DAY, BEFORE, LONG_BEFORE = date(2027, 12, 1), date(2027, 11, 30), date(2027, 9, 1)


HOLDS = "Announced on 30 November 2027, the new price holds from 1 December 2027 on."
LATE = "Nothing was announced before 1 December 2027; the price does not change in retrospect."
ENDED = "The contract ends on 30 November 2027, before 1 December 2027; the price stays."
OPEN = "Whether the contract runs beyond 1 December 2027 is not settled yet."


@pytest.mark.trap(44)
@pytest.mark.parametrize(
    ("told", "decided", "step"),
    [
        ({"received": BEFORE}, Fate.APPLY, HOLDS),
        ({"received": BEFORE, "ends": DAY}, Fate.APPLY, HOLDS),
        ({"received": BEFORE, "ends": BEFORE}, Fate.DROP, ENDED),
        ({"received": BEFORE, "settled": False}, Fate.WAIT, OPEN),
        ({"received": None}, Fate.WAIT, "It is not known yet that the announcement was received."),
        ({"received": None, "today": DAY}, Fate.DROP, LATE),
        ({"received": DAY, "today": DAY}, Fate.DROP, LATE),
    ],
)
def test_never_in_retrospect(told: dict, decided: Fate, step: str):
    found = fate(DAY, **{"today": LONG_BEFORE} | told)
    assert (found.value, found.working[0].en) == (decided, step)

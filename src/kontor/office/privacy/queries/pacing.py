"""How long work makes room for others."""

import time
from collections.abc import Callable
from typing import Final

SLICE: Final = 0.02  # seconds; shorter rests would cost more than they give


def resting(share: float = 1.0) -> Callable[[], None]:
    """
    Return a pause that lasts `share` of the time since the last one ended: half of the time goes to others.

    Call it often: whoever waits meanwhile waits for one slice of work, and what takes longer where the machine is busy
    rests longer. Where less than a slice was worked it does nothing.
    """
    last = time.monotonic()

    def pause() -> None:
        nonlocal last
        worked = time.monotonic() - last
        if worked >= SLICE:
            time.sleep(worked * share)
            last = time.monotonic()

    return pause

"""How long work makes room for others."""

import time
from collections.abc import Callable


def resting(share: float = 1.0) -> Callable[[], None]:
    """Return a pause that lasts `share` of the time since the last one ended: half of the time goes to others."""
    last = time.monotonic()

    def pause() -> None:
        nonlocal last
        time.sleep((time.monotonic() - last) * share)
        last = time.monotonic()

    return pause

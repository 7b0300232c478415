"""How processes that work through many rows treat Python's garbage collection."""

import gc
from typing import Final

_YOUNG: Final = 50_000  # new objects that make the collector look; a batch of invoices makes about as many


def collect_rarely() -> None:
    """
    Leave what was loaded at the start out of every collection, and look at new objects less often.

    A batch makes tens of thousands of rows that reference counting frees; looking through all of them, and through the
    program itself, again and again costs a quarter of a close's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)

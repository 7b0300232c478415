"""One line for each step of a command, with its seconds."""

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console

console = Console(stderr=True, highlight=False, soft_wrap=True)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Show what is being done, and when it is done how long it took."""
    begun = time.monotonic()
    with console.status(f"  {name} …") if console.is_terminal else contextlib.nullcontext():
        yield
    console.print(f"  {name:<22} {time.monotonic() - begun:5.1f} s")

"""
How an edition of a notice differs from the one before: by its sections, whatever number they have by now.

A notice is plain text: a section's first line is its heading, a blank line ends it.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SectionChange:
    """How a section differs between two editions: "new", "gone" or "changed", with the lines that went and came."""

    heading: str
    state: Literal["new", "gone", "changed"]
    went: tuple[str, ...] = ()
    came: tuple[str, ...] = ()


def sections(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return a text's sections: heading and lines."""
    found = (part.strip("\n").split("\n") for part in text.split("\n\n") if part.strip())
    return [(lines[0], tuple(lines[1:])) for lines in found]


def changes(before: str, after: str) -> list[SectionChange]:
    r"""
    Return how an edition differs from the one before, section by section; sections are known by their names.

    >>> [(each.heading, each.state, each.came) for each in changes("1. A\nx", "1. B\ny\n\n2. A\nz")]
    [('B', 'new', ('y',)), ('A', 'changed', ('z',))]
    """
    old = {_name(heading): lines for heading, lines in sections(before)}
    new = {_name(heading): lines for heading, lines in sections(after)}
    found = [_change(name, old.get(name), lines) for name, lines in new.items() if old.get(name) != lines]
    return [*found, *(SectionChange(name, "gone", went=lines) for name, lines in old.items() if name not in new)]


def _change(name: str, before: tuple[str, ...] | None, after: tuple[str, ...]) -> SectionChange:
    if before is None:
        return SectionChange(name, "new", came=after)
    went = tuple(line for line in before if line not in after)
    return SectionChange(name, "changed", went, tuple(line for line in after if line not in before))


def _name(heading: str) -> str:
    number, dot, name = heading.partition(". ")
    return name if dot and number.isdigit() else heading

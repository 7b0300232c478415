"""
How readers call what packs talk about: sections, the keys in them, and the words values are made of.

>>> section_label("notice").en, concept_label("notice.period").de
('Notice', 'Kündigungsfrist')
>>> concept_label("retention.kinds.customer_data.keep").en
'Kept for'
>>> word("customer", concept="expander_sold_per").de, word("nobody's")
('Kunde', None)
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from kontor.rulebook.ruling import Text

_FOLDER: Final = Path(__file__).parent
SECTIONS: Final = "sections"


def section_label(section: str) -> Text:
    """Return how a section is called; one that no pack can have raises KeyError."""
    return _concepts()[SECTIONS, section]


def concept_label(key: str) -> Text:
    """Return how the value at a dotted key is called, without the entry it belongs to; KeyError for an unknown key."""
    section, _, rest = key.partition(".")
    for pattern in _patterns(rest):
        if (section, pattern) in _concepts():
            return _concepts()[section, pattern]
    raise KeyError(key)


def word(option: str, *, concept: str = "") -> Text | None:
    """
    Return how readers say a word of a value, None for one nobody has put into words.

    concept  the last step of the value's key, where the word means something of its own there
    """
    return _words().get(f"{concept}.{option}") or _words().get(option)


def _patterns(rest: str) -> tuple[str, ...]:
    """Return the key itself, then with each step a pack may have chosen replaced by a star."""
    steps = rest.split(".")
    starred = (".".join((*steps[:place], "*", *steps[place + 1 :])) for place in range(len(steps)))
    return (rest, *starred)


@cache
def _concepts() -> Mapping[tuple[str, str], Text]:
    tables = tomllib.loads((_FOLDER / "concepts.toml").read_text(encoding="utf-8"))
    return {(section, key): Text(**said) for section, table in tables.items() for key, said in table.items()}


@cache
def _words() -> Mapping[str, Text]:
    table = tomllib.loads((_FOLDER / "words.toml").read_text(encoding="utf-8"))
    return {option: Text(**said) for option, said in table.items()}

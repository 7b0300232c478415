"""
What becomes of a customer's data after the end, by its own choice (visitor Anlage 3, Klausel 10 d, 4.2.7).

>>> from kontor.rulebook import terms
>>> [key for key in choices_of(terms.load("visitor"))]
['delete', 'return']
>>> choices_of(terms.load("crm"))
{}
"""

from collections.abc import Mapping
from typing import Final

from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import ToBeAgreed
from kontor.rulebook.terms.pack import TermsPack

RETURN: Final = "return"


def choices_of(pack: TermsPack) -> Mapping[str, Text]:
    """Return what a customer chooses between, by key; nothing where its terms leave no choice."""
    said = pack.retention.at_end if pack.retention else None
    if said is None or isinstance(said, ToBeAgreed):
        return {}
    return {item.key: Text(item.de, item.en) for item in said.value}

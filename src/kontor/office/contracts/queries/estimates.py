"""What an offer may say of its services beside the prices: an estimate of the budget and the time, and the method."""

from collections.abc import Mapping
from dataclasses import dataclass

from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import TermsPack


@dataclass(frozen=True, slots=True)
class Estimate:
    """One entry that the pack lets an offer have; `says` is "" where the offer leaves it out."""

    key: str
    label: Text
    clause: Clause
    says: str = ""


def estimates(pack: TermsPack, told: Mapping[str, str]) -> list[Estimate]:
    """Return the entries that a pack lets its offers have, in its order, with what this one says."""
    may = pack.formation.offer_may_contain if pack.formation else None
    if may is None:
        return []
    return [
        Estimate(item.key, Text(item.de, item.en), item.clause or may.clause, told.get(item.key, ""))
        for item in may.value
    ]


def estimated(pack: TermsPack, told: Mapping[str, str]) -> list[Estimate]:
    """Return those that the offer has."""
    return [each for each in estimates(pack, told) if each.says]

"""Which parties are perhaps one and the same, and what of them differs."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from django.db.models import Q

from kontor.kernel import registry
from kontor.kernel.records import Reference
from kontor.kernel.tenancy import current_tenant
from kontor.office.parties.models import Distinct, Identifier, Merge, Party
from kontor.office.parties.queries.people import (
    CANDIDATES,
    LikelySame,
    candidates,
    described,
    person_card,
    shown,
    with_belongings,
)
from kontor.rulebook.likeness import Described, Likeness, likeness, plain

COMPARED: Final = 2000  # of the newest parties
MOST_PAIRS: Final = 50
_CROWD: Final = 40  # parties that share a word; of a larger crowd the word says nothing

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name",),
    "address": ("street", "addition", "postcode", "city", "country", "region"),
    "email": ("email",),
    "phone": ("phone",),
    "employer": ("employer_id", "employer_name"),
    "language": ("language",),
    "vat_id": ("vat_id",),
    "buyer_reference": ("buyer_reference",),
    "consumer": ("consumer",),
}


@dataclass(frozen=True, slots=True)
class Double:
    """Two parties that are perhaps one."""

    one: Party
    other: Party
    likeness: Likeness


def references() -> list[Reference]:
    """Return every column that points to a party and follows when two become one."""
    return [each for module in registry.modules() for each in module.references if each.to == "parties.Party"]


def in_order(one: uuid.UUID, other: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID]:
    """Return two ids as `Distinct` keeps them."""
    return (one, other) if one.int < other.int else (other, one)


def doubles() -> list[Double]:
    """Return pairs of the newest parties that nobody called two, the likeliest first; six queries."""
    rows = {row.pk: row for row in with_belongings(shown()).order_by("-pk")[:COMPARED]}
    numbers: dict[uuid.UUID, list[bytes]] = defaultdict(list)
    for party, digest in Identifier.objects.filter(party__in=list(rows)).values_list("party_id", "fingerprint"):
        numbers[party].append(bytes(digest))
    known = {pk: described(row, numbers[pk]) for pk, row in rows.items()}
    two = set(Distinct.objects.filter(tenant_id=current_tenant()).values_list("one_id", "other_id"))
    found = [
        Double(rows[one], rows[other], like)
        for one, other in sorted(_near(known) - two, key=str)
        if (like := likeness(known[one], known[other]))
    ]
    return sorted(found, key=lambda pair: (-pair.likeness.strength, pair.one.name))[:MOST_PAIRS]


def perhaps(party: Party) -> list[LikelySame]:
    """Return who may be the same as this party of `with_belongings` and was not called another, the likeliest first."""
    digests = Identifier.objects.filter(party=party).values_list("fingerprint", flat=True)
    asked = described(party, map(bytes, digests))
    said = Distinct.objects.filter(Q(one=party) | Q(other=party)).values_list("one_id", "other_id")
    others = {each for pair in said for each in pair} | {party.pk}
    rows = list(with_belongings(candidates(asked).filter(kind=party.kind).exclude(pk__in=others))[:CANDIDATES])
    found = [LikelySame(person_card(row), like) for row in rows if (like := likeness(asked, described(row)))]
    return sorted(found, key=lambda each: (-each.likeness.strength, each.person.name))


def merges_of(party: Party) -> list[Merge]:
    """Return what was merged into this party and not parted again, the latest first."""
    return list(Merge.objects.select_related("gone").filter(kept=party, undone_at=None).order_by("-at", "pk"))


def says(party: Party, key: str) -> bool:
    """Return whether a party says something under this key of FIELDS; a country without a town is no address."""
    return any(getattr(party, column) for column in FIELDS[key] if column != "country")


def differing(kept: Party, gone: Party) -> Iterator[tuple[str, tuple[Any, ...], tuple[Any, ...]]]:
    """Yield what both records say differently: the key of FIELDS, and what each of them says."""
    for key, columns in FIELDS.items():
        one, other = (tuple(getattr(row, column) for column in columns) for row in (kept, gone))
        if says(kept, key) and says(gone, key) and one != other:
            yield key, one, other


def _near(known: Mapping[uuid.UUID, Described]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return the pairs that share an address, a number or the first letters of a word of the name."""
    crowds: dict[object, list[uuid.UUID]] = defaultdict(list)
    for pk, one in known.items():
        stems = {word[:4] for word in plain(one.name).split()}
        for mark in (*one.emails, *one.identifiers, *((one.is_person, stem) for stem in stems)):
            crowds[mark].append(pk)
    return {
        in_order(one, other)
        for crowd in crowds.values()
        if len(crowd) <= _CROWD
        for one, other in combinations(crowd, 2)
    }

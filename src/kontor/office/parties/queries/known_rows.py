"""Which rows of a list may be somebody who is known, or say the same as an earlier one; six queries for any number."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models.functions import Lower

from kontor.kernel.table_files import Table
from kontor.office.parties.models import Identifier, Party, PartyEmail
from kontor.office.parties.queries.listed_rows import Plan, Told, told_by
from kontor.office.parties.queries.people import described, identifier_fingerprint, shown, with_belongings
from kontor.rulebook.likeness import Described, likeness, plain

COMPARED: Final = 50_000  # of the newest parties
_CROWD: Final = 20  # known parties of one name that a row is compared with


def planned(table: Table, *, kind: str) -> Plan:
    """Return what would be taken in from a list; `kind` is of whoever the row itself does not tell."""
    plan = told_by(table, kind=kind)
    _note_known([row for row in plan.rows if not row.problems])
    return plan


def _note_known(rows: Sequence[Told]) -> None:
    """Note of each row who it may be: by the same name however written, the same address or the same number."""
    said = {row.number: _described(row) for row in rows}
    parties = _near({mark for about in said.values() for mark in _marks(about)})
    known: dict[object, list[Described]] = defaultdict(list)
    for about in parties:
        for mark in _marks(about):
            known[mark].append(about)
    before: dict[object, tuple[Described, int]] = {}
    for row in rows:
        about = said[row.number]
        alike = [
            (like, other)
            for other in {each: None for mark in _marks(about) for each in known[mark][:_CROWD]}
            if (like := likeness(about, other))
        ]
        if alike:
            like, other = max(alike, key=lambda found: found[0].strength)
            row.same = (parties[other], like)
        for mark in _marks(about):
            other, number = before.setdefault(mark, (about, row.number))
            if number != row.number and _is_twin(about, other):
                row.twin = row.twin or number


def _near(marks: set[object]) -> Mapping[Described, Party]:
    """Return the parties that have one of these marks, by what is known of them, the newest first."""
    words = {mark for mark in marks if isinstance(mark, str)}
    digests = {mark for mark in marks if isinstance(mark, bytes)}
    found: set[uuid.UUID] = set(Identifier.objects.filter(fingerprint__in=digests).values_list("party", flat=True))
    further = PartyEmail.objects.annotate(small=Lower("email")).filter(small__in=words)
    found |= set(further.values_list("party", flat=True))
    columns = shown().order_by("-pk").values_list("pk", "kind", "name", Lower("email"), "vat_id")
    for pk, kind, name, email, number in columns[:COMPARED]:
        if (
            email in words
            or (kind == Party.Kind.PERSON, plain(name)) in marks
            or (number and digests and identifier_fingerprint("VAT", number) in digests)
        ):
            found.add(pk)
    numbers: dict[uuid.UUID, list[bytes]] = defaultdict(list)
    for party_id, digest in Identifier.objects.filter(party__in=found).values_list("party_id", "fingerprint"):
        numbers[party_id].append(bytes(digest))
    rows = with_belongings(shown().filter(pk__in=found)).order_by("-pk")
    return {described(row, numbers[row.pk]): row for row in rows}


def _is_twin(about: Described, other: Described) -> bool:
    like = likeness(about, other)
    return like is not None and (like.strength > 1 or about == other)


def _marks(about: Described) -> list[object]:
    return [*about.emails, *about.identifiers, (about.is_person, plain(about.name))]


def _described(row: Told) -> Described:
    numbers = [identifier_fingerprint(kind, value) for kind, value in row.numbers]
    if row.given.get("vat_id"):
        numbers.append(identifier_fingerprint("VAT", row.given["vat_id"]))
    is_person = row.given["kind"] == Party.Kind.PERSON
    return Described(
        name=row.given["name"],
        is_person=is_person,
        company=row.company if is_person else "",
        town="" if is_person else row.given.get("city", ""),
        emails=frozenset({row.given["email"].lower()} if row.given.get("email") else ()),
        identifiers=frozenset(numbers),
    )

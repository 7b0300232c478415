"""People among the parties: found by the beginning of a word, described, compared."""

import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from kontor.kernel.finding import begins, words_of
from kontor.kernel.keyed_hash import keyed_hash
from kontor.kernel.tenancy import current_tenant
from kontor.office.parties.models import Identifier, Party, PartyEmail, PartyRole, hashed_number
from kontor.office.parties.queries.restricted import usable
from kontor.rulebook.likeness import Described, Likeness, likeness

CANDIDATES: Final = 200  # that one record is compared with
MOST: Final = 50  # people that one search answers
_STEM: Final = 3  # letters by which names are gathered that may be the same
SECRET: Final = frozenset({"IDENTITY_CARD", "PASSPORT", "DRIVING_LICENCE", "STAFF_NUMBER"})


@dataclass(frozen=True, slots=True)
class PersonCard:
    """
    A person as they stand today.

    company   the employer's name, or what was said of it
    employer  the organisation among the parties; None where none is written down
    emails    all addresses, the first one first
    roles     those that last: "VISITOR", "HOST"
    """

    id: uuid.UUID
    name: str
    company: str
    employer: uuid.UUID | None
    email: str
    emails: tuple[str, ...]
    phone: str
    language: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class LikelySame:
    """Somebody who may be the same, how strongly (3 almost surely, 2 likely, 1 worth a look) and why."""

    person: PersonCard
    likeness: Likeness


def shown() -> QuerySet[Party]:
    """Return the parties of the current tenant that are not merged into another."""
    return Party.objects.filter(tenant_id=current_tenant(), merged_into=None)


def with_belongings(rows: QuerySet[Party]) -> QuerySet[Party]:
    """Return these parties with roles, addresses and employer; three queries however many they are."""
    return rows.select_related("employer").prefetch_related(
        Prefetch("roles", PartyRole.objects.filter(until=None).order_by("role"), to_attr="lasting_roles"),
        Prefetch("emails", PartyEmail.objects.order_by("pk"), to_attr="further_emails"),
    )


def person_card(party: Party) -> PersonCard:
    """Return a party of `with_belongings` as others see it."""
    further = [row.email for row in party.further_emails]  # type: ignore[attr-defined]
    return PersonCard(
        id=party.pk,
        name=party.name,
        company=company_of(party),
        employer=party.employer_id,
        email=party.email,
        emails=tuple(email for email in (party.email, *further) if email),
        phone=party.phone,
        language=party.language,
        roles=frozenset(row.role for row in party.lasting_roles),  # type: ignore[attr-defined]
    )


def company_of(party: Party) -> str:
    """Return whom a person works for, as far as it is known."""
    return party.employer.name if party.employer else party.employer_name


def person(person_id: uuid.UUID) -> PersonCard:
    """Return one person, under the id of the record they were merged into if so; Party.DoesNotExist for nobody's id."""
    known = Party.objects.get(tenant_id=current_tenant(), pk=person_id)
    return person_card(with_belongings(Party.objects.all()).get(pk=known.merged_into_id or known.pk))


def people_found(words: str, *, role: str = "", limit: int = 20) -> list[PersonCard]:
    """
    Return people of whom each of these words begins a word of name, company or an address; at most `MOST`.

    Nobody whose data is only stored.
    """
    if not words_of(words):
        return []
    rows = usable(found_by(words, kind=Party.Kind.PERSON, role=role))
    return [person_card(row) for row in with_belongings(rows).order_by("name", "pk")[: min(limit, MOST)]]


def found_by(words: str = "", *, kind: str = "", role: str = "") -> QuerySet[Party]:
    """Return the parties of which each word begins a word of name, company or address; "" narrows nothing."""
    rows = shown()
    if asked := words_of(words):
        rows = rows.filter(begins(asked, "name", "employer_name", "employer__name", "email"))
    if kind:
        rows = rows.filter(kind=kind)
    if role:
        rows = rows.filter(pk__in=PartyRole.objects.filter(role=role, until=None).values("party"))
    return rows


def likely_same(name: str, *, email: str = "", company: str = "") -> list[LikelySame]:
    """Return the people who may be this one, the likeliest first; who merely shares the address is named as such."""
    asked = Described(name=name, company=company, emails=_small([email]))
    rows = with_belongings(candidates(asked).filter(kind=Party.Kind.PERSON))[:CANDIDATES]
    found = [LikelySame(person_card(row), like) for row in rows if (like := likeness(asked, described(row)))]
    return sorted(found, key=lambda each: (-each.likeness.strength, each.person.name))


def candidates(asked: Described) -> QuerySet[Party]:
    """Return who shares an address, a number or the beginning of a word of the name; the rule decides about them."""
    near = Q()
    for word in _stems(asked.name):
        near |= Q(name__istartswith=word) | Q(name__icontains=f" {word}")
    if asked.emails:
        further = PartyEmail.objects.annotate(small=Lower("email")).filter(small__in=asked.emails)
        near |= Q(small_email__in=asked.emails) | Q(pk__in=further.values("party"))
    if asked.identifiers:
        near |= Q(pk__in=Identifier.objects.filter(fingerprint__in=asked.identifiers).values("party"))
    return shown().annotate(small_email=Lower("email")).filter(near).order_by("name", "pk")


def described(party: Party, identifiers: Iterable[bytes] = ()) -> Described:
    """Return a party of `with_belongings` as it is compared; its VAT number counts among the identifiers."""
    card = person_card(party)
    numbers = {bytes(digest) for digest in identifiers} | (
        {identifier_fingerprint("VAT", party.vat_id)} if party.vat_id else set()
    )
    is_person = party.kind == Party.Kind.PERSON
    return Described(
        name=card.name,
        is_person=is_person,
        company=card.company if is_person else "",
        town="" if is_person else party.city,
        emails=_small(card.emails),
        identifiers=frozenset(numbers),
    )


def parties_by_email(email: str) -> list[uuid.UUID]:
    """Return every party that has this address, by name: more than one is no mistake."""
    further = PartyEmail.objects.filter(email__iexact=email).values("party")
    rows = shown().filter(Q(email__iexact=email) | Q(pk__in=further))
    return list(rows.order_by("name", "pk").values_list("pk", flat=True))


def identifier_fingerprint(kind: str, value: str) -> bytes:
    """Return the keyed hash by which a number is found in this tenant without opening a single one."""
    return keyed_hash(hashed_number({"kind": kind, "value": value}))


def shown_value(kind: str, value: str) -> str:
    """
    Return a number as a page shows it: of papers and staff numbers the last three signs alone.

    >>> shown_value("PASSPORT", "C01X00T47"), shown_value("CUSTOMER_NUMBER", "K-1007")
    ('•••T47', 'K-1007')
    """
    return f"•••{value[-3:]}" if kind in SECRET else value


def _small(emails: Collection[str] | Sequence[str]) -> frozenset[str]:
    return frozenset(email.strip().lower() for email in emails if email.strip())


def _stems(name: str) -> list[str]:
    """Return the first letters of a name's words; where an umlaut comes those before it, which may be written ae."""
    words = [word for word in re.findall(r"\w+", name) if len(word) >= _STEM]
    return sorted({re.split(r"[äöüßÄÖÜ]|(?i:ae|oe|ue|ss)", word[:_STEM])[0] or word[0] for word in words} or {name})

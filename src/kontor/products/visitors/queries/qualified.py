"""Whether a service company and the person it sends have shown what their type must show."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from django.db.models.functions import Lower

from kontor.products.visitors.models import Contractor, ContractorPerson, Proof, ProofKind, Visit
from kontor.rulebook.ruling import Text
from kontor.rulebook.visiting import Lack, Shortfall, Shown, shortfalls
from kontor.rulebook.wording import day

UNKNOWN: Final = Text(
    "Dieses Unternehmen ist nicht als Dienstleister zugelassen.", "This company is not admitted as a service company."
)


def lacks_of(visit: Visit, *, today: date) -> tuple[Text, ...]:
    """Return what keeps a visit of this kind out, in sentences; () where its kind asks for no qualification."""
    if not visit.type.qualified:
        return ()
    person = visit.contractor_person
    return (UNKNOWN,) if person is None else lacks(person.contractor, person, today=today)


def sent_by(name: str, company: str) -> tuple[str, str]:
    """Return by what somebody whom a service company sends is found: their name and its own, as one reads them."""
    return " ".join(name.split()).casefold(), " ".join(company.split()).casefold()


def people_of(guests: Iterable[Any]) -> dict[tuple[str, str], ContractorPerson]:
    """Return which of these guests, by name and company, service companies are known to send; one query."""
    names = {sent_by(each.name, "")[0] for each in guests}
    rows = ContractorPerson.objects.annotate(read=Lower("name")).filter(read__in=names)
    rows = rows.filter(archived_at=None, contractor__archived_at=None)
    return {sent_by(row.name, row.contractor.name): row for row in rows.select_related("contractor")}


def lacks(contractor: Contractor, person: ContractorPerson | None, *, today: date) -> tuple[Text, ...]:
    """Return what a service company, and the person it sends, falls short of on a day; two queries."""
    kinds = {
        str(kind.pk): kind for kind in ProofKind.objects.filter(archived_at=None, types__contains=[contractor.grade])
    }
    proofs = list(Proof.objects.filter(contractor=contractor, withdrawn_at=None, kind__in=list(kinds)))
    of_company = _short(kinds, [row for row in proofs if row.person_id is None], ProofKind.Of.COMPANY,
                        blocked=bool(contractor.blocked), today=today)  # fmt: skip
    if person is None:
        return tuple(said(each, kinds, contractor.blocked) for each in of_company)
    of_person = _short(kinds, [row for row in proofs if row.person_id == person.pk], ProofKind.Of.PERSON,
                       blocked=bool(person.blocked), today=today)  # fmt: skip
    return (
        *(said(each, kinds, contractor.blocked) for each in of_company),
        *(said(each, kinds, person.blocked) for each in of_person),
    )


def said(short: Shortfall, kinds: dict[str, ProofKind], blocked: str) -> Text:
    """Return what is missing as a sentence for whoever stands at the door."""
    if short.lack is Lack.BLOCKED:
        return Text(f"Der Zutritt ist gesperrt: {blocked}", f"Access is blocked: {blocked}")
    kind = kinds[short.kind]
    if short.lack is Lack.MISSING:
        return Text(f"Nachweis fehlt: {kind.title_de}.", f"Proof is missing: {kind.title_en}.")
    assert short.day is not None, "named wherever a proof was shown"
    if short.lack is Lack.EXPIRED:
        return Text(
            f"Qualifikation abgelaufen: {kind.title_de} galt bis {day(short.day).de}.",
            f"Qualification expired: {kind.title_en} was good until {day(short.day).en}.",
        )
    return Text(
        f"{kind.title_de} gilt erst ab {day(short.day).de}.", f"{kind.title_en} is good from {day(short.day).en} on."
    )


def _short(
    kinds: dict[str, ProofKind], proofs: Sequence[Proof], of: str, *, blocked: bool, today: date
) -> tuple[Shortfall, ...]:
    required = [key for key, kind in kinds.items() if kind.of == of]
    shown = [Shown(str(row.kind_id), row.first_day, row.last_day) for row in proofs]
    return shortfalls(required, shown, blocked=blocked, today=today)


def lacking_companies(*, today: date) -> set[uuid.UUID]:
    """Return which service companies fall short of what their type must show as companies; three queries."""
    kinds = list(ProofKind.objects.filter(archived_at=None, of=ProofKind.Of.COMPANY))
    proofs: dict[uuid.UUID, list[Shown]] = defaultdict(list)
    for row in Proof.objects.filter(withdrawn_at=None, person=None, kind__in=kinds):
        proofs[row.contractor_id].append(Shown(str(row.kind_id), row.first_day, row.last_day))
    found = set()
    for company in Contractor.objects.filter(archived_at=None):
        required = [str(kind.pk) for kind in kinds if company.grade in kind.types]
        if shortfalls(required, proofs[company.pk], blocked=bool(company.blocked), today=today):
            found.add(company.pk)
    return found

"""Every write about people among the parties, and about roles, addresses and numbers of any party."""

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.tenancy import current_tenant
from kontor.office.parties.actions.parties import add_party
from kontor.office.parties.models import Identifier, Party, PartyEmail, PartyRole
from kontor.office.parties.queries.people import identifier_fingerprint, shown
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


class NamelessError(RefusalError):
    """Nobody can be written down without a name."""


class OnlyPeopleWorkError(RefusalError):
    """A company is said to work for somebody."""


class UnreadableNumberError(RefusalError):
    """A number of which no sign is a letter or a digit."""


@transaction.atomic
def add_person(
    *, name: str, company: str = "", email: str = "", phone: str = "", language: str = "de",
    roles: Collection[str] = (), at: datetime, actor: Actor,
) -> Party:  # fmt: skip
    """
    Write a person down; only the name must be known. NamelessError without one.

    company  becomes the employer where exactly one organisation is called so, else it stays as it was said
    """
    return write_down(
        kind=Party.Kind.PERSON, name=name, company=company, email=email.strip(), phone=phone.strip(),
        language=language, roles=roles, since=localdate(at), at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def write_down(
    *, kind: str, name: str, company: str = "", emails: Iterable[str] = (), roles: Collection[str] = (),
    numbers: Iterable[tuple[str, str]] = (), since: date, at: datetime, actor: Actor, **given: Any,
) -> Party:  # fmt: skip
    """
    Write a company or a person down with what hangs at it; NamelessError without a name.

    emails   further addresses, besides `given["email"]`
    numbers  (kind, value); UnreadableNumberError for one without a sign
    given    further columns of Party
    """
    if not (said := " ".join(name.split())):
        raise NamelessError(Text("Es fehlt der Name.", "The name is missing."))
    made = add_party(kind=kind, name=said, at=at, actor=actor, **employment(kind, company), **given)
    for role in sorted(set(roles)):
        give_role(made.pk, role, since=since, at=at, actor=actor)
    for email in emails:
        add_email(made.pk, email, at=at, actor=actor)
    for number, value in numbers:
        add_identifier(made.pk, number, value, at=at, actor=actor)
    return made


def employment(kind: str, company: str) -> dict[str, Any]:
    """Return the columns that say whom somebody works for; OnlyPeopleWorkError for a company that does."""
    if kind != Party.Kind.PERSON and company.strip():
        raise OnlyPeopleWorkError(Text("Nur eine Person arbeitet für jemanden.", "Only a person works for somebody."))
    employer = organisation_called(company)
    return {"employer": employer, "employer_name": "" if employer else company.strip()}


def organisation_called(name: str) -> Party | None:
    """Return the one organisation of this name; None for none, and for more than one."""
    rows = list(shown().filter(kind=Party.Kind.ORGANISATION, name__iexact=name.strip())[:2]) if name.strip() else []
    return rows[0] if len(rows) == 1 else None


@transaction.atomic
def give_role(party_id: uuid.UUID, role: str, *, since: date, at: datetime, actor: Actor) -> PartyRole:
    """Note what a party is from a day on; a role that lasts already stays. Party.DoesNotExist for a stranger's id."""
    party = Party.objects.select_for_update(of=("self",)).get(tenant_id=current_tenant(), pk=party_id)
    lasting = PartyRole.objects.filter(party=party, role=role, until=None).first()
    if lasting:
        return lasting
    made = PartyRole.objects.create(party=party, role=PartyRole.Role(role), since=since)
    record("parties.role_given", party, at=at, actor=actor, after={"role": role, "since": since})
    return made


@transaction.atomic
def end_role(party_id: uuid.UUID, role: str, *, until: date, at: datetime, actor: Actor) -> None:
    """Note the day on which a party is something no more; PartyRole.DoesNotExist where it is not."""
    lasting = PartyRole.objects.select_for_update(of=("self",)).get(party_id=party_id, role=role, until=None)
    lasting.until = max(until, lasting.since)
    lasting.save(update_fields=["until"])
    record("parties.role_ended", lasting.party, at=at, actor=actor, after={"role": role, "until": lasting.until})


@transaction.atomic
def add_email(party_id: uuid.UUID, email: str, *, at: datetime, actor: Actor) -> None:
    """Note a further address; one that the party has already stays one. Others may have it too."""
    party = Party.objects.select_for_update(of=("self",)).get(tenant_id=current_tenant(), pk=party_id)
    has = PartyEmail.objects.filter(party=party, email__iexact=email.strip()).exists()
    if has or party.email.lower() == email.strip().lower():
        return
    PartyEmail.objects.create(party=party, email=email.strip())
    record("parties.email_added", party, at=at, actor=actor, after={"email": email.strip()})


@transaction.atomic
def remove_email(email_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Remove a further address; PartyEmail.DoesNotExist for a stranger's id."""
    row = PartyEmail.objects.select_related("party").get(tenant_id=current_tenant(), pk=email_id)
    record("parties.email_removed", row.party, at=at, actor=actor, before={"email": row.email})
    row.delete()


@transaction.atomic
def add_identifier(party_id: uuid.UUID, kind: str, value: str, *, at: datetime, actor: Actor) -> Identifier:
    """Note a number of a party, encrypted; the same one twice is one. UnreadableNumberError where it has no sign."""
    party = Party.objects.get(tenant_id=current_tenant(), pk=party_id)
    if not any(sign.isascii() and sign.isalnum() for sign in value):
        raise UnreadableNumberError(
            Text("Eine Nummer besteht aus Ziffern oder Buchstaben.", "A number consists of digits or letters.")
        )
    digest = identifier_fingerprint(kind, value)
    made, fresh = Identifier.objects.get_or_create(
        party=party, fingerprint=digest, defaults={"kind": Identifier.Kind(kind), "value": value.strip()}
    )
    if fresh:
        record("parties.number_added", party, at=at, actor=actor, after={"kind": kind})
    return made


@transaction.atomic
def remove_identifier(identifier_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Remove a number; Identifier.DoesNotExist for a stranger's id."""
    row = Identifier.objects.select_related("party").get(tenant_id=current_tenant(), pk=identifier_id)
    record("parties.number_removed", row.party, at=at, actor=actor, before={"kind": row.kind})
    row.delete()

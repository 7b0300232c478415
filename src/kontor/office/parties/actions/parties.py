"""Every write about businesses and people that the tenant deals with."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.rows import exactly_one
from kontor.kernel.stages import is_test
from kontor.office.parties.models import BankAccount, Contact, Party
from kontor.office.parties.queries.parties import fingerprint
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_SNAPSHOT = (
    "name",
    "street",
    "addition",
    "postcode",
    "city",
    "country",
    "region",
    "vat_id",
    "buyer_reference",
    "email",
    "phone",
    "employer_name",
    "language",
    "consumer",
)


class TestTenantError(RefusalError):
    """Real business with what is only a test, or the reverse; nothing was noted."""

    __test__ = False  # for pytest, which would take it for a test by its name


@transaction.atomic
def add_party(*, at: datetime, actor: Actor, **given: Any) -> Party:
    """Add a party; `given` holds its columns (name, street, postcode, city, country, email, vat_id, ...)."""
    party = Party.objects.create(created_at=at, **given)
    record("parties.party_added", party, at=at, actor=actor, after=snapshot(party))
    return party


@transaction.atomic
def change_party(party_id: uuid.UUID, *, at: datetime, actor: Actor, **given: Any) -> Party:
    """Change a party's columns; documents issued keep what they said. Party.DoesNotExist for a stranger's id."""
    party = Party.objects.select_for_update().get(pk=party_id)
    before = snapshot(party)
    for name, value in given.items():
        setattr(party, name, value)
    party.save(update_fields=list(given))
    record("parties.party_changed", party, at=at, actor=actor, before=before, after=snapshot(party))
    return party


@transaction.atomic
def add_contact(party: Party, *, at: datetime, actor: Actor, **given: Any) -> Contact:
    """Add a person at a party, with the roles they have there: signs, receives_notices, receives_invoices."""
    contact = Contact.objects.create(party=party, **given)
    record("parties.contact_added", contact, at=at, actor=actor, after={"party": party.name, **given})
    return contact


@transaction.atomic
def change_contact(contact_id: uuid.UUID, *, at: datetime, actor: Actor, **given: Any) -> Contact:
    """Change a person's columns; Contact.DoesNotExist for a stranger's id."""
    contact = Contact.objects.select_for_update().get(pk=contact_id)
    before = {name: getattr(contact, name) for name in given}
    for name, value in given.items():
        setattr(contact, name, value)
    contact.save(update_fields=list(given))
    record("parties.contact_changed", contact, at=at, actor=actor, before=before, after=given)
    return contact


@transaction.atomic
def remove_contact(contact_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Remove a person from a party; Contact.DoesNotExist for a stranger's id."""
    contact = Contact.objects.get(pk=contact_id)
    record("parties.contact_removed", contact, at=at, actor=actor, before={"name": contact.name})
    contact.delete()


@transaction.atomic
def forget_account(account_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Forget an account: its payments are no longer recognised. BankAccount.DoesNotExist for a stranger's id."""
    account = BankAccount.objects.get(pk=account_id)
    record("parties.account_forgotten", account, at=at, actor=actor)
    account.delete()


@transaction.atomic
def learn_account(party_id: uuid.UUID, iban: str, *, holder: str, at: datetime, actor: Actor) -> BankAccount:
    """Remember from which account a party pays, so that its next payment is recognised; the same one twice is one."""
    plain = iban.replace(" ", "").upper()
    account, made = BankAccount.objects.get_or_create(
        party_id=party_id, fingerprint=fingerprint(plain), defaults={"iban": plain, "holder": holder}
    )
    if made:
        record("parties.account_learnt", account, at=at, actor=actor)
    return account


@transaction.atomic
def settle_in(party_id: uuid.UUID, tenant: Tenant, *, at: datetime, actor: Actor) -> None:
    """Note in which tenant the party itself works from now on; TestTenantError where one of both is only a test."""
    if (tenant.stage == Tenant.Stage.TEST) != is_test():
        raise TestTenantError(
            Text(
                "Ein Testmandant ist niemandes Kunde, und niemand ist Kunde eines Testmandanten.",
                "A test tenant is nobody's customer, and nobody is a test tenant's.",
            )
        )
    exactly_one(Party.objects.filter(pk=party_id).update(own_tenant=tenant))
    party = Party.objects.get(pk=party_id)
    record("parties.tenant_noted", party, at=at, actor=actor, after={"tenant": str(tenant.pk)})


def snapshot(party: Party) -> dict[str, Any]:
    """Return a party's columns as the record keeps them."""
    return {name: getattr(party, name) for name in _SNAPSHOT}

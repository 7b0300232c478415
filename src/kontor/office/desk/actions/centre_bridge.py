"""From a customer's own account into its supplier's customer centre, as long as the contract runs."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kontor.kernel.actor import Actor
from kontor.kernel.rows import TenantOwned
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.centre_door import begin_session, confirm, has_left
from kontor.office.desk.models import CentreAddress, CentrePerson
from kontor.office.desk.queries.centre import open_centre
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Entered:
    """Where somebody came in: the centre's address and tenant, and the secret of their session there."""

    slug: str
    tenant: uuid.UUID
    session: str


@transaction.atomic
def enter_centre(
    contract: TenantOwned,
    *,
    name: str,
    email: str,
    language: str,
    at: datetime,
    actor: Actor,  # noqa: ARG001  one shape for all
) -> Entered:
    """
    Let a customer's own user into the centre of the tenant that made this contract with it; free of charge (crm, 6).

    RefusalError where the contract has ended, no centre is open, or the address is that of somebody who was invited:
    whose address it is was said by the user's company alone, so that it opens nothing that anybody else has there.
    """
    under = contracts.served(contract.pk, at=at)
    if not under.running or open_centre(localdate(at)) is None:
        raise RefusalError(
            Text("Ein offenes Kundencenter gibt es hier nicht.", "There is no open customer centre here.")
        )
    person = CentrePerson.objects.filter(email=email.casefold()).first()
    if person is None:
        person = CentrePerson(email=email.casefold(), party_id=under.party, language=language, at=at)
    elif person.contract_id is None or person.party_id != under.party:
        raise RefusalError(
            Text(
                "Mit dieser Adresse kommen Sie dort über einen Link in Ihr Postfach hinein.",
                "With this address you come in there by a link into your mailbox.",
            )
        )
    person.name, person.contract_id = name, contract.pk
    person.save()
    if has_left(person, at=at):
        raise RefusalError(Text("Dieser Zugang ist geschlossen.", "This way in is closed."))
    confirm(person, at=at)
    slug = CentreAddress.objects.values_list("slug", flat=True).get(tenant_id=current_tenant())
    return Entered(slug, current_tenant(), begin_session(person, at=at))

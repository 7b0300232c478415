"""People whose address mail does not reach: the administrators are told, so that it is put right (crm §17)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Membership, RefusedAddress
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.queries import here
from kontor.office.identity.queries.bounces import refused_address
from kontor.rulebook.wording import said

JOB: Final = "identity.address_refused"


@transaction.atomic
def tell_of_refused_address(email: str, *, at: datetime) -> Membership | None:
    """Tell the administrators that nobody is reached under a member's address; None where it is no member's."""
    member = Membership.objects.filter(here(at), user__email__iexact=email).select_related("user").first()
    refused = refused_address(email)
    if member is None or refused is None:
        return None
    record(JOB, member, at=at, actor=MACHINE, after={"email": email, "problem": refused.problem})
    told = {"name": member.user.name, "email": email, "problem": refused.problem}
    tell_administrators(
        said("Adresse von {name} nicht erreichbar", "The address of {name} cannot be reached", name=member.user.name),
        said(
            "Eine Nachricht an {name} <{email}> kam nicht an:\n{problem}\n\nBitte lassen Sie die Adresse berichtigen.",
            "A mail to {name} <{email}> did not arrive:\n{problem}\n\nPlease have the address corrected.",
            **told,
        ),
        about=member,
        at=at,
    )
    return member


@transaction.atomic
def note_address_works(member: Membership, *, at: datetime, actor: Actor) -> int:
    """Note that a member is reached under their address after all; return how many refusals that settles."""
    open_ones = RefusedAddress.objects.filter(email=member.user.email.casefold(), mended_at=None)
    settled = open_ones.update(mended_at=at)
    if settled:
        record("identity.address_works", member, at=at, actor=actor, after={"email": member.user.email})
    return settled

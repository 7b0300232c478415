"""Installing releases: by plan, at the next connection, or postponed where the terms let it (leisure Appendix 1, 2)."""

import uuid
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts.models import ReleaseInstallation, ReleaseOffer
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.release import may_postpone, ways_to_install
from kontor.rulebook.ruling import Text


@transaction.atomic
def plan_installation(
    offer_id: uuid.UUID, *, way: str, planned_at: datetime | None, at: datetime, actor: Actor
) -> ReleaseInstallation:
    """
    Plan, as the house, how and from when on a release is installed at a customer; a later plan replaces it.

    way  a key of the terms' list. RefusalError for another one, a moment that is over, or what is installed;
    ReleaseOffer.DoesNotExist for a stranger's.
    """
    offer = ReleaseOffer.objects.select_related("contract").get(pk=offer_id)
    if way not in {item.key for item in ways_to_install(pack_of_terms(offer.contract.terms))}:
        raise RefusalError(Text("So wird nach diesen Bedingungen nicht installiert.", "These terms name no such way."))
    if planned_at is not None and planned_at < at:
        raise RefusalError(Text("Diese Zeit ist vorbei.", "This moment is over."))
    row = _row(offer)
    row.way, row.planned_at = way, planned_at
    row.save(update_fields=["way", "planned_at"])
    record("contracts.installation_planned", offer, at=at, actor=actor, after={"way": way, "at": planned_at})
    return row


@transaction.atomic
def postpone(offer: ReleaseOffer, *, until: date, at: datetime, actor: Actor) -> ReleaseInstallation:
    """
    Postpone a release as its customer; RefusalError names the clause by which a version may not be.

    until  the first day on which it may be installed
    """
    ruling = may_postpone(offer.kind, pack_of_terms(offer.contract.terms))
    if not ruling.value:
        clause = ruling.clauses[0].number
        raise RefusalError(Text(f"{ruling.working[-1].de} ({clause})", f"{ruling.working[-1].en} ({clause})"))
    if until <= at.date():
        raise RefusalError(Text("Nennen Sie einen Tag, der noch kommt.", "Name a day that is still to come."))
    row = _row(offer)
    row.postponed_until = until
    row.save(update_fields=["postponed_until"])
    record("contracts.installation_postponed", offer, at=at, actor=actor, clause=offer.clause, after={"until": until})
    return row


@transaction.atomic
def note_installed(offer: ReleaseOffer, *, where: str, at: datetime, actor: Actor) -> ReleaseInstallation:
    """Note that a release was installed; told again it changes nothing."""
    row = ReleaseInstallation.objects.select_for_update().filter(offer=offer).first()
    if row is not None and row.installed_at is not None:
        return row
    row = _row(offer, installed=True)
    row.installed_at, row.installed_on = at, where
    row.save(update_fields=["installed_at", "installed_on"])
    record("contracts.installation_noted", offer, at=at, actor=actor, after={"where": where})
    return row


def _row(offer: ReleaseOffer, *, installed: bool = False) -> ReleaseInstallation:
    given = {"customer_tenant_id": offer.customer_tenant_id}
    row, _made = ReleaseInstallation.objects.select_for_update().get_or_create(offer=offer, defaults=given)
    if row.installed_at is not None and not installed:
        raise RefusalError(Text("Diese Ausgabe ist schon installiert.", "This release is installed already."))
    return row

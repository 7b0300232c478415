"""Holds: what keeps data from going for a reason, until somebody lifts them; each is looked at again on its day."""

import uuid
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.privacy.actions.erasing import resume
from kontor.office.privacy.models import Hold
from kontor.office.privacy.queries.contracts import running
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

GROUNDS: Final = {
    "withholding": Text("Zurückbehaltung wegen Vertragsverletzung", "Withheld for a breach of contract"),
    "dispute": Text("Rechtsstreit oder Ansprüche", "Dispute or claims"),
    "authority": Text("Anordnung einer Behörde", "Order of an authority"),
    "abuse": Text("Aufklärung eines Missbrauchs", "Investigation of an abuse"),
}


class HoldRefusedError(RefusalError):
    """A hold cannot be laid or lifted; `text` says why in both languages."""


@transaction.atomic
def lay_hold(
    *, of_tenant: uuid.UUID | None, kind: str = "", ground: str, reason: str, review_on: date, clause: str = "",
    at: datetime, actor: Actor,
) -> Hold:  # fmt: skip
    """
    Keep a company's data, or one kind of data wherever it lies, from being erased, for a reason of `GROUNDS`.

    Withholding takes the company's copies from it too, until the review, and needs terms that allow it (crm 14).

    HoldRefusedError without a reason, where the review does not lie ahead, and where it names neither or both.
    """
    if not reason.strip() or ground not in GROUNDS:
        raise HoldRefusedError(Text("Eine Sperre nennt ihren Grund.", "A hold names its reason."))
    if review_on <= at.date():
        raise HoldRefusedError(
            Text("Geprüft wird sie an einem kommenden Tag.", "It is looked at again on a day to come.")
        )
    if (of_tenant is None) == (not kind):
        raise HoldRefusedError(
            Text("Sie gilt für ein Unternehmen oder eine Art von Daten.", "It is for one company or one kind of data.")
        )
    if ground == "withholding":
        _refuse_unagreed(of_tenant, at.date())
    hold = Hold.objects.create(
        of_tenant=of_tenant, kind=kind, ground=ground, reason=reason.strip(), clause=clause, review_on=review_on,
        made_at=at, made_by=actor.name,
    )  # fmt: skip
    after = {"ground": ground, "reason": reason, "review_on": review_on}
    record("privacy.hold_laid", hold, at=at, actor=actor, clause=clause, after=after)
    publish("privacy.hold_moved", {"hold": str(hold.pk)}, at=at)
    return hold


def _refuse_unagreed(of_tenant: uuid.UUID | None, on: date) -> None:
    """Raise HoldRefusedError where contracts run with a company and none of them lets us withhold its data."""
    packs = [each.pack for each in running(on) if of_tenant is not None and each.customer_tenant == of_tenant]
    if packs and not any(pack.retention is not None and pack.retention.withholding is not None for pack in packs):
        raise HoldRefusedError(
            Text("Kein Vertrag mit diesem Unternehmen erlaubt das.", "No contract with this company allows it.")
        )


@transaction.atomic
def lift_hold(hold_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> Hold:
    """
    Let a hold keep nothing any more: what waited for it goes in the next minute.

    HoldRefusedError where it was lifted before.
    """
    hold = Hold.objects.select_for_update().get(pk=hold_id)
    if hold.lifted_at is not None:
        raise HoldRefusedError(Text("Diese Sperre ist schon aufgehoben.", "This hold has been lifted already."))
    hold.lifted_at, hold.lifted_by, hold.lifted_because = at, actor.name, because
    hold.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
    record("privacy.hold_lifted", hold, at=at, actor=actor, after={"because": because})
    resume(hold.of_tenant, at=at)
    publish("privacy.hold_moved", {"hold": str(hold.pk)}, at=at)
    return hold


@transaction.atomic
def review_hold(hold_id: uuid.UUID, *, review_on: date, at: datetime, actor: Actor) -> Hold:
    """Keep a hold after looking at it again, until another day; HoldRefusedError where it is lifted or not ahead."""
    hold = Hold.objects.select_for_update().get(pk=hold_id)
    if hold.lifted_at is not None or review_on <= at.date():
        raise HoldRefusedError(
            Text("Geprüft wird sie an einem kommenden Tag.", "It is looked at again on a day to come.")
        )
    before, hold.review_on = hold.review_on, review_on
    hold.save(update_fields=["review_on"])
    record("privacy.hold_reviewed", hold, at=at, actor=actor, before={"review_on": before}, after={"on": review_on})
    return hold

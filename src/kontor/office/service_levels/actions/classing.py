"""Saying that what a customer reported lies behind the point at which the service is handed over."""

import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions.outages import NewExcuse, excuse
from kontor.office.service_levels.models import Outage
from kontor.office.service_levels.queries.hand_over import beyond_hand_over
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

CLASSED = Text("Netz des Kunden", "customer network")


@transaction.atomic
def class_as_customers_network(outage_id: uuid.UUID, *, at: datetime, actor: Actor) -> Outage:
    """
    Class a reported outage as the customer's network: under the terms that name a point of hand-over it is excused.

    RefusalError where a probe found it, or where the probes did not see the service usable all the time.
    """
    outage = Outage.objects.select_for_update().get(pk=outage_id)
    if outage.found_by == Outage.FoundBy.PROBE:
        raise RefusalError(
            Text("Diesen Ausfall hat eine Messung gefunden.", "This outage is our own: a probe found it.")
        )
    if not beyond_hand_over(outage):
        raise RefusalError(
            Text(
                "Der Dienst wurde am Übergabepunkt nicht die ganze Zeit als nutzbar gemessen.",
                "At the point of hand-over the service was not measured as usable all the time.",
            )
        )
    assert outage.ended_at is not None  # what goes on is not measured to its end
    measured = "Messung am Übergabepunkt: durchgehend nutzbar / measured at the point of hand-over: usable throughout"
    packs = contracts.packs_in(outage.started_at.date().replace(day=1))
    promises = {pack.key: promise_of(pack) for pack in packs}
    causes = {pack: promise.beyond for pack, promise in promises.items() if promise is not None and promise.beyond}
    for pack, cause in causes.items():
        told = NewExcuse(pack=pack, cause=cause, start=outage.started_at, end=outage.ended_at, evidence=measured)
        excuse(outage.pk, told, at=at, actor=actor)
    outage.cause = CLASSED.de
    outage.save(update_fields=["cause"])
    return outage

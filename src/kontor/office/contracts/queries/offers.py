"""Offers that were sent, as their list shows them."""

from functools import cache
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, When

from kontor.kernel.rows import CurrentTenant
from kontor.office.contracts.models import Contract, OfferState
from kontor.office.privacy import public as privacy


def listed_offers() -> QuerySet[Any]:
    """Return the current tenant's offers with those columns alone that a list shows; `concluded` by a contract."""
    return _listed().all()


@cache
def _listed() -> QuerySet[Any]:
    """Build the query once: who asks is read when it runs. Terms are long; one that waits alone is asked for them."""
    seen = OfferState.objects.filter(
        privacy.not_locked("contracts.Offer", "offer_id"), privacy.not_locked("books.Quote", "offer__quote_id")
    )
    return seen.annotate(
        number=F("offer__number"),
        customer_name=F("offer__customer_name"),
        pack=F("offer__pack"),
        version=F("offer__version"),
        valid_until=F("offer__valid_until"),
        currency=F("offer__currency"),
        per_period_minor=F("offer__per_period_minor"),
        once_minor=F("offer__once_minor"),
        waiting_terms=Case(When(state=OfferState.State.ACCEPTED, then=F("offer__terms"))),
        concluded=Exists(Contract.objects.filter(tenant=CurrentTenant(), offer=OuterRef("offer"))),
    ).values_list(
        *("pk", "offer_id", "state", "sent_at", "opened_at", "number", "customer_name", "pack", "version"),
        *("valid_until", "currency", "per_period_minor", "once_minor", "waiting_terms", "concluded"),
        named=True,
    )

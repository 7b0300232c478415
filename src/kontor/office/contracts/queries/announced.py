"""What was announced and still waits: new prices for their day, changed terms for an answer or a decision."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.models import PriceAdjustmentState, TermsNoticeState

Announced = TermsNoticeState | PriceAdjustmentState


def announced(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Announced]]:
    """Return what is under way for many contracts, the reader's own or those it received; two queries."""
    found: dict[uuid.UUID, list[Announced]] = defaultdict(list)
    for notice in notice_rows(contracts).select_related("notice"):
        found[notice.notice.contract_id].append(notice)
    for price in price_rows(contracts).select_related("adjustment"):
        found[price.adjustment.contract_id].append(price)
    return dict(found)


def objections() -> Sequence[TermsNoticeState]:
    """Return the objections that the house has not decided about, the longest waiting first; one query."""
    rows = TermsNoticeState.objects.filter(state=TermsNoticeState.State.OBJECTED)
    return list(rows.select_related("notice__contract").order_by("answered_on", "pk"))


def notice_rows(contracts: Collection[uuid.UUID]) -> QuerySet[TermsNoticeState]:
    """Return the changes of terms that wait for an answer, unread."""
    asked = {"notice__contract_id__in": contracts, "state": TermsNoticeState.State.OPEN}
    rows = TenantQuerySet[TermsNoticeState](TermsNoticeState).seen_by(current_tenant())
    return rows.filter(**asked)


def price_rows(contracts: Collection[uuid.UUID]) -> QuerySet[PriceAdjustmentState]:
    """Return the new prices that wait for their day, unread."""
    asked = {"adjustment__contract_id__in": contracts, "state": PriceAdjustmentState.State.ANNOUNCED}
    rows = TenantQuerySet[PriceAdjustmentState](PriceAdjustmentState).seen_by(current_tenant())
    return rows.filter(**asked)

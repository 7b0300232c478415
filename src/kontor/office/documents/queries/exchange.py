"""Folders shared with people outside: whose they are, how they stand, what lies in them."""

import hashlib
import uuid
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kontor.kernel.standing import Standing
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents.models import Exchange, ExchangeItem, Finding


def is_open(exchange: Exchange, at: datetime) -> bool:
    """Tell whether a folder may be looked into: neither over, nor ended, nor locked."""
    return exchange.ended_at is None and exchange.locked_at is None and at < exchange.expires_at


def exchanges_of(standing: Standing, user: uuid.UUID) -> QuerySet[Exchange]:
    """Return the folders that a person shared; who may do everything sees all."""
    rows = Exchange.objects.filter(tenant_id=current_tenant())
    counted = rows.annotate(files=_counted(), brought=_counted(from_outside=True))
    return counted if standing.everything else counted.filter(by=user)


def items_of(exchange: Exchange) -> list[tuple[ExchangeItem, Finding]]:
    """Return what lies in a folder with what a look into it found, the oldest first; two queries."""
    items = list(
        ExchangeItem.objects.filter(exchange=exchange)
        .select_related("version__blob", "version__document")
        .order_by("at", "pk")
    )
    looks = Finding.objects.filter(version__in=[each.version_id for each in items]).defer("text", "words")
    findings = {each.version_id: each for each in looks}
    return [(each, findings[each.version_id]) for each in items]


def passed_mark(exchange: Exchange) -> str:
    """Return what a browser keeps that has shown the password; with a new password it is worth nothing."""
    return hashlib.sha256(f"{exchange.pk} {exchange.lock}".encode()).hexdigest()


def _counted(**only: bool) -> Coalesce:
    """Count by a query of its own: a table whose key has two parts cannot be grouped by one of them."""
    rows = ExchangeItem.objects.filter(exchange=OuterRef("pk"), **only).order_by().values("exchange")
    return Coalesce(Subquery(rows.annotate(many=Count("pk")).values("many")), 0)

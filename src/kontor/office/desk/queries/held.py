"""Mails that were held back and wait for a person."""

from typing import Final

from django.db.models import QuerySet

from kontor.office.desk.models import IncomingMail

WAITING: Final = ("capped", "limit")  # outcomes that a person must look at; a machine's mail may be looked at


def count_held() -> int:
    """Count what was held back and nobody took in yet."""
    return IncomingMail.objects.filter(outcome__in=WAITING, taken=None).count()


def came() -> QuerySet[IncomingMail]:
    """Return what came by mail, each with its request."""
    return IncomingMail.objects.select_related("ticket").prefetch_related("taken__ticket")

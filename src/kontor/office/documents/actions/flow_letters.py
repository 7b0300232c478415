"""Letters that a flow writes and files at its case's record, and what a flow may ask of what is filed there."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import localdate

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.actor import MACHINE
from kontor.kernel.flow_parts import FlowFacts
from kontor.office.documents.actions.letters import write_letter
from kontor.office.documents.models import Document, Link, Template
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


def create(facts: FlowFacts, told: Mapping[str, str], *, key: uuid.UUID, at: datetime) -> None:
    """
    Write a letter from a template and file it at the case's record, unless this effect has done so before.

    RefusalError for a template that is gone, that is about other records or that is not released, for a field without a
    value, and where there is no room.
    """
    if Document.objects.filter(pk=key).exists():
        return
    template = Template.objects.filter(pk=told["template"]).first()
    kind, record = facts.record
    if template is None:
        raise RefusalError(_GONE)
    if template.kind != kind:
        raise RefusalError(_OTHER_RECORDS)
    try:
        write_letter(template.pk, record, today=localdate(at), at=at, actor=MACHINE, key=key)
    except QuotaExceededError as full:
        raise RefusalError(_FULL) from full


def is_filed(facts: FlowFacts, told: Mapping[str, str], *, at: datetime) -> bool:
    """Tell whether a document whose title begins so lies at the case's record, changed at most so many days ago."""
    kind, record = facts.record
    rows = Document.objects.filter(pk__in=Link.objects.filter(kind=kind, record=record).values("document"))
    rows = rows.filter(binned_at=None, title__istartswith=told["title"])
    if told.get("days"):
        rows = rows.filter(changed_at__gte=at - timedelta(days=int(told["days"])))
    return rows.exists()


_GONE: Final = Text("Diese Vorlage gibt es nicht mehr.", "This template is no longer there.")
_OTHER_RECORDS: Final = Text(
    "Die Vorlage ist für Datensätze anderer Art als der, um den es in dem Fall geht.",
    "The template is about records of another kind than the one that the case is about.",
)
_FULL: Final = Text("Für dieses Dokument ist kein Platz mehr.", "There is no room for this document.")

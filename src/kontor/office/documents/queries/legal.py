"""Reads about documents."""

import uuid
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet

from kontor.office.documents.models import Agreement, DocumentVersion, Signature


def awaiting(user_id: uuid.UUID, *, at: datetime) -> list[DocumentVersion]:
    """Return the newest required version of each document that this person has not yet agreed to, oldest first."""
    agreed = Agreement.objects.filter(document=OuterRef("pk"), user=user_id, for_tenant=False)
    newest: dict[str, DocumentVersion] = {}
    rows = DocumentVersion.objects.filter(required_from__lte=at).annotate(agreed=Exists(agreed))
    for row in rows.order_by("required_from", "at"):
        newest[row.key] = row
    return [row for row in newest.values() if not row.agreed]  # type: ignore[attr-defined]


def signature_of(subject_kind: str, subject_id: uuid.UUID) -> Signature | None:
    """Return who signed this subject, None while nobody did."""
    return Signature.objects.filter(subject_kind=subject_kind, subject_id=subject_id).first()


def version_of(key: str, version: str) -> DocumentVersion | None:
    """Return one version of a document, None where it is not published here."""
    return DocumentVersion.objects.filter(key=key, version=version).first()


def editions(key: str, *, at: datetime) -> list[DocumentVersion]:
    """Return the versions of a text that everybody may read: the one that applies first, then those before it."""
    rows = DocumentVersion.objects.filter(key=key, effective_from__lte=at)
    return list(rows.order_by("-effective_from", "-at", "-pk"))


def agreements_of(user_id: uuid.UUID) -> QuerySet[Agreement]:
    """Return what a person agreed to for themselves, the latest first, with the documents."""
    return Agreement.objects.filter(user=user_id, for_tenant=False).select_related("document").order_by("-at")


def first_agreement_to(key: str, version: str) -> Agreement | None:
    """Return the first agreement of a person to a version, None while nobody agreed."""
    rows = Agreement.objects.filter(document__key=key, document__version=version, for_tenant=False)
    return rows.exclude(user=None).order_by("at", "pk").first()


def people_agreed() -> QuerySet[Agreement, int]:
    """Return, for a subquery over documents, how many people agreed to each."""
    mine = Agreement.objects.filter(document=OuterRef("pk"), for_tenant=False).order_by()
    return mine.values("document").annotate(people=Count("pk")).values_list("people", flat=True)

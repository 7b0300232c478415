"""Documents as somebody may see them, and what hangs at a record."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from kontor.kernel import registry
from kontor.kernel.finding import Found, begins, words_of
from kontor.kernel.models import RoleAssignment
from kontor.kernel.records import RecordKind
from kontor.kernel.scanning import has_scanner
from kontor.kernel.standing import Standing
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents.models import Document, Finding, Link, Right, Version

SEE: Final = "documents.read"
FILE: Final = "documents.file"
OPEN_HERE: Final = (Document.Reach.EVERYBODY, Document.Reach.PUBLIC)
_LETTERS: Final = re.compile(r"\w+")  # what a search word is made of; tsquery's own signs are none of it


def record_kinds() -> Mapping[str, RecordKind]:
    """Return every kind of record that documents are linked to."""
    return {kind.key: kind for module in registry.modules() for kind in module.records}


def visible(standing: Standing, user: uuid.UUID) -> QuerySet[Document]:
    """
    Return the documents that a person may see, those in the bin too; who may do everything sees all.

    The database narrows them further to the person's sites.
    """
    rows = Document.objects.filter(tenant_id=current_tenant())
    if standing.everything:
        return rows
    open_kinds = [key for key, kind in record_kinds().items() if standing.may(kind.permission)]
    records = Link.objects.filter(document=OuterRef("pk"), kind__in=open_kinds)
    return rows.filter(
        Q(reach__in=OPEN_HERE)
        | Q(owner=user)
        | Q(Exists(_rights_of(standing, user).filter(document=OuterRef("pk"))), reach=Document.Reach.NAMED)
        | Q(Exists(records), reach=Document.Reach.RECORD)
    )


def may_change(document: Document, standing: Standing, user: uuid.UUID) -> bool:
    """Tell whether somebody who sees a document may change it: a named reader only where their right says so."""
    if not standing.may(FILE):
        return False
    if standing.everything or document.owner == user or document.reach != Document.Reach.NAMED:
        return True
    return _rights_of(standing, user).filter(document=document.pk, may_change=True).exists()


def _rights_of(standing: Standing, user: uuid.UUID) -> QuerySet[Right]:
    roles = RoleAssignment.objects.filter(membership=standing.membership).values("role")
    return Right.objects.filter(Q(user=user) | Q(role__in=roles))


def newest(rows: QuerySet[Document]) -> QuerySet[Document]:
    """Add to each document what its newest version is: name, kind, size, state of its look."""
    version = Version.objects.filter(document=OuterRef("pk"), number=OuterRef("number"))
    finding = Finding.objects.filter(version__document=OuterRef("pk"), version__number=OuterRef("number"))
    return rows.annotate(
        file_name=version.values("blob__name")[:1],
        media_type=version.values("media_type")[:1],
        size=version.values("blob__size")[:1],
        state=finding.values("state")[:1],
        previewed=finding.values("preview")[:1],
    )


def at_record(kind: str, record: uuid.UUID, standing: Standing, user: uuid.UUID) -> QuerySet[Document]:
    """Return the documents at a record that a person may see, the latest first, none from the bin."""
    linked = Link.objects.filter(document=OuterRef("pk"), kind=kind, record=record)
    return visible(standing, user).filter(Exists(linked), binned_at=None).order_by("-changed_at")


def version_of(document: uuid.UUID, number: int | None = None) -> Version:
    """Return a version of a document, its newest by default; DoesNotExist where it has none of that number."""
    rows = Version.objects.select_related("blob", "document").filter(document=document)
    return rows.get(number=F("document__number") if number is None else number)


def finding_of(version: uuid.UUID) -> Finding:
    """Return what a look into a version found so far."""
    return Finding.objects.select_related("preview").get(version=version)


def may_open(finding: Finding) -> bool:
    """Tell whether a version is handed out: a scanner called it clean, or this installation has none."""
    return finding.state == Finding.State.CLEAN or (finding.state == Finding.State.UNSCANNED and not has_scanner())


def found(rows: QuerySet[Document], asked: str) -> QuerySet[Document]:
    """Narrow documents to those whose newest version holds these words, in German, English or as they are written."""
    words = words_of(asked)
    if not words:
        return rows
    begun = " & ".join(f"{each}:*" for each in _LETTERS.findall(" ".join(words)))
    if not begun:
        return rows.none()
    query = (
        SearchQuery(asked[:200], config="german", search_type="websearch")
        | SearchQuery(asked[:200], config="english", search_type="websearch")
        | SearchQuery(begun, config="simple", search_type="raw")
    )
    newest_words = Finding.objects.filter(
        version__document=OuterRef("pk"), version__number=OuterRef("number"), words=query
    )
    titled = begins(words, "title")
    return rows.filter(Q(Exists(newest_words)) | titled)


def find_documents(words: Sequence[str], *, limit: int) -> list[Found]:
    """Return documents that everybody here sees, by title or contents; the others are found on their own page."""
    rows = Document.objects.filter(tenant_id=current_tenant(), reach__in=OPEN_HERE, binned_at=None)
    hits = found(rows, " ".join(words)).select_related("folder").order_by("-changed_at")[:limit]
    return [
        Found(each.title, each.folder.name if each.folder else "", reverse("documents:file", args=(each.pk,)))
        for each in hits
    ]

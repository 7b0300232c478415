"""What a look into a version found, kept: harmful or not, its words, its picture."""

import uuid
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value

from kontor.kernel.actions.blobs import QuotaExceededError, keep
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.scanning import ScannerError, Verdict, has_scanner, scan
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents.actions.filing import LOOK, Filed, bin_document, file_document
from kontor.office.documents.formats.contents import Contents
from kontor.office.documents.models import Document, Finding, Version

LANGUAGES: Final = ("german", "english", "simple")


@transaction.atomic
def keep_verdict(version: Version, verdict: Verdict | None, *, at: datetime) -> bool:
    """Keep what the scanner said, None without one; tell whether the version may be read now."""
    finding = Finding.objects.select_for_update().get(version=version)
    if verdict is None:
        finding.state = Finding.State.UNSCANNED
    else:
        finding.state = Finding.State.CLEAN if verdict.clean else Finding.State.INFECTED
        finding.signature = verdict.signature[:200]
    finding.at = at
    finding.save(update_fields=["state", "signature", "at"])
    if finding.state == Finding.State.INFECTED:
        after = {"number": version.number, "signature": finding.signature}
        record("documents.quarantined", version.document, at=at, actor=MACHINE, after=after)
    return finding.state != Finding.State.INFECTED


@transaction.atomic
def quarantined(data: bytes, name: str, *, at: datetime, actor: Actor) -> str:
    """
    Have a file scanned that somebody brings, before it is filed; return what was found in it, "" where nothing was.

    A harmful one is kept shut in the bin, where nobody opens it, and recorded (SO-014). While the scanner gives no
    answer nothing is found: what is filed then waits shut until it has spoken. DoorRefusedError as for every file.
    """
    try:
        verdict = scan(data) if has_scanner() else None
    except ScannerError:
        return ""
    if verdict is None or verdict.clean:
        return ""
    filed = Filed(data=data, name=name, note=verdict.signature, reach=Document.Reach.NAMED)
    document = file_document(filed, at=at, actor=actor)
    keep_verdict(Version.objects.select_related("document").get(document=document), verdict, at=at)
    bin_document(document.pk, at=at, actor=MACHINE)
    return verdict.signature


@transaction.atomic
def keep_contents(version: Version, found: Contents, *, at: datetime) -> None:
    """Keep a version's words for the search, and the picture of its first page where there is room for it."""
    finding = Finding.objects.select_for_update().get(version=version)
    finding.text, finding.pages, finding.unread = found.text, found.pages, found.unread
    if found.picture:
        try:
            with transaction.atomic():
                finding.preview = keep(found.picture, name=f"{version.pk}.webp", media_type="image/webp", at=at)
        except QuotaExceededError:
            finding.preview = None  # the file is there; its picture would not be worth refusing anything for
    finding.save(update_fields=["text", "pages", "unread", "preview"])
    told = f"{version.document.title} {version.blob.name.replace('.', ' ').replace('_', ' ')} {found.text}"
    words: Any = SearchVector(Value(told), config=LANGUAGES[0])
    for language in LANGUAGES[1:]:
        words = words + SearchVector(Value(told), config=language)
    Finding.objects.filter(pk=finding.pk).update(words=words)


@transaction.atomic
def look_again(version_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Have a version looked into once more: it waits until the scanner has spoken."""
    version = Version.objects.select_related("document").get(pk=version_id)
    queue(LOOK, current_tenant(), version=version.pk)
    record("documents.look_asked", version.document, at=at, actor=actor, after={"number": version.number})

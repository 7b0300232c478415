"""Every write about named, versioned and signed documents."""

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.office.documents.models import Agreement, DocumentVersion, Signature


class AlreadySignedError(Exception):
    """Somebody signed it first; a second signature under the same file means nothing."""


class AlreadyPublishedError(Exception):
    """This version of the text is out already; what was published never changes."""


class ChangedTextError(Exception):
    """What is to be agreed to is not what is kept here: its hash differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """From where somebody acted: network address and the client's name for itself, as far as known."""

    address: str | None = None
    client: str = ""


def text_hash(text_de: str, text_en: str) -> bytes:
    """Return the SHA-256 over both texts, German first, a zero byte between."""
    return hashlib.sha256(text_de.encode() + b"\0" + text_en.encode()).digest()


@transaction.atomic
def publish_version(
    *,
    key: str,
    version: str,
    title: Mapping[str, str],
    text: Mapping[str, str],
    required_from: datetime | None,
    effective_from: datetime | None = None,
    at: datetime,
    actor: Actor,
) -> DocumentVersion:
    """
    Publish a version of a named text; from `required_from` on, nobody works here without agreeing to it.

    effective_from  since when everybody may read it as the one that applies; AlreadyPublishedError for a known version
    """
    if DocumentVersion.objects.filter(key=key, version=version).exists():
        raise AlreadyPublishedError(version)
    made = DocumentVersion.objects.create(
        key=key,
        version=version,
        title_de=title["de"],
        title_en=title["en"],
        text_de=text["de"],
        text_en=text["en"],
        sha256=text_hash(text["de"], text["en"]),
        required_from=required_from,
        effective_from=effective_from,
        at=at,
    )
    record("documents.version_published", made, at=at, actor=actor, after={"key": key, "version": version})
    return made


@transaction.atomic
def agree(
    document_id: uuid.UUID,
    *,
    sha256: bytes,
    user: uuid.UUID | None,
    name: str,
    function: str,
    for_tenant: bool,
    evidence: Evidence,
    at: datetime,
    actor: Actor,
) -> Agreement:
    """
    Keep a person's agreement to exactly the text with this hash; agreeing twice changes nothing.

    ChangedTextError where the hash is another version's.
    """
    document = DocumentVersion.objects.get(pk=document_id)
    if bytes(document.sha256) != sha256:
        raise ChangedTextError(f"{document.key} {document.version}")
    agreement, made = Agreement.objects.get_or_create(
        document=document,
        user=user,
        for_tenant=for_tenant,
        defaults={
            "name": name,
            "function": function,
            "sha256": sha256,
            "address": evidence.address,
            "client": evidence.client[:400],
            "at": at,
        },
    )
    if made:
        after = {"key": document.key, "version": document.version, "sha256": sha256.hex()}
        record("documents.agreed", agreement, at=at, actor=actor, after=after)
    return agreement


@transaction.atomic
def sign(
    *,
    subject_kind: str,
    subject_id: uuid.UUID,
    file: Blob,
    sha256: bytes,
    name: str,
    function: str,
    email: str,
    declarations: Collection[Mapping[str, str]],
    evidence: Evidence,
    credential: uuid.UUID | None,
    at: datetime,
    actor: Actor,
) -> Signature:
    """
    Keep that somebody put their name under a file: who, when, from where, and the hash of exactly what was shown.

    AlreadySignedError where it is signed; ChangedTextError where the hash shown is not the kept file's.
    """
    if bytes(file.sha256) != sha256:
        raise ChangedTextError(file.name)
    if Signature.objects.filter(subject_kind=subject_kind, subject_id=subject_id).exists():
        raise AlreadySignedError(file.name)
    signature = Signature.objects.create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        file=file,
        sha256=sha256,
        name=name,
        function=function,
        email=email,
        declarations=list(declarations),
        address=evidence.address,
        client=evidence.client[:400],
        credential=credential,
        at=at,
    )
    after = {"sha256": sha256.hex(), "name": name, "function": function}
    record("documents.signed", signature, at=at, actor=actor, after=after)
    return signature

"""What other apps may do with texts that people agree to, and with signatures."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.office.documents.actions import legal as actions
from kontor.office.documents.actions.legal import Evidence
from kontor.office.documents.queries import legal as queries
from kontor.rulebook.ruling import Text

__all__ = [
    "Agreed",
    "AgreedText",
    "Edition",
    "Signed",
    "agreed_by",
    "edition_of",
    "first_agreement",
    "is_known",
    "publish",
    "publish_once",
    "sign",
    "signature_of",
    "text_hash",
]


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed what, when, and what they ticked."""

    id: uuid.UUID
    name: str
    function: str
    email: str
    sha256: bytes
    declarations: tuple[Mapping[str, str], ...]
    address: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Agreed:
    """Who agreed to a text for themselves, when, and the hash of exactly that text."""

    user: uuid.UUID
    name: str
    sha256: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class AgreedText:
    """A text that somebody agreed to: which version, when, and the hash of exactly that text."""

    document: uuid.UUID
    title: Mapping[str, str]
    version: str
    sha256: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """A text that everybody may read: its name among its editions, its words, and since when it applies."""

    version: str
    text: Text
    sha256: bytes
    since: datetime


def edition_of(key: str, *, at: datetime) -> Edition | None:
    """Return the edition of a text that applies to everybody in the current tenant, None before the first."""
    found = queries.editions(key, at=at)[:1]
    for row in found:
        assert row.effective_from is not None, "editions apply from a moment"
        return Edition(row.version, Text(row.text_de, row.text_en), bytes(row.sha256), row.effective_from)
    return None


def is_known(key: str, version: str) -> bool:
    """Tell whether a version of a text is published in the current tenant, whether it applies yet or not."""
    return queries.version_of(key, version) is not None


def text_hash(text: Text) -> bytes:
    """Return the SHA-256 that a version of this text has."""
    return actions.text_hash(text.de, text.en)


def agreed_by(user_id: uuid.UUID) -> list[AgreedText]:
    """Return what a person agreed to in the current tenant, the latest first; one query."""
    return [
        AgreedText(
            row.document_id,
            {"de": row.document.title_de, "en": row.document.title_en},
            row.document.version,
            bytes(row.sha256),
            row.at,
        )
        for row in queries.agreements_of(user_id)
    ]


def first_agreement(*, key: str, version: str) -> Agreed | None:
    """Return who first agreed to a version in the current tenant, None while nobody did; one query."""
    row = queries.first_agreement_to(key, version)
    if row is None:
        return None
    assert row.user is not None, "people agree for themselves"
    return Agreed(row.user, row.name, bytes(row.sha256), row.at)


def publish(
    *,
    key: str,
    version: str,
    title: Mapping[str, str],
    text: Mapping[str, str],
    required_from: datetime | None,
    effective_from: datetime | None = None,
    at: datetime,
    actor: Actor,
) -> uuid.UUID:
    """Publish a version of a named text in the current tenant and return its id; see actions.publish_version."""
    made = actions.publish_version(
        key=key, version=version, title=title, text=text, required_from=required_from, effective_from=effective_from,
        at=at, actor=actor,
    )  # fmt: skip
    return made.pk


def publish_once(
    *,
    key: str,
    version: str,
    title: Mapping[str, str],
    text: Mapping[str, str],
    required_from: datetime | None,
    at: datetime,
    actor: Actor,
) -> uuid.UUID:
    """Publish a version unless it is published already, and return its id."""
    if known := queries.version_of(key, version):
        return known.pk
    return publish(key=key, version=version, title=title, text=text, required_from=required_from, at=at, actor=actor)


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
) -> uuid.UUID:
    """Keep a signature; see actions.sign."""
    made = actions.sign(
        subject_kind=subject_kind,
        subject_id=subject_id,
        file=file,
        sha256=sha256,
        name=name,
        function=function,
        email=email,
        declarations=declarations,
        evidence=evidence,
        credential=credential,
        at=at,
        actor=actor,
    )
    return made.pk


def signature_of(subject_kind: str, subject_id: uuid.UUID) -> Signed | None:
    """Return who signed this subject, None while nobody did."""
    row = queries.signature_of(subject_kind, subject_id)
    if row is None:
        return None
    return Signed(
        row.pk, row.name, row.function, row.email, bytes(row.sha256), tuple(row.declarations), row.address, row.at
    )

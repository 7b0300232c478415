"""
Papers signed on a page: asked for, signed, refused, withdrawn.

Whoever signs names the hash of what they saw; the outcome is a new version, the paper with a sheet of evidence behind
it, and versions never change. It is a simple electronic signature (eIDAS Art. 3 (10), Art. 25 (1)); every page says so.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.mail import check_address, send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import Tenant
from kontor.kernel.pdf import render
from kontor.kernel.queries.blobs import read
from kontor.kernel.strokes import as_svg, strokes_of
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents.actions.filing import add_version
from kontor.office.documents.actions.legal import ChangedTextError, Evidence, sign
from kontor.office.documents.formats.door import PDF
from kontor.office.documents.formats.mails import ANSWERED, TO_SIGN, until_words, written
from kontor.office.documents.formats.signed import refuse_unsignable, with_sheet
from kontor.office.documents.models import SignatureRequest, Version
from kontor.office.documents.queries.signing import CONSENT, LEVEL, is_open
from kontor.office.documents.queries.store import finding_of, may_open, version_of
from kontor.office.identity.public import mail_to
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

SCOPE: Final = "documents.sign"
SUBJECT: Final = "documents.SignatureRequest"
DAYS: Final = 14
MOST_DAYS: Final = 90
State = SignatureRequest.State
_SHEET: Final = Path(__file__).resolve().parents[1] / "typst" / "evidence.typ"
_OVER: Final = Text("Darum wird nicht mehr gebeten.", "This is not asked for any more.")
_NO_PDF: Final = Text("Unterschrieben wird ein PDF.", "What is signed is a PDF.")
_SHUT: Final = Text("Diese Fassung ist nicht freigegeben.", "This version is not released.")
_DAYS: Final = Text("Die Frist ist 1 bis 90 Tage lang.", "It is asked for 1 to 90 days.")
_NO_NAME: Final = Text("Eine Unterschrift nennt Ihren Namen.", "A signature names you.")
_NOBODY: Final = Text("Diese Person ist nicht hier.", "This person is not here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is asked to sign: a person who works here by `user`, or somebody outside by name and e-mail."""

    name: str = ""
    email: str = ""
    user: uuid.UUID | None = None
    note: str = ""
    days: int = DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """
    How somebody signs: their name as they type it, the hash they saw, and the strokes they drew.

    drawn     JSON of strokes as `strokes_of` reads it; "" where the typed name is the signature
    language  of the page, in which consent and sheet are worded
    """

    name: str
    sha256: bytes
    drawn: str = ""
    language: str = "de"


@transaction.atomic
def ask_signature(document_id: uuid.UUID, asked: Asked, *, at: datetime, actor: Actor) -> SignatureRequest:
    """
    Ask one person to sign the newest version of a PDF, and write them.

    MailAddressError for what is no address; RefusalError for what is no PDF without a password, is not released, for a
    person who is not here, and for a time that is too long.
    """
    if not 1 <= asked.days <= MOST_DAYS:
        raise RefusalError(_DAYS)
    name, email = _whom(asked)
    check_address(email)
    version = version_of(document_id)
    if version.media_type != PDF:
        raise RefusalError(_NO_PDF)
    if not may_open(finding_of(version.pk)):
        raise RefusalError(_SHUT)
    refuse_unsignable(read(version.blob))
    made = SignatureRequest.objects.create(
        version=version, name=name, email=email, user=asked.user, note=asked.note.strip(), by=actor.id, at=at,
        expires_at=at + timedelta(days=asked.days),
    )  # fmt: skip
    _write(made, version, at=at)
    after = {"number": version.number, "name": name, "until": made.expires_at.isoformat()}
    record("documents.signature_asked", version.document, at=at, actor=actor, after=after)
    return made


@transaction.atomic
def note_read(request: SignatureRequest, *, how: str, at: datetime) -> None:
    """Record that whoever is asked looked at the paper; how: "shown" or "downloaded"."""
    after = {"number": request.version.number, "how": how}
    record("documents.signature_read", request.version.document, at=at, actor=_signer(request), after=after)


@transaction.atomic
def sign_paper(request_id: uuid.UUID, signing: Signing, *, evidence: Evidence, at: datetime) -> Version:
    """
    Sign: keep who signed what from where, and add the paper with its sheet of evidence as a new version.

    Several who are asked for the same version sign one after the other into one paper. RefusalError once it is over,
    for no name and for a drawing that is none; ChangedTextError where other bytes were seen.
    """
    request = _held(request_id, at)
    version = request.version
    sha256 = bytes(version.blob.sha256)
    if signing.sha256 != sha256:
        raise ChangedTextError(version.blob.name)
    name = " ".join(signing.name.split())
    if not name:
        raise RefusalError(_NO_NAME)
    strokes = strokes_of(signing.drawn) if signing.drawn else []
    actor = _signer(request)
    declared = {"text": CONSENT.spoken(signing.language), "clause": "Regulation (EU) 910/2014, Art. 25 (1)"}
    sign(
        subject_kind=SUBJECT, subject_id=request.pk, file=version.blob, sha256=sha256, name=name, function="",
        email=request.email, declarations=[declared], evidence=evidence, credential=None, at=at, actor=actor,
    )  # fmt: skip
    told = _told(request, signing, name=name, drawn=as_svg(strokes) if strokes else "", evidence=evidence, at=at)
    paper = with_sheet(read(_so_far(version).blob), render(_SHEET, told, at=at))
    note = Text(f"Unterschrieben von {name}", f"Signed by {name}").spoken(told["language"])
    outcome = add_version(version.document_id, paper, name=version.blob.name, note=note, at=at, actor=actor)
    _decide(request, State.SIGNED, at=at, outcome=outcome)
    _answer(request, Text("unterschrieben", "signed"), at=at)
    return outcome


@transaction.atomic
def refuse_paper(request_id: uuid.UUID, *, reason: str, at: datetime) -> None:
    """Refuse to sign, with the reason where one is given; RefusalError once it is over."""
    request = _held(request_id, at)
    request.reason = reason.strip()[:500]
    _decide(request, State.REFUSED, at=at)
    after = {"name": request.name, "reason": request.reason}
    record("documents.signature_refused", request.version.document, at=at, actor=_signer(request), after=after)
    _answer(request, Text("abgelehnt", "refused"), at=at)


@transaction.atomic
def withdraw_request(request_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Ask no more: the link opens nothing from now on; RefusalError once it is over."""
    request = _held(request_id, at)
    _decide(request, State.WITHDRAWN, at=at)
    credentials.revoke(SCOPE, request.pk, at=at)
    after = {"name": request.name}
    record("documents.signature_withdrawn", request.version.document, at=at, actor=actor, after=after)


def _held(request_id: uuid.UUID, at: datetime) -> SignatureRequest:
    rows = SignatureRequest.objects.select_for_update(of=("self",)).select_related("version__blob", "version__document")
    request = rows.get(pk=request_id)
    if not is_open(request, at):
        raise RefusalError(_OVER)
    return request


def _decide(request: SignatureRequest, state: str, *, at: datetime, outcome: Version | None = None) -> None:
    request.state, request.decided_at, request.outcome = state, at, outcome
    request.save(update_fields=["state", "decided_at", "outcome", "reason"])


def _so_far(version: Version) -> Version:
    """Return the paper with what others asked for the same version have signed already; the version itself at first."""
    signed = SignatureRequest.objects.filter(version=version, state=State.SIGNED).select_related("outcome__blob")
    last = signed.order_by("-outcome__number").first()
    return last.outcome if last and last.outcome else version


def _whom(asked: Asked) -> tuple[str, str]:
    if asked.user is None:
        return " ".join(asked.name.split()), asked.email
    person = mail_to(asked.user)
    if person is None:
        raise RefusalError(_NOBODY)
    return person.name, person.email


def _signer(request: SignatureRequest) -> Actor:
    if request.user is not None:
        return Actor("PERSON", request.user, request.name)
    return Actor.outside(request.pk, request.name)


def _told(
    request: SignatureRequest, signing: Signing, *, name: str, drawn: str, evidence: Evidence, at: datetime
) -> dict[str, Any]:
    """Return what the sheet of evidence says."""
    language = "de" if signing.language.startswith("de") else "en"
    tenant = Tenant.objects.get(pk=current_tenant())
    blob, version = request.version.blob, request.version

    def say(de: str, en: str) -> str:
        return Text(de, en).spoken(language)

    how = say("auf dem Bildschirm gezeichnet", "drawn on the screen") if drawn else say("getippt", "typed")
    when = f"{until_words(at, language=language, zone=tenant.zone)} ({tenant.zone}), {at:%Y-%m-%dT%H:%M:%SZ}"
    facts = [
        (say("Dokument", "Document"), f"{version.document.title}, {say('Fassung', 'version')} {version.number}"),
        (say("Datei", "File"), blob.name),
        ("SHA-256", bytes(blob.sha256).hex()),
        (say("Gebeten wurde", "Asked was"), f"{request.name}, {request.email}"),
        (say("Unterschrieben", "Signed"), when),
        (say("Adresse im Netz", "Network address"), evidence.address or say("unbekannt", "unknown")),
        (say("Programm", "Program"), evidence.client[:200] or say("unbekannt", "unknown")),
        (say("Vorgang", "Case"), str(request.pk)),
    ]
    return {
        "language": language, "owner": tenant.name,
        "title": say("Nachweis der Unterschrift", "Evidence of the signature"), "paper": version.document.title,
        "name": name, "how": how, "drawn": drawn, "facts": facts,
        "consent_title": say("Erklärt wurde", "Declared was"), "consent": CONSENT.spoken(language),
        "level_title": say("Was diese Unterschrift ist", "What this signature is"), "level": LEVEL.spoken(language),
    }  # fmt: skip


def _write(request: SignatureRequest, version: Version, *, at: datetime) -> None:
    secret = credentials.issue(SCOPE, request.pk, expires_at=request.expires_at + timedelta(days=DAYS), at=at)
    tenant = Tenant.objects.get(pk=current_tenant())
    person = mail_to(request.user) if request.user else None
    language = (person.language if person else "") or tenant.language
    until = until_words(request.expires_at, language=language, zone=tenant.zone)
    subject, text = written(
        TO_SIGN, language, tenant=tenant.name, name=request.name, title=version.document.title, note=request.note,
        link=absolute("documents:sign", secret), until=until,
    )  # fmt: skip
    send_mail(to=request.email, to_name=request.name, subject=subject, text=text, about=request, at=at)


def _answer(request: SignatureRequest, answer: Text, *, at: datetime) -> None:
    """Tell whoever asked what became of it."""
    person = mail_to(request.by) if request.by else None
    if person is None:
        return
    language = person.language or Tenant.objects.get(pk=current_tenant()).language
    subject, text = written(
        ANSWERED, language, name=person.name, other=request.name, title=request.version.document.title,
        answer=answer.spoken(language), link=absolute("documents:file", request.version.document_id),
    )  # fmt: skip
    send_mail(to=person.email, to_name=person.name, subject=subject, text=text, about=request, at=at)

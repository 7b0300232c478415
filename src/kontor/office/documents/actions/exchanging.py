"""
Folders shared with one person outside: made, filled from both sides, opened with a password, locked, ended.

The link goes by mail; the password is told once to whoever made the folder, who passes it on by another way. How long a
link lives and how many wrong passwords lock it stand in row FW-119, which counts them from annex III 2.2 and 2.11 of
the visitor terms; those name the platform and no number.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.mail import check_address, send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents.actions.filing import Filed, Named, file_document
from kontor.office.documents.formats.mails import CAME_IN, LOCKED, SHARED, until_words, written
from kontor.office.documents.models import Document, Exchange, ExchangeItem, Version
from kontor.office.documents.queries.exchange import is_open
from kontor.office.documents.queries.store import finding_of, may_open, version_of
from kontor.office.identity.public import mail_to
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

SCOPE: Final = "documents.exchange"
DAYS: Final = 7
WRONG: Final = 5
MOST: Final = 100  # files that the person outside may put into one folder
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
_OVER: Final = Text("Dieser Ordner ist nicht mehr offen.", "This folder is not open any more.")
_SHUT: Final = Text(
    "Diese Fassung ist nicht freigegeben: Sie wird geprüft oder ist gesperrt.",
    "This version is not released: it is being scanned, or it is locked.",
)
_DAYS: Final = Text("Ein Ordner ist einen bis sieben Tage offen.", "A folder is open for one to seven days.")
_FULL: Final = Text("In diesem Ordner liegen schon 100 Dateien.", "There are 100 files in this folder already.")
_ONE_WAY: Final = Text("In diesen Ordner legt nur der Absender etwas.", "Only its sender puts files into this folder.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExchange:
    """A folder to be shared: with whom, for how many days, and whether they put files in too."""

    title: str
    name: str
    email: str
    note: str = ""
    days: int = DAYS
    may_add: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder with the password that opens it, which is told this once."""

    exchange: Exchange
    password: str


@transaction.atomic
def open_exchange(new: NewExchange, *, at: datetime, actor: Actor) -> Opened:
    """
    Share a folder with somebody outside and write them its link.

    MailAddressError for what is no address, RefusalError for more days than a link lives.
    """
    check_address(new.email)
    if not 1 <= new.days <= DAYS:
        raise RefusalError(_DAYS)
    password = _new_password()
    made = Exchange.objects.create(
        title=new.title.strip(), note=new.note.strip(), name=new.name.strip(), email=new.email, may_add=new.may_add,
        lock=make_password(password), by=actor.id, at=at, expires_at=at + timedelta(days=new.days),
    )  # fmt: skip
    _write_link(made, at=at)
    after = {"title": made.title, "to": made.email, "until": made.expires_at.isoformat(), "may_add": made.may_add}
    record("documents.exchange_opened", made, at=at, actor=actor, after=after)
    return Opened(made, password)


@transaction.atomic
def put_in(exchange_id: uuid.UUID, document_id: uuid.UUID, *, at: datetime, actor: Actor) -> ExchangeItem:
    """Lay the newest version of a document into a folder; RefusalError for one that nobody may open."""
    exchange = _open(exchange_id, at)
    version = version_of(document_id)
    if not may_open(finding_of(version.pk)):
        raise RefusalError(_SHUT)
    item, new = ExchangeItem.objects.get_or_create(exchange=exchange, version=version, defaults={"at": at})
    if new:
        after = {"document": str(document_id), "number": version.number, "name": version.blob.name}
        record("documents.exchange_filled", exchange, at=at, actor=actor, after=after)
    return item


@transaction.atomic
def take_from(exchange_id: uuid.UUID, item_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Take a file out of a folder; the document stays where it is filed."""
    exchange = Exchange.objects.select_for_update().get(pk=exchange_id)
    item = ExchangeItem.objects.select_related("version__blob").get(pk=item_id, exchange=exchange)
    record("documents.exchange_emptied", exchange, at=at, actor=actor, before={"name": item.version.blob.name})
    item.delete()


@transaction.atomic
def enter(exchange_id: uuid.UUID, password: str, *, at: datetime) -> bool:
    """
    Tell whether a password opens a folder; the fifth wrong one since it was made locks it, whichever process hears it.

    The row is locked while a password is compared, so that guesses sent at once are counted one after the other.
    """
    exchange = Exchange.objects.select_for_update().get(pk=exchange_id)
    if not is_open(exchange, at):
        return False
    actor = Actor.outside(exchange.pk, exchange.name)
    if check_password(password.strip().lower(), exchange.lock):
        record("documents.exchange_entered", exchange, at=at, actor=actor)
        return True
    exchange.failures += 1
    if exchange.failures >= WRONG:
        exchange.locked_at = at
    exchange.save(update_fields=["failures", "locked_at"])
    record("documents.exchange_refused", exchange, at=at, actor=actor, after={"wrong": exchange.failures})
    if exchange.locked_at:
        record("documents.exchange_locked", exchange, at=at, actor=actor)
        _tell_owner(exchange, LOCKED, at=at)
    return False


@transaction.atomic
def renew_password(exchange_id: uuid.UUID, *, at: datetime, actor: Actor) -> Opened:
    """Give a folder a new password and its wrong ones back: the old one opens nothing; RefusalError once it is over."""
    exchange = Exchange.objects.select_for_update().get(pk=exchange_id)
    if exchange.ended_at or exchange.expires_at <= at:
        raise RefusalError(_OVER)
    password = _new_password()
    exchange.lock, exchange.failures, exchange.locked_at = make_password(password), 0, None
    exchange.save(update_fields=["lock", "failures", "locked_at"])
    record("documents.exchange_password_renewed", exchange, at=at, actor=actor)
    return Opened(exchange, password)


@transaction.atomic
def end_exchange(exchange_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Shut a folder at once, for whoever is looking into it too; ending it twice changes nothing."""
    exchange = Exchange.objects.select_for_update().get(pk=exchange_id)
    if exchange.ended_at is None:
        exchange.ended_at = at
        exchange.save(update_fields=["ended_at"])
        credentials.revoke(SCOPE, exchange.pk, at=at)
        record("documents.exchange_ended", exchange, at=at, actor=actor)


@transaction.atomic
def bring(exchange_id: uuid.UUID, data: bytes, *, name: str, at: datetime) -> ExchangeItem:
    """
    File what the person outside puts in: it is seen by whose folder it is, and by nobody before it is scanned.

    DoorRefusedError and QuotaExceededError as for every file; RefusalError where the folder takes nothing.
    """
    exchange = _open(exchange_id, at)
    if not exchange.may_add:
        raise RefusalError(_ONE_WAY)
    if ExchangeItem.objects.filter(exchange=exchange, from_outside=True).count() >= MOST:
        raise RefusalError(_FULL)
    actor = Actor.outside(exchange.pk, exchange.name)
    named = [Named(user=exchange.by, may_change=True)] if exchange.by else []
    filed = Filed(data=data, name=name, note=exchange.title, reach=Document.Reach.NAMED, named=named)
    document = file_document(filed, at=at, actor=actor)
    item = ExchangeItem.objects.create(exchange=exchange, version=version_of(document.pk), from_outside=True, at=at)
    record("documents.exchange_brought", exchange, at=at, actor=actor, after={"name": item.version.blob.name})
    _tell_owner(exchange, CAME_IN, at=at)
    return item


@transaction.atomic
def note_viewed(exchange: Exchange, *, at: datetime) -> None:
    """Record that the person outside looked into a folder."""
    record("documents.exchange_viewed", exchange, at=at, actor=Actor.outside(exchange.pk, exchange.name))


@transaction.atomic
def note_fetched(exchange: Exchange, version: Version, *, at: datetime) -> None:
    """Record that the person outside took a file, in the folder's trail and in the document's."""
    actor = Actor.outside(exchange.pk, exchange.name)
    record("documents.exchange_fetched", exchange, at=at, actor=actor, after={"name": version.blob.name})
    after = {"number": version.number, "how": "exchanged"}
    record("documents.opened", version.document, at=at, actor=actor, after=after)


def _open(exchange_id: uuid.UUID, at: datetime) -> Exchange:
    exchange = Exchange.objects.select_for_update().get(pk=exchange_id)
    if not is_open(exchange, at):
        raise RefusalError(_OVER)
    return exchange


def _new_password() -> str:
    """Return twelve signs in threes, drawn from 31: some 59 bits, and easy to say on the telephone."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(3))


def _write_link(exchange: Exchange, *, at: datetime) -> None:
    secret = credentials.issue(SCOPE, exchange.pk, expires_at=exchange.expires_at, at=at)
    tenant = Tenant.objects.get(pk=current_tenant())
    until = until_words(exchange.expires_at, language=tenant.language, zone=tenant.zone)
    subject, text = written(
        SHARED, tenant.language, tenant=tenant.name, name=exchange.name, title=exchange.title, note=exchange.note,
        link=absolute("documents:exchange-door", secret), until=until,
    )  # fmt: skip
    send_mail(to=exchange.email, to_name=exchange.name, subject=subject, text=text, about=exchange, at=at)


def _tell_owner(exchange: Exchange, words: Text, *, at: datetime) -> None:
    person = mail_to(exchange.by) if exchange.by else None
    if person is None:
        return
    subject, text = written(
        words, person.language, name=person.name, other=exchange.name, title=exchange.title,
        link=absolute("documents:exchange", exchange.pk),
    )  # fmt: skip
    send_mail(to=person.email, to_name=person.name, subject=subject, text=text, about=exchange, at=at)

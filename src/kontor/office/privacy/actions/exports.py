"""Asking for an export, handing it out once, and letting it go."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext

from kontor.kernel import cipher, registry
from kontor.kernel.actions import credentials
from kontor.kernel.actions.data_places import writing_store
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import Actor
from kontor.kernel.encryption import encrypt
from kontor.kernel.links import absolute
from kontor.kernel.models import Tenant
from kontor.kernel.rows import exactly_one
from kontor.kernel.storage import store
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import day, language
from kontor.office.identity.public import mail_to
from kontor.office.privacy.formats.wording import READY
from kontor.office.privacy.models import Export, ExportEntry, Hold
from kontor.office.privacy.queries.holds import withheld_copies
from kontor.office.privacy.queries.pieces import PIECE_KEY, piece_key, piece_name
from kontor.rulebook.copies import available_from
from kontor.rulebook.ruling import Ruling

PACK: Final = "privacy.pack_export"
DISCARD: Final = "privacy.discard_export"
SCOPE: Final = "privacy.export"
KEPT_FOR: Final = timedelta(days=7)  # as long as a link to a secure exchange lives (row FW-119)
LINK_FOR: Final = timedelta(days=1)
UNDER_WAY: Final = (Export.State.WAITING, Export.State.TABLES, Export.State.FILES)


class ExportUnderWayError(Exception):
    """There is one already that is not ready yet."""

    def __init__(self) -> None:
        super().__init__(gettext("An export is under way already. Wait for it, or cancel it."))


class NotReadyError(Exception):
    """The export is not there yet, or not any more."""

    def __init__(self) -> None:
        super().__init__(gettext("This export is not there: it is still being made, or was deleted."))


class WithheldError(NotReadyError):
    """The house withholds the company's data for a breach of contract, until it looks at it again."""

    def __init__(self, hold: Hold) -> None:
        told = {"reason": hold.reason, "day": day(hold.review_on, language())}
        Exception.__init__(self, gettext("Copies are withheld: %(reason)s. It is looked at again on %(day)s.") % told)


@transaction.atomic
def ask_for_export(*, recipient: str = "", at: datetime, actor: Actor) -> Export:
    """
    Ask for a copy of everything of the current tenant; ExportUnderWayError where one is on its way.

    recipient  an age public key for which it is encrypted when it is fetched

    A copy that the house's operator makes by command and one that the tenant asked for know nothing of each other.

    It is packed on the first day that the notice in the tenant's contracts allows, so that it is as fresh as it can be.
    """
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant())
    if Export.objects.filter(state__in=UNDER_WAY, asked_by__isnull=actor.id is None).exists():
        raise ExportUnderWayError
    zone = ZoneInfo(tenant.zone)
    ruling = available(at.astimezone(zone).date(), at=at)
    writing_store()  # where the tenant's data may lie nowhere, no copy of it may either
    export = Export(
        asked_at=at, asked_by=actor.id, available_on=ruling.value, recipient=recipient,
        ruling=store_ruling(ruling, question="copy", at=at), place=tenant.files_at,
    )  # fmt: skip
    export.box = encrypt(cipher.new_key(), context=f"{PIECE_KEY} {export.pk}")
    export.save(force_insert=True)
    begins = max(at, datetime.combine(ruling.value, time(), tzinfo=zone))
    put_due(PACK, at=begins, arguments={"export": str(export.pk)})
    after = {"available_on": ruling.value.isoformat(), "encrypted": bool(recipient)}
    record("privacy.export_requested", export, at=at, actor=actor, ruling=export.ruling, after=after)
    return export


def available(asked: date, *, at: datetime) -> Ruling[date]:
    """Decide from which day a copy asked for on `asked` is there: as the tenant's contracts say, else at once."""
    said = [module.copy_notice(asked, at=at) for module in registry.modules() if module.copy_notice]
    ruled = [ruling for ruling in said if ruling is not None]
    return max(ruled, key=lambda ruling: ruling.value) if ruled else available_from(asked, None)


@transaction.atomic
def announce(export_id: uuid.UUID, *, at: datetime) -> None:
    """
    Tell whoever asked that the export is there; it is deleted by itself some days later.

    Nothing for one that is not ready, or was announced already: call it again whenever that is not sure.
    """
    export = Export.objects.select_for_update().get(pk=export_id)
    if export.state != Export.State.READY or export.gone_on is not None:
        return
    gone = at + KEPT_FOR
    Export.objects.filter(pk=export.pk).update(gone_on=gone.date())
    put_due(DISCARD, at=gone, arguments={"export": str(export.pk)})
    tenant = Tenant.objects.get(pk=current_tenant())
    person = mail_to(export.asked_by) if export.asked_by else None
    if person is None:
        return
    words = READY[person.language or tenant.language]
    link = absolute("privacy-own:exports")
    send_mail(
        to=person.email, to_name=person.name, subject=words.subject.format(tenant=tenant.name),
        text=words.text.format(name=person.name, tenant=tenant.name, link=link, until=gone.date().isoformat()),
        about=export, at=at,
    )  # fmt: skip


@transaction.atomic
def link_to(export_id: uuid.UUID, *, at: datetime, actor: Actor) -> str:
    """Return a secret that fetches a ready export once within a day; earlier ones are worthless from now on."""
    export = _ready(export_id, at=at)
    credentials.revoke(SCOPE, export.pk, at=at)
    record("privacy.export_link_made", export, at=at, actor=actor)
    return credentials.issue(SCOPE, export.pk, expires_at=at + LINK_FOR, at=at, uses=1)


@transaction.atomic
def fetch(secret: str, *, at: datetime, actor: Actor) -> tuple[Export, bytes]:
    """
    Use a link up and return the export with the key of its pieces.

    CredentialRefusedError for a link that is used up, expired, or another tenant's; NotReadyError for what is gone.
    """
    tenant, export_id = credentials.resolve(secret, SCOPE, at)
    if tenant != current_tenant():
        raise credentials.CredentialRefusedError("other tenant")
    export = _ready(export_id, at=at)
    credentials.use(secret, SCOPE, at)
    Export.objects.filter(pk=export.pk).update(fetched_at=at, fetched_by=actor.id)
    record("privacy.export_fetched", export, at=at, actor=actor)
    return export, piece_key(export)


@transaction.atomic
def discard(export_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Delete an export, wherever it is: its key at once, so that no piece opens any more, then its pieces."""
    export = Export.objects.select_for_update().get(pk=export_id)
    if export.state == Export.State.GONE:
        return
    gone = Export.objects.filter(pk=export.pk)
    exactly_one(gone.update(state=Export.State.GONE, box=b"", gone_on=at.date()))
    ExportEntry.objects.filter(export=export).delete()
    credentials.revoke(SCOPE, export.pk, at=at)
    for job in (PACK, DISCARD):
        take_off(job, arguments={"export": str(export.pk)})
    record("privacy.export_deleted", export, at=at, actor=actor)
    files = store(export.place)
    for number in range(export.seen):
        files.remove(piece_name(export, number))


def remove_pieces() -> None:
    """Remove the pieces of all the current tenant's exports, wherever they lie; its erasure takes the rows."""
    for export in Export.objects.exclude(state=Export.State.GONE):
        files = store(export.place)
        for number in range(export.seen):
            files.remove(piece_name(export, number))


def _ready(export_id: uuid.UUID, *, at: datetime) -> Export:
    hold = withheld_copies(current_tenant(), on=at.date())
    if hold is not None:
        raise WithheldError(hold)
    export = Export.objects.filter(pk=export_id, state=Export.State.READY).first()
    if export is None:
        raise NotReadyError
    return export

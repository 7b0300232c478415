"""Writes everything of a tenant to one file."""

import os
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE
from kontor.kernel.age import AgeError, Recipient, encrypted
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions.exports import DISCARD, KEPT_FOR, UNDER_WAY, ask_for_export, discard
from kontor.office.privacy.actions.packing import pack
from kontor.office.privacy.models import Export
from kontor.office.privacy.queries.pacing import resting
from kontor.office.privacy.queries.pieces import archive_of, piece_key


def begun() -> Export | None:
    """Return the copy that an earlier run of this command began and never wrote; nobody else's is touched."""
    state = Export.State
    ours = Export.objects.filter(asked_by=None, gone_on=None, state__in=(*UNDER_WAY, state.READY))
    return ours.order_by("asked_at").first()


class Command(BaseCommand):
    help = "Write everything of a tenant to one file; one that is under way already is gone on with."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the tenant, the file, and for whom it is encrypted."""
        parser.add_argument("tenant", type=uuid.UUID)
        parser.add_argument("file", type=Path)
        parser.add_argument("--recipient", default="", help="an age public key")

    def handle(self, *, tenant: uuid.UUID, file: Path, recipient: str, **_options: Any) -> None:
        """Pack it here and now, whatever notice was agreed: whoever types this runs the house."""
        try:
            lock = [Recipient.read(recipient)] if recipient else []
        except AgeError as error:
            raise CommandError(str(error)) from error
        if not Tenant.objects.filter(pk=tenant).exists():
            raise CommandError(f"There is no tenant {tenant}.")
        at = timezone.now()
        with as_tenant(tenant):
            export = begun() or ask_for_export(recipient=recipient, at=at, actor=MACHINE)
            put_due(DISCARD, at=at + KEPT_FOR, arguments={"export": str(export.pk)})  # should this be killed for good
        if export.state != Export.State.READY and not pack(export.pk, tenant, at=at, pause=resting()):
            raise CommandError("Another process packs this export just now.")
        with as_tenant(tenant):
            export.refresh_from_db()
            content = archive_of(export, key=piece_key(export))
        half = file.with_name(f"{file.name}.unfinished")
        with open(half, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            out.writelines(encrypted(content, lock) if lock else content)
        half.replace(file)
        with as_tenant(tenant):
            discard(export.pk, at=timezone.now(), actor=MACHINE)
        self.stdout.write(f"{file}: {export.rows} rows, {export.files} files, {file.stat().st_size / 1e6:.1f} MB")
        for name in export.missing:
            self.stdout.write(f"{name} is lost: the store has it no more.")

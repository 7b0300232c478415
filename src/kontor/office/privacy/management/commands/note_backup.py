"""Remembers what `kontor backup` and `kontor restore --rehearse` did."""

import json
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions.backups import note_backup, note_rehearsal


class Command(BaseCommand):
    help = "Remember a backup or a rehearsal, told as JSON; nothing where there is no house yet."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what happened as one argument."""
        parser.add_argument("told", type=json.loads)

    def handle(self, *, told: dict[str, Any], **_options: Any) -> None:
        """Write it down as the house."""
        house = Tenant.objects.filter(is_house=True).first()
        if house is None:
            return
        with as_tenant(house.pk):
            if "made_at" in told:
                made_at = datetime.fromisoformat(told.pop("made_at"))
                expires_on = date.fromisoformat(told.pop("expires_on"))
                note_backup(made_at=made_at, expires_on=expires_on, **told)
            else:
                of = datetime.fromisoformat(told.pop("backup_made_at"))
                note_rehearsal(backup_made_at=of, at=timezone.now(), **told)

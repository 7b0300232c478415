"""Puts an export back as a tenant of this installation."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.office.privacy.actions.importing import UntrustedExportError, import_tenant
from kontor.office.privacy.formats.manifest import HostileArchiveError


class Command(BaseCommand):
    help = "Put an export back as a tenant, completely or not at all."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whose signature is trusted besides our own."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--trust", action="append", default=[], help="a public key, in hex; repeatable")

    def handle(self, *, file: Path, trust: list[str], **_options: Any) -> None:
        """Import it and say what came in."""
        try:
            with file.open("rb") as archive:
                came = import_tenant(archive, trusted=trust, at=timezone.now(), actor=MACHINE)
        except (HostileArchiveError, UntrustedExportError) as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{came.tenant}: {came.rows} rows, {came.files} files.")
        self.stdout.write(f"{came.known} people were known here, {came.invited} were mailed a link.")
        for name in came.missing:
            self.stdout.write(f"{name} was lost before the export.")

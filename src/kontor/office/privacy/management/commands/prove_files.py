"""Opens every file that this database knows, where a backup keeps it."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kontor.kernel.envelope import DamagedFileError, Place, opened
from kontor.kernel.models import BlobContent, Tenant
from kontor.kernel.storage import declared_place
from kontor.kernel.tenancy import as_tenant

SHOWN = 3


class Command(BaseCommand):
    help = "Open the files of a backup's pool that this database knows; standard input names what the backup holds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the pool's folder."""
        parser.add_argument("pool", type=Path)

    def handle(self, *, pool: Path, **_options: Any) -> None:
        """Decrypt each with its tenant's key and compare it with its digest; CommandError names the first that fail."""
        held = {name.partition("/")[2]: pool / name for name in (json.loads(line)["file"] for line in sys.stdin)}
        wrong = [place.name for tenant in Tenant.objects.all() for place in unopened(tenant, held)]
        if wrong:
            raise CommandError(f"{len(wrong)} files do not come back, among them {', '.join(wrong[:SHOWN])}.")


def unopened(tenant: Tenant, held: Mapping[str, Path]) -> Iterator[Place]:
    """Yield a tenant's files that a backup lacks or that do not open; what lies in a bucket its keeper backs up."""
    places = [declared_place(key) for key in (tenant.files_at, tenant.files_from) if key is not None]
    elsewhere = any(place is not None and place.bucket is not None for place in places)
    with as_tenant(tenant.pk):
        for sha256, customer in BlobContent.objects.values_list("sha256", "customer_tenant_id").iterator():
            place = Place(tenant.pk, customer, bytes(sha256))
            if place.name in held:
                if not _opens(held[place.name], place):
                    yield place
            elif not elsewhere:
                yield place


def _opens(file: Path, place: Place) -> bool:
    try:
        opened(file.read_bytes(), place)
    except (DamagedFileError, OSError):
        return False
    return True

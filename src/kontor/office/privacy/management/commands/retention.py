"""What a tenant's next night takes away, told or done."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import retention
from kontor.office.privacy.queries.expiring import found_on


class Command(BaseCommand):
    help = "Tell what of a tenant's data goes tonight, and with --run have it go. Without a tenant: the house."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the tenant, and whether it is to be done."""
        parser.add_argument("--tenant", type=uuid.UUID, help="The tenant's id; the house without it.")
        parser.add_argument("--run", action="store_true", help="Carry the night out; without it nothing changes.")

    def handle(self, **options: Any) -> None:
        """Print a line for each kind of rows."""
        tenant = options["tenant"] or Tenant.objects.get(is_house=True).pk
        at = timezone.now()
        if options["run"]:
            night = retention.go_on(tenant, at=at)
            for part in night.parts:
                self.stdout.write(f"{part['key']}: {part['gone']} gone, {part['locked']} locked, {part['held']} held")
            return
        with as_tenant(tenant):
            for found in found_on(timezone.localdate(at)):
                needed = "".join(f", {rows} needed by {label}" for label, rows in found.needed)
                self.stdout.write(
                    f"{found.keeping.key}: {found.gone} would go, {found.locked} locked, {found.held} held{needed}"
                )

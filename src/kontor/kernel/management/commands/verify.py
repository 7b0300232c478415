"""Prove that the record of every tenant is as it was written."""

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kontor.kernel.models import Tenant
from kontor.kernel.queries.chain import Proof, verify
from kontor.kernel.tenancy import as_tenant


class Command(BaseCommand):
    help = "Prove the record: every link of each tenant's chain, computed anew. Ends with 1 where one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the tenants to prove; all of them unless some are named."""
        parser.add_argument("--tenant", action="append", type=uuid.UUID, default=[], help="only this one; repeatable")

    def handle(self, *, tenant: list[uuid.UUID], **_: Any) -> None:
        """Print a line for each tenant; the last link's digest is worth noting somewhere else."""
        tenants = list(Tenant.objects.filter(pk__in=tenant) if tenant else Tenant.objects.all())
        if unknown := set(tenant) - {each.pk for each in tenants}:
            raise CommandError(f"There is no tenant {', '.join(sorted(map(str, unknown)))}.")
        broken = 0
        for each in sorted(tenants, key=lambda one: one.name):
            with as_tenant(each.pk):
                proof = verify()
            broken += proof.broken is not None
            self.stdout.write(_line(each, proof))
        if broken:
            raise CommandError(f"The record of {broken} of {len(tenants)} tenants is broken.")
        self.stdout.write(f"The record of {len(tenants)} tenants is whole.")


def _line(tenant: Tenant, proof: Proof) -> str:
    links = f"{proof.entries} entries in {proof.links} links, {proof.unsealed} not sealed yet"
    ending = f"BROKEN. {proof.broken.en}" if proof.broken else f"head {proof.head.hex()}"
    return f"{tenant.name} ({tenant.pk}): {links}, {ending}"

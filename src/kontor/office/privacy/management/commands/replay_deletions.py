"""Erases again, in a database that was restored, what had been erased for good."""

import json
import sys
import uuid
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import erasing
from kontor.office.privacy.models import Erasure


class Command(BaseCommand):
    help = "Erase the companies again that standard input names: a JSON list of [id, moment]."

    def handle(self, **_options: Any) -> None:
        """Erase them one after the other, to the end."""
        told = [(uuid.UUID(tenant), datetime.fromisoformat(at)) for tenant, at in json.load(sys.stdin)]
        house, at = Tenant.objects.get(is_house=True), timezone.now()
        with as_tenant(house.pk):
            erasing.replay(told, at=at)
            running = list(Erasure.objects.filter(state=Erasure.State.RUNNING).values_list("pk", flat=True))
        for erasure in running:
            while erasing.advance(house.pk, erasure, at=at):
                pass

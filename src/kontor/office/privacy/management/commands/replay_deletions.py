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
from kontor.office.privacy.actions import erasing, leaving, replaying
from kontor.office.privacy.models import Erasure

# what an entry about a company has, one about an account, and one about somebody whom a company erased
COMPANY, ACCOUNT, SUBJECT = 2, 3, 4


class Command(BaseCommand):
    help = "Erase again whom standard input names: a JSON list of what each backup's deletions.age holds."

    def handle(self, **_options: Any) -> None:
        """Erase them one after the other, to the end."""
        listed = json.load(sys.stdin)
        told = [(uuid.UUID(each[0]), datetime.fromisoformat(each[1])) for each in listed if len(each) == COMPANY]
        people = [(uuid.UUID(each[2]), datetime.fromisoformat(each[1])) for each in listed if len(each) == ACCOUNT]
        subjects = [_gone(each) for each in listed if len(each) == SUBJECT]
        house, at = Tenant.objects.get(is_house=True), timezone.now()
        with as_tenant(house.pk):
            erasing.replay(told, at=at)
            running = list(Erasure.objects.filter(state=Erasure.State.RUNNING).values_list("pk", flat=True))
        for erasure in running:
            while erasing.advance(house.pk, erasure, at=at):
                pass
        erasing.rewrite_waiting(house.pk, at=at)  # nobody works yet: at once, for all of them
        with as_tenant(house.pk):
            gone = leaving.replay_people(people, at=at)
        for person in gone:
            leaving.forget(house.pk, person, at=at)
        for subject in subjects:
            replaying.replay_gone(subject, at=at)


def _gone(entry: list[str]) -> replaying.Gone:
    tenant, moment, person, marks = entry
    return replaying.Gone(
        uuid.UUID(tenant), uuid.UUID(person), datetime.fromisoformat(moment), frozenset(marks.split(","))
    )

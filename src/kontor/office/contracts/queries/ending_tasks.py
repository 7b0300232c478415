"""What is to be done because contracts end, and is not done yet."""

import uuid
from collections import defaultdict
from collections.abc import Collection

from django.db.models import QuerySet

from kontor.office.contracts.models import EndingTask


def open_tasks(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[EndingTask]]:
    """Return the open tasks of many contracts in one query, each contract's by the day they are due."""
    found: dict[uuid.UUID, list[EndingTask]] = defaultdict(list)
    for task in task_rows(contracts).order_by("due_on", "key"):
        found[task.contract_id].append(task)
    return dict(found)


def task_rows(contracts: Collection[uuid.UUID]) -> QuerySet[EndingTask]:
    """Return the open tasks of contracts, unread."""
    return EndingTask.objects.filter(contract_id__in=contracts, done_on=None, dropped_on=None)

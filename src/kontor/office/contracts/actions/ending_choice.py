"""The customer's choice of what becomes of its data after the end: erased, or returned and then erased."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.ending_tasks import do_task
from kontor.office.contracts.models import EndingTask
from kontor.office.contracts.queries.erasures import CHOICE
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.privacy import public as privacy
from kontor.rulebook.ending.data_choice import RETURN, choices_of
from kontor.rulebook.ruling import Text


@transaction.atomic
def choose_data(row: Any, *, choice: str, at: datetime, actor: Actor) -> EndingTask:
    """
    Take, from the customer, what is to become of its data; for their return the package is made at once.

    EndingRefusedError for what its terms do not offer, for another task, and a second time.
    """
    task = EndingTask.objects.select_for_update(of=("self",)).select_related("contract__offer").get(pk=row.pk)
    pack = pack_of_terms(task.contract.terms)
    words = choices_of(pack).get(choice)
    if task.key != CHOICE or words is None:
        raise EndingRefusedError(
            Text("Das steht nach diesem Vertrag nicht zur Wahl.", "This contract leaves no such choice.")
        )
    today = at.astimezone(ZoneInfo(pack.zone)).date()
    note = words.spoken(task.contract.offer.language)
    done = do_task(task.pk, note=f"{note} ({actor.name})"[:300], on=today, at=at, actor=actor)
    done.choice = choice
    done.save(update_fields=["choice"])
    if choice == RETURN:
        assert task.customer_tenant_id is not None, "a task is shared from the start"
        privacy.prepare_copy(task.customer_tenant_id, at=at, actor=actor)
    return done

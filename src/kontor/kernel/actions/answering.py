"""
A customer answers on its supplier's shared row.

The row is found as the customer, who sees what is shared with them and nothing else; the answer is then given as the
row's own tenant, and written into both records. Nothing else changes tenant inside a request.
"""

import uuid
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.customer_actions import CustomerAction
from kontor.kernel.rows import TenantOwned
from kontor.kernel.tenancy import as_tenant


class UnknownAnswerError(LookupError):
    """No module.py declares a customer action of this key."""


@transaction.atomic
def answer(key: str, row_id: uuid.UUID, *, at: datetime, actor: Actor, **given: Any) -> Any:
    """
    Do the customer action `key` on the row that another tenant shares with the current one, and return what it returns.

    given  what the action asks for besides the row

    DoesNotExist where the row is not shared with the current tenant; UnknownAnswerError for a key nobody declares.
    """
    declared = _declared(key)
    model = apps.get_model(declared.model)  # noqa: TID251  the label stands in a module.py and is checked at start
    assert issubclass(model, TenantOwned)
    shared = model.received.get(pk=row_id)
    assert shared.tenant_id is not None
    with as_tenant(shared.tenant_id):
        own = model.objects.get(pk=row_id)
        done = declared.act(own, at=at, actor=actor, **given)
        record(key, own, at=at, actor=actor)
    record(key, shared, at=at, actor=actor)
    return done


def _declared(key: str) -> CustomerAction:
    try:
        return registry.customer_action(key)
    except KeyError as error:
        raise UnknownAnswerError(f"No module.py declares the customer action {key!r}.") from error

"""What cases bring about in the world: planned with the step, carried out once by a job, tried again by hand."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue, queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.flow_parts import FlowFacts
from kontor.kernel.tenancy import current_tenant
from kontor.office.flows.formats.definition import Effect
from kontor.office.flows.models import Case, CaseEffect
from kontor.office.flows.queries import facts_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

CARRY_OUT: Final = "flows.carry_out"
OF_EVERY_CASE: Final = ("case_title", "case_email")  # may be named as values are, where the flow has none so called
_NAMED: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def plan(case: Case, effects: Mapping[int, Sequence[Effect]], *, at: datetime) -> None:
    """Plan the effects of events, by the events' numbers, and queue a job for each in this transaction."""
    known = {"case_title": case.title, "case_email": case.email, **case.values}
    rows = [
        CaseEffect(case=case, number=number, place=place, effect=each.effect, told=_filled(each, known), at=at)
        for number, some in effects.items()
        for place, each in enumerate(some)
    ]
    CaseEffect.objects.bulk_create(rows)
    queue_many(CARRY_OUT, [(current_tenant(), {"effect": str(each.pk)}) for each in rows])


def carry_out(effect_id: uuid.UUID, *, at: datetime) -> None:
    """
    Carry an effect out, in the transaction that notes that it is done; one that is done stays as it is.

    What its module refuses is noted with the reason, and a person may have it tried again.
    """
    row = CaseEffect.objects.select_for_update(of=("self",)).select_related("case__version").get(pk=effect_id)
    if row.state == CaseEffect.State.DONE:
        return
    known = registry.flow_effects().get(row.effect)
    try:
        with transaction.atomic():
            (known.carry_out if known else _refuse)(facts_of(row.case), row.told, key=row.pk, at=at)
    except RefusalError as refused:
        row.state, row.problem = CaseEffect.State.FAILED, f"{refused.text.de}\n{refused.text.en}"[:500]
    else:
        row.state, row.problem, row.done_at = CaseEffect.State.DONE, "", at
    row.save(update_fields=["state", "problem", "done_at"])
    publish("flows.case_changed", {"case": str(row.case_id)}, at=at)


@transaction.atomic
def try_again(effect_id: uuid.UUID, *, at: datetime, actor: Actor) -> CaseEffect:
    """Have a refused effect tried again; one that is done or on its way stays as it is."""
    row = CaseEffect.objects.select_for_update(of=("self",)).select_related("case").get(pk=effect_id)
    if row.state == CaseEffect.State.FAILED:
        row.state = CaseEffect.State.PLANNED
        row.save(update_fields=["state"])
        queue(CARRY_OUT, current_tenant(), effect=str(row.pk))
        record("flows.effect_tried_again", row.case, at=at, actor=actor, after={"effect": row.effect})
    return row


def raise_event(facts: FlowFacts, told: Mapping[str, str], *, key: uuid.UUID, at: datetime) -> None:
    """Tell the tenant's stream, and whoever listens to it from outside, that a case came here."""
    publish("flows.raised", {"name": told["name"], "case": str(facts.case), "effect": str(key)}, at=at)


def _refuse(*_facts: Any, **_told: Any) -> None:
    raise RefusalError(_UNKNOWN)


def _filled(effect: Effect, values: Mapping[str, Any]) -> dict[str, str]:
    """Fill the case's values in, once: what a value itself says in braces stays as it is."""
    return {key: _NAMED.sub(lambda found: _said(values.get(found[1])), text) for key, text in effect.told}


def _said(value: Any) -> str:
    """Return a value as one line of text, so that no value writes a further line into a letter."""
    return "" if value is None else " ".join(str(value).split())


_UNKNOWN: Final = Text("Das kann hier niemand mehr bewirken.", "Nobody here can carry this out any more.")

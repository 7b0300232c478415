"""What a customer would lose by a reduction, told before it is ordered: functions, capacity, people without a seat."""

from collections.abc import Mapping, Sequence
from typing import Any

from kontor.kernel.models import Membership
from kontor.kernel.queries.blobs import STORAGE, storage_used
from kontor.kernel.registry import modules
from kontor.office.contracts.models import PlanAssignment
from kontor.office.contracts.queries.changing import Standing
from kontor.office.contracts.queries.unlocking import added_names, opened
from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.ruling import Text
from kontor.rulebook.unlocking import Opens, gone

USER = "USER"
GIGABYTE = 10**9


def losses(standing: Standing, plan_told: Sequence[Amendment], *, counted: bool) -> list[dict[str, Any]]:
    """
    Return what is gone from a reduction's first day: key, de, en, and how many records of the customer are concerned.

    plan_told  the amendments as they would be with the reduction
    counted    whether records can be counted: only the customer sees its own; None stands for what is not known
    """
    opens = opened(standing.rows, standing.contract.terms["opens"])
    on = plan_told[-1].effective
    before, after = History(standing.told).state(on), History(plan_told).state(on)
    found = []
    for lost, fewer, left in gone(before, after, opens):
        said = _part(lost, fewer, left) if left else _whole(standing, lost)
        affected = _affected(standing, lost, left) if counted else None
        found.append({"key": f"{lost.module}-{lost.unit}".lower(), "de": said.de, "en": said.en, "count": affected})
        found += _held(lost.module) if counted and not left else []
    names = {**standing.contract.terms["names"], **added_names(standing.rows)}
    for it in before.positions:
        if it.key not in opens and it.quantity and not after.quantity(it.key):
            name = names[it.key]
            found.append({"key": it.key, "de": f"„{name}“ entfällt.", "en": f"“{name}” is gone.", "count": None})
    return found


def _whole(standing: Standing, lost: Opens) -> Text:
    """A module that nothing opens any more: all its functions."""
    module = standing.pack.modules.get(lost.module)
    names: Mapping[str, str] = standing.contract.terms["modules"]
    label = names.get(lost.module, lost.module)
    functions = module.functions.value if module is not None and module.functions is not None else ()
    german, english = ", ".join(it.de for it in functions), ", ".join(it.en for it in functions)
    return Text(
        f"„{label}“ entfällt ganz, mit seinen Inhalten" + (f" und Funktionen: {german}." if german else "."),
        f"“{label}” is gone as a whole, with its content" + (f" and functions: {english}." if english else "."),
    )


def _held(module: str) -> list[dict[str, Any]]:
    """What the customer has in a module that nothing opens any more, as the module itself counts it."""
    declared = next((each for each in modules() if each.key == module and each.content), None)
    if declared is None or declared.content is None:
        return []
    return [
        {
            "key": f"{module}-content-{each.key}",
            "de": f"{each.label.de}: nicht mehr erreichbar.",
            "en": f"{each.label.en}: out of reach.",
            "count": each.count,
        }
        for each in declared.content()
        if each.count
    ]


def _part(lost: Opens, fewer: int, left: int) -> Text:
    if lost.unit == USER:
        return Text(
            f"{fewer} Plätze entfallen; es bleiben {left}. Wer keinen Platz mehr hat, kommt nicht mehr hinein.",
            f"{fewer} seats are gone; {left} remain. Whoever has no seat any more cannot get in.",
        )
    return Text(f"{fewer} weniger; es bleiben {left}.", f"{fewer} fewer; {left} remain.")


def _affected(standing: Standing, lost: Opens, left: int) -> int:
    if lost.module == STORAGE:
        return max(0, -(-storage_used() // GIGABYTE) - left)
    if lost.unit != USER:
        return 0
    assigned = PlanAssignment.objects.filter(contract=standing.contract.pk).count()
    return max(0, (assigned or Membership.objects.count()) - left)

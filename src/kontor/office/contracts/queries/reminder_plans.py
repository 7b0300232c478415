"""How the house reminds: its own habit by pack, limited where an offer agreed on the number of steps."""

from dataclasses import dataclass

from kontor.office.contracts.models import ReminderPlan
from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.reminders import SMALLEST_MINOR, ReminderStep
from kontor.rulebook.terms import TermsPack, ToBeAgreed


@dataclass(frozen=True, slots=True)
class Habit:
    """A reminder plan as the rulebook takes it; `automatic` where the daily job sends."""

    steps: tuple[ReminderStep, ...]
    tolerance_minor: int
    automatic: bool
    reason: str

    def tolerance(self, like: Money) -> Money:
        """Return the amount up to which nobody is reminded, in the currency of another."""
        return Money(like.currency, max(self.tolerance_minor, SMALLEST_MINOR))

    def steps_for(self, pack: TermsPack) -> tuple[ReminderStep, ...]:
        """Return the steps under a pack: no more than an offer agreed on (crm, §13)."""
        levels = pack.arrears.dunning_levels if pack.arrears else None
        if levels is None or isinstance(levels, ToBeAgreed):
            return self.steps
        return self.steps[: levels.value]


def newest_plans() -> dict[str, Habit]:
    """Return the newest plan of each pack ("" for all others), in one query."""
    found: dict[str, Habit] = {}
    for row in ReminderPlan.objects.order_by("at", "pk"):
        found[row.pack] = habit(row)
    return found


def habit_of(plans: dict[str, Habit], pack: str) -> Habit | None:
    """Return the plan for a pack's contracts, None where the house has made none."""
    return plans.get(pack) or plans.get("")


def habit(row: ReminderPlan) -> Habit:
    """Return a row as the rulebook takes it."""
    steps = tuple(
        ReminderStep(f"reminder-{place}", each["days_late"], Duration.parse(each["pay_within"]))
        for place, each in enumerate(row.steps, start=1)
    )
    return Habit(steps, row.tolerance_minor, row.automatic, row.reason)

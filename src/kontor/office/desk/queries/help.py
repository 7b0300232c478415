"""Help beyond words, as a request's page shows it to both sides."""

from dataclasses import dataclass
from typing import Any

from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import HelpAnswer, HelpGiven, HelpPlan, SolutionTrial, Ticket, TrialAnswer
from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True)
class Helped:
    """A session or a visit: what was planned, what the customer said, what became of it and what it costs."""

    plan: HelpPlan
    answer: HelpAnswer | None
    given: HelpGiven | None
    cost: Money | None


@dataclass(frozen=True, slots=True)
class Tried:
    """A solution to try, and whether it worked."""

    trial: SolutionTrial
    answer: TrialAnswer | None


def help_of(ticket: Ticket) -> dict[str, Any]:
    """Return the sessions, visits and solutions of a request; five queries."""
    seen = "objects" if ticket.tenant_id == current_tenant() else "received"
    rows = {
        model: list(getattr(model, seen).filter(**{f"{way}ticket_id": ticket.pk}).order_by("at", "pk"))
        for model, way in (
            (HelpPlan, ""), (HelpAnswer, "plan__"), (HelpGiven, "plan__"), (SolutionTrial, ""),
            (TrialAnswer, "trial__"),
        )
    }  # fmt: skip
    answers = {row.plan_id: row for row in rows[HelpAnswer]}
    given = {row.plan_id: row for row in rows[HelpGiven]}
    tried = {row.trial_id: row for row in rows[TrialAnswer]}
    return {
        "helped": [
            Helped(row, answers.get(row.pk), given.get(row.pk), _cost(given.get(row.pk))) for row in rows[HelpPlan]
        ],
        "tried": [Tried(row, tried.get(row.pk)) for row in rows[SolutionTrial]],
    }


def _cost(row: HelpGiven | None) -> Money | None:
    return Money(row.currency, row.amount_minor) if row else None

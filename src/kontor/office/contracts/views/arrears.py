"""What a customer sees of being late: what is open and how that adds up, the gate before suspended services."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires, signed_in
from kontor.office.contracts.models import Claim, ClaimLetter, Contract, PaymentPlan
from kontor.office.contracts.queries.suspensions import standing_before
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.claims import figure, letter_title
from kontor.office.contracts.views.offers import sent_file
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Text


def stands_before(request: HttpRequest) -> bool:
    """Tell whether services of this tenant are suspended for late payment; the house is its own supplier."""
    if request.tenant.is_house:  # type: ignore[attr-defined]
        return False
    return bool(standing_before(request.tenant.pk))  # type: ignore[attr-defined]


@signed_in
@require_GET
def gate(request: TenantRequest) -> HttpResponseBase:
    """Say why services are suspended, what is open and how to pay; whoever may see the account is led there."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    standing = standing_before(request.tenant.pk)
    if not standing:
        return redirect("kernel:home")
    why = reasons_by_id([row.ruling for row in standing])
    numbers = dict(Contract.received.values_list("pk", "number"))
    context = {
        "suspensions": [(row, numbers.get(row.contract_id, ""), why.get(row.ruling)) for row in standing],
        "claims": shown_claims(timezone.localdate(request.at)) if request.standing.may(ACCOUNT) else [],
        "breach": any(row.kind == row.Kind.BREACH for row in standing),
        "may_see": request.standing.may(ACCOUNT),
        "tenant": request.tenant,
    }
    return render(request, "contracts/arrears_gate.html", context)


@requires(ACCOUNT)
@require_GET
def open_amounts(request: TenantRequest) -> HttpResponseBase:
    """Show the company what it owes past its day, with the arithmetic, the letters and how to pay."""
    found = shown_claims(timezone.localdate(request.at))
    currency = found[0]["total"].currency if found and found[0]["total"] else "EUR"
    total = Money.total((each["total"] for each in found if each["total"]), currency)
    context = {
        "claims": found,
        "total": total,
        "suspended": standing_before(request.tenant.pk),
        "crumbs": [(_("Your account"), reverse("contracts:account"))],
    }
    return render(request, "contracts/open_amounts.html", context)


@requires(ACCOUNT)
@require_GET
def letter(request: TenantRequest, letter_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a letter that the company was sent."""
    return sent_file(get_object_or_404(ClaimLetter.received.select_related("file"), pk=letter_id).file)


def shown_claims(today: date, *, contract: uuid.UUID | None = None) -> list[dict[str, Any]]:
    """Return what the current tenant owes past its day, of one contract where it is named; three queries."""
    wanted = Claim.received.filter(settled_on=None)
    rows = list((wanted.filter(contract_id=contract) if contract else wanted).order_by("due_on", "pk"))
    ids = [row.pk for row in rows]
    letters: dict[uuid.UUID, list[ClaimLetter]] = {each: [] for each in ids}
    for each in ClaimLetter.received.filter(claim_id__in=ids).order_by("sent_on"):
        letters[each.claim_id].append(each)
    plans = {
        plan.claim_id: plan for plan in PaymentPlan.received.filter(claim_id__in=ids, broken_on=None, kept_on=None)
    }
    return [_shown(row, letters[row.pk], plans.get(row.pk), today) for row in rows]


def _shown(row: Claim, letters: list[ClaimLetter], plan: PaymentPlan | None, today: date) -> dict[str, Any]:
    problem = row.figures.get("problem")
    bank = row.figures.get("bank")
    currency = row.figures.get("currency", "EUR")
    return {
        "row": row,
        "days": (today - row.due_on).days,
        **{name: figure(row, name) for name in ("principal", "interest", "costs", "total")},
        "segments": [_segment(each, currency) for each in row.figures.get("segments", ())],
        "clauses": row.figures.get("clauses", {}),
        "problem": Text(**problem) if problem else None,
        "bank": bank,
        "letters": [(each, letter_title(each.kind, each.key)) for each in letters],
        "plan": [(date.fromisoformat(each["due"]), Money(currency, each["minor"])) for each in plan.instalments]
        if plan
        else [],
    }


def _segment(told: dict[str, Any], currency: str) -> dict[str, Any]:
    first, last = date.fromisoformat(told["first"]), date.fromisoformat(told["last"])
    return {
        **told,
        "period": Period(first, date.fromordinal(last.toordinal() + 1)),
        "left": Money(currency, told["left"]),
        "legal_percent": Decimal(told["legal"]),
        "percent": Decimal(told["percent"]),
    }

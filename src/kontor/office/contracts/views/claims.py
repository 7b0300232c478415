"""Claims of the house: the list with their arithmetic, and each with all that was sent and paid."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge, Moment
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import day, money, number
from kontor.office.contracts.forms.claims import (
    ClaimPaymentForm,
    PlanForm,
    ReasonForm,
    ReceivedForm,
    UntilForm,
)
from kontor.office.contracts.models import Claim, PaymentPlan, Suspension
from kontor.office.contracts.queries.claims import Facts, facts_of, instalments
from kontor.office.contracts.queries.suspensions import may_suspend
from kontor.office.contracts.views.offers import sent_file
from kontor.rulebook.claim import ClaimState
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling

SEE, ACT = "contracts.claims", "contracts.pursue"
_STATES = (
    ("open", gettext_lazy("open")),
    ("disputed", gettext_lazy("disputed")),
    ("plan", gettext_lazy("payment plan")),
    ("written_off", gettext_lazy("written off")),
    ("settled", gettext_lazy("settled")),
)


@requires(SEE)
@require_GET
def claim_list(request: TenantRequest) -> HttpResponseBase:
    """List the claims, the oldest first; the export carries the arithmetic."""
    today = timezone.localdate(request.at)
    listing = Listing(
        request,
        rows().filter(settled_on=None) if "state" not in request.GET else rows(),
        name="claims",
        columns=(
            Column("number", _("Invoice"), url=url, slot="meta", sort="number"),
            Column("customer", _("Customer"), value=lambda row: row.contract.customer_name, url=url, slot="title"),
            Column("due_on", _("Was due"), kind="day", sort="due_on", sub=lambda row: _late(row, today), late=True),
            Column("state", _("State"), kind="badge", value=badge, slot="state"),
            Column("next", _("Next step"), value=next_step, late=True),
            Column(
                "principal", _("Invoice, open"), kind="money", value=lambda row: figure(row, "principal"), late=True
            ),
            Column("interest", _("Interest"), kind="money", value=lambda row: figure(row, "interest"), late=True),
            Column("costs", _("Costs"), kind="money", value=lambda row: figure(row, "costs"), late=True),
            Column("total", _("Together"), kind="money", value=lambda row: figure(row, "total"), slot="money"),
        ),
        search=("number", "contract__customer_name"),
        choices=(Choice("state", _("State"), _STATES, apply=in_state),),
        order="due_on",
    )
    if listing.wants_file:
        return listing.file()
    waiting = Claim.objects.filter(settled_on=None, next_on__lte=today).count()
    meta = ngettext("%(count)s reminder is due", "%(count)s reminders are due", waiting) % {"count": number(waiting)}
    return render(request, "contracts/claims.html", {"listing": listing, "meta": meta, "waiting": waiting})


@requires(SEE)
@require_GET
def claim(request: TenantRequest, claim_id: uuid.UUID) -> HttpResponseBase:
    """Show a claim: what it amounts to today and how that comes about, what was sent and paid, what may be done."""
    return render(request, "contracts/claim.html", claim_context(request, claim_id))


@requires(SEE)
@require_GET
def letter(request: TenantRequest, claim_id: uuid.UUID, key: str) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a letter as it went out."""
    row = get_object_or_404(Claim, pk=claim_id)
    return sent_file(get_object_or_404(row.letters.select_related("file"), key=key).file)


def claim_context(request: TenantRequest, claim_id: uuid.UUID, **forms: Any) -> dict[str, Any]:
    """Return what a claim's page shows; `forms` those that were sent with an error."""
    row = get_object_or_404(rows(), pk=claim_id)
    (facts,) = facts_of([row])
    today = facts.today(request.at)
    ruling, missing = _reckoned(facts, today)
    suspension = Suspension.objects.filter(contract=row.contract, lifted_at=None).first()
    allowed = may_suspend(row.contract, [facts], today=today)
    threat = facts.terms.termination
    return {
        "row": row,
        "facts": facts,
        "today": today,
        "ruling": ruling,
        "state": ruling.value if ruling else None,
        "missing": missing,
        "last": {name: figure(row, name) for name in ("interest", "costs", "total")}
        if missing and row.figures_on
        else None,
        "badge": badge(row),
        "segments": segments(ruling.value) if ruling else [],
        "late": facts.late_on(today),
        "plan": instalments(facts.plan, facts.principal.currency) if facts.plan else [],
        "coming": facts.next_reminder,
        "tolerated": facts.habit.tolerance(facts.principal) if facts.habit else None,
        "suspension": suspension,
        "allowed": allowed,
        "may_suspend": allowed.value and suspension is None,
        "may_threaten": bool(threat and threat.threat) and not facts.notices.threat and _is_open(row),
        "is_open": _is_open(row),
        "may": request.standing.may(ACT),
        "history": _history(facts),
        "letters": [(each, letter_title(each.kind, each.key)) for each in facts.letters],
        "crumbs": [(_("Claims"), reverse("contracts:claims"))],
        "payment": ClaimPaymentForm(initial={"paid_on": today}),
        "reason": ReasonForm(),
        "plan_form": PlanForm(),
        "until": UntilForm(initial={"pay_until": today}),
        "received": ReceivedForm(initial={"received_on": today}),
        **forms,
    }


def rows() -> QuerySet[Claim]:
    """Return claims as the list shows them: with their contract, and whether a plan runs."""
    plans = PaymentPlan.objects.filter(claim=OuterRef("pk"), broken_on=None, kept_on=None)
    return Claim.objects.select_related("contract", "contract__offer").annotate(has_plan=Exists(plans))


def in_state(found: QuerySet[Claim], state: str) -> QuerySet[Claim]:
    """Narrow claims to one state, as `badge` decides it."""
    alive = Q(settled_on=None, written_off_on=None)
    tests = {
        "settled": Q(settled_on__isnull=False),
        "written_off": Q(written_off_on__isnull=False, settled_on=None),
        "disputed": alive & Q(disputed_on__isnull=False),
        "plan": alive & Q(disputed_on=None, has_plan=True),
        "open": alive & Q(disputed_on=None, has_plan=False),
    }
    return found.filter(tests[state])


def badge(row: Any) -> Badge:
    """Return how a claim stands."""
    if row.settled_on:
        return Badge(_("settled"), "good")
    if row.written_off_on:
        return Badge(_("written off"))
    if row.disputed_on:
        return Badge(_("disputed"), "warn")
    return Badge(_("payment plan"), "info") if row.has_plan else Badge(_("open"), "bad")


def figure(row: Claim, name: str) -> Money | None:
    """Return an amount as it was computed last."""
    return Money(row.figures["currency"], row.figures[name]) if name in row.figures else None


def next_step(row: Claim) -> str:
    """Return the next reminder and its day in words, "" where none comes."""
    if row.next_on is None:
        return ""
    return _("Reminder %(step)s on %(day)s") % {"step": row.next_step.rpartition("-")[2], "day": day(row.next_on)}


def segments(state: ClaimState) -> list[Mapping[str, Any]]:
    """Return the table a lawyer would want: days, principal, and the rate with its source."""
    return [
        {
            "period": each.period,
            "days": each.period.days,
            "left": each.left,
            "legal_percent": each.rate.percent.normalize(),
            "percent": each.percent.normalize(),
            "source": each.rate.source,
            "confirmed": each.rate.confirmed,
        }
        for each in state.segments
    ]


def url(row: Claim) -> str:
    """Return a claim's address."""
    return reverse("contracts:claim", args=(row.pk,))


def _late(row: Claim, today: date) -> str:
    days = max(0, ((row.settled_on or today) - row.due_on).days)
    return ngettext("one day late", "%(counter)s days late", days) % {"counter": number(days)}


def _is_open(row: Claim) -> bool:
    return not (row.settled_on or row.written_off_on or row.disputed_on)


def _reckoned(facts: Facts, today: date) -> tuple[Ruling[ClaimState] | None, Any]:
    try:
        return facts.on(facts.row.settled_on or today), None
    except RefusalError as missing:
        return None, missing.text


def _history(facts: Facts) -> list[Moment]:
    found = []
    for each in facts.letters:
        title = letter_title(each.kind, each.key)
        told = _("pay until %(day)s") % {"day": day(each.pay_until)}
        came = (
            _("received %(day)s") % {"day": day(each.received_on)}
            if each.received_on
            else _("not known to be received")
        )
        link = reverse("contracts:claim-letter", args=(facts.row.pk, each.key))
        found.append(Moment(each.sent_on, title, f"{told}, {came}", icon="mail", url=link))
    for receipt in facts.receipts:
        if receipt.principal.minor < 0:
            told = money(-receipt.principal)
            found.append(Moment(receipt.on, _("Paid back"), told, tone="warn", icon="cash"))
            continue
        parts = [money(receipt.principal) + " " + _("for the invoice")] if receipt.principal else []
        parts += [money(receipt.interest) + " " + _("for interest")] if receipt.interest else []
        parts += [money(receipt.costs) + " " + _("for costs")] if receipt.costs else []
        found.append(Moment(receipt.on, _("Payment"), ", ".join(parts), tone="good", icon="cash"))
    found.append(Moment(facts.row.due_on, _("Last day of payment in time"), icon="calendar"))
    return sorted(found, key=lambda each: each.on, reverse=True)


def letter_title(kind: str, key: str) -> str:
    """Return what a letter is called."""
    if kind == "THREAT":
        return _("Warning of termination")
    if kind == "STATEMENT":
        return _("Statement of claim")
    return _("Reminder %(step)s") % {"step": key.rpartition("-")[2]}

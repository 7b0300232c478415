"""Credits that customers claim: what the rules say, and what a person decides."""

import uuid
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.service_levels.actions import claiming as actions
from kontor.office.service_levels.forms.entries import DecideForm, GoodwillForm
from kontor.office.service_levels.models import ClaimDecision, CreditClaim
from kontor.office.service_levels.queries.statements import latest
from kontor.office.service_levels.views.entering import done
from kontor.office.service_levels.views.words import OUTCOMES
from kontor.rulebook import terms
from kontor.rulebook.calc.promises import claiming_of
from kontor.rulebook.money import Money

SEE: Final = "service_levels.see"
DECIDE: Final = "service_levels.decide"


@requires(SEE)
@require_GET
def claims(request: TenantRequest) -> HttpResponseBase:
    """List the claims, the newest first."""
    rows = Listing(
        request,
        CreditClaim.objects.prefetch_related("decisions"),
        name="claims",
        columns=(
            Column("contract_number", _("Contract"), url=addresses("service_levels:claim"), slot="title"),
            Column("customer_name", _("Customer"), slot="more", sort="customer_name"),
            Column("filed_at", _("Filed"), kind="moment", sort="filed_at", slot="meta"),
            Column("decide_by", _("Decide by"), kind="day", sort="decide_by", late=True),
            Column("state", _("State"), kind="badge", value=claim_badge, slot="state"),
        ),
        search=("contract_number", "customer_name"),
        order="-filed_at",
    )
    if rows.wants_file:
        return rows.file()
    return render(request, "service_levels/claims.html", {"rows": rows, "crumbs": _crumbs()})


@requires(SEE)
@require_http_methods(["GET", "POST"])
def claim(request: TenantRequest, claim_id: uuid.UUID) -> HttpResponseBase:
    """Show a claim beside the month's measurement; those who may decide it."""
    found = get_object_or_404(CreditClaim, pk=claim_id)
    may_decide = request.standing.may(DECIDE)
    part = request.POST.get("part", "") if may_decide else ""
    decide = DecideForm(request.POST if part == "decide" else None)
    goodwill = GoodwillForm(request.POST if part == "goodwill" else None)
    who: dict[str, Any] = {"on": timezone.localdate(request.at), "at": request.at, "actor": request.actor}

    def deed() -> object:
        given = decide.cleaned_data
        return actions.decide_claim(found.pk, granted=given["granted"] == "yes", reasons=given["reasons"], **who)

    def give() -> object:
        given = goodwill.cleaned_data
        amount = Money.parse(given["amount"], "EUR")
        return actions.grant_goodwill(found.pk, amount, reasons=given["reasons"], **who)

    if done(request, decide, deed) or done(request, goodwill, give):
        return redirect("service_levels:claim", found.pk)
    context = claim_context(found) | {
        "decide": decide,
        "goodwill": goodwill,
        "may_decide": may_decide,
        "statement": latest(found.contract_id, found.month),
        "crumbs": [*_crumbs(), (_("Claims"), reverse("service_levels:claims"))],
    }
    return render(request, "service_levels/claim.html", context, status=422 if part else 200)


def claim_context(found: CreditClaim) -> dict[str, Any]:
    """Return what a claim's page shows to both sides."""
    decisions = list(found.decisions.order_by("pk"))
    why = reasons_by_id({found.ruling, *(each.ruling for each in decisions)})
    labels = {
        item.key: item.label
        for key in terms.keys()  # noqa: SIM118  a function of the packs
        if (claiming := claiming_of(terms.load(key))) is not None
        for item in claiming.contains
    }
    return {
        "found": found,
        "badge": claim_badge(found),
        "why": why.get(found.ruling),
        "told": [(labels.get(key, key), text) for key, text in found.told.items()],
        "decisions": [
            (each, OUTCOMES[ClaimDecision.Outcome(each.outcome)], _amount(each), why.get(each.ruling))
            for each in decisions
        ],
        "outcomes": {each.outcome for each in decisions},
    }


def claim_badge(found: CreditClaim) -> Badge:
    """Say how a claim stands."""
    decisions = sorted(found.decisions.all(), key=lambda each: each.pk)
    return OUTCOMES[ClaimDecision.Outcome(decisions[-1].outcome)] if decisions else Badge(_("to be decided"), "warn")


def _amount(decision: ClaimDecision) -> Money | None:
    return Money(decision.currency, decision.amount_minor) if decision.amount_minor else None


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Availability"), reverse("service_levels:overview"))]

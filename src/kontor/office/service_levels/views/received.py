"""What a customer sees of its provider's availability, and the credit it claims."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.forms.entries import ClaimForm
from kontor.office.service_levels.models import AvailabilityStatement, CreditClaim, StatementHandOver
from kontor.office.service_levels.queries.statements import newest_versions
from kontor.office.service_levels.queries.status import Reader
from kontor.office.service_levels.views.claims import claim_badge
from kontor.office.service_levels.views.entering import done, form_page
from kontor.office.service_levels.views.statements import printed, statement_context
from kontor.office.service_levels.views.status import status_context
from kontor.office.service_levels.views.words import WAYS, kept_badge
from kontor.rulebook.calc.promises import claiming_of, upkeep_of

RECEIVED: Final = "service_levels.received"
CLAIM: Final = "service_levels.claim"
_A_YEAR: Final = timedelta(days=366)


@requires(RECEIVED)
@require_GET
def received(request: TenantRequest) -> HttpResponseBase:
    """Show the settled months of one's contracts and the credits that were claimed."""
    rows = newest_versions(
        AvailabilityStatement.received.defer("days", "items", "excused", "gaps").order_by("-month", "contract_number")
    )
    claims = CreditClaim.received.prefetch_related("decisions").order_by("-filed_at")
    context = {
        "statements": [(each, kept_badge(kept=each.kept)) for each in rows],
        "claims": [(each, claim_badge(each)) for each in claims],
        "claimable": [
            each for each in contracts.supplied_to_us(request.at.date()) if claiming_of(each.pack) is not None
        ],
        "may_claim": request.standing.may(CLAIM),
    }
    return render(request, "service_levels/received.html", context)


@requires(RECEIVED)
@require_GET
def status(request: TenantRequest) -> HttpResponseBase:
    """Show how what one has ordered stands: its outages, the work and windows ahead, its months."""
    served = contracts.supplied_to_us(request.at.date())
    reader = Reader(
        modules=frozenset(request.standing.modules),
        contracts=frozenset(each.id for each in served),
        packs=frozenset(each.pack.key for each in served),
    )
    rows = AvailabilityStatement.received.defer("days", "items", "excused", "gaps").filter(
        month__gte=request.at.date() - _A_YEAR
    )
    windows = ((each.number, upkeep_of(each.pack).windows) for each in served)
    ahead = [(number, clock.window_from(request.at)) for number, clock in windows if clock is not None]
    context = status_context(request.at, reader) | {
        "windows": [(number, span.start, span.end) for number, span in ahead],
        "months": [
            (each, kept_badge(kept=each.kept)) for each in newest_versions(rows.order_by("-month", "contract_number"))
        ],
        "crumbs": [(_("Availability"), reverse("service_levels:received"))],
    }
    return render(request, "service_levels/received_status.html", context)


@requires(RECEIVED)
@require_GET
def statement(request: TenantRequest, statement_id: uuid.UUID) -> HttpResponseBase:
    """Show a settled month as the provider stated it."""
    found = get_object_or_404(AvailabilityStatement.received, pk=statement_id)
    others = AvailabilityStatement.received.filter(contract_id=found.contract_id, month=found.month)
    context = statement_context(found, others.order_by("-version")) | {
        "form": None,
        "address": "service_levels:received-statement",
        "report_url": reverse("service_levels:received-report", args=[found.pk]),
        "handed": [
            (each, WAYS[StatementHandOver.Way(each.way)])
            for each in StatementHandOver.received.filter(statement=found).order_by("-pk")
        ],
        "crumbs": [(_("Availability"), reverse("service_levels:received"))],
    }
    return render(request, "service_levels/statement.html", context)


@requires(RECEIVED)
@require_POST
def report(request: TenantRequest, statement_id: uuid.UUID) -> HttpResponseBase:
    """Ask the provider for a month's report and take it as a PDF."""
    found = get_object_or_404(AvailabilityStatement.received, pk=statement_id)
    made = answer("service_levels.report_asked", found.pk, language=language(), at=request.at, actor=request.actor)
    return printed(made)


@requires(CLAIM)
@require_http_methods(["GET", "POST"])
def claim_credit(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Claim a credit for an outage, with what the contract wants told."""
    served = next((each for each in contracts.supplied_to_us(request.at.date()) if each.id == contract_id), None)
    claiming = None if served is None else claiming_of(served.pack)
    if served is None or claiming is None:
        raise Http404(str(contract_id))
    form = ClaimForm(request.POST or None, contains=claiming.contains)

    def file() -> Any:
        return answer(
            "service_levels.credit_claimed", served.id, incident_at=form.cleaned_data["incident_at"], told=form.told(),
            at=request.at, actor=request.actor,
        )  # fmt: skip

    if done(request, form, file):
        return redirect("service_levels:received")
    note = _("Claimed within %(period)s after the outage; the contract asks for all of this.") % {
        "period": _period(claiming)
    }
    back = reverse("service_levels:received")
    return form_page(
        request, form, title=_("Claim a credit"), label=_("Claim"), back=back, note=note,
        crumbs=[(_("Availability"), back)],
    )  # fmt: skip


def _period(claiming: Any) -> str:
    return spoken(claiming.within.spoken_dative)

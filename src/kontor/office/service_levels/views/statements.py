"""The months as they were settled: the list, one of them with its days, a correction."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Chart, Series
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import number, spoken
from kontor.office.service_levels.actions.statements import correct_statement
from kontor.office.service_levels.forms.entries import CorrectForm
from kontor.office.service_levels.models import AvailabilityStatement
from kontor.office.service_levels.views.entering import done
from kontor.office.service_levels.views.words import kept_badge
from kontor.rulebook import terms
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.stretches import minutes

SEE: Final = "service_levels.see"
CHANGE: Final = "service_levels.change"


@requires(SEE)
@require_GET
def statements(request: TenantRequest) -> HttpResponseBase:
    """List the statements, the newest month first."""
    rows = Listing(
        request,
        AvailabilityStatement.objects.all(),
        name="availability",
        columns=(
            Column("month", _("Month"), kind="day", sort="month", slot="meta"),
            Column(
                "contract_number",
                _("Contract"),
                url=addresses("service_levels:statement"),
                slot="title",
                sort="contract_number",
            ),
            Column("customer_name", _("Customer"), sort="customer_name", slot="meta"),
            Column("version", _("Version"), kind="number", late=True),
            Column("percent", _("Available, %"), value=lambda row: number(row.percent), sort="percent", slot="money"),
            Column("kept", _("Promise"), kind="badge", value=lambda row: kept_badge(kept=row.kept), slot="state"),
        ),
        search=("contract_number", "customer_name"),
        choices=(Choice("kept", _("Promise"), (("True", _("kept")), ("False", _("missed")))),),
        order="-month",
    )
    if rows.wants_file:
        return rows.file()
    crumbs = [(_("Availability"), reverse("service_levels:overview"))]
    return render(request, "service_levels/statements.html", {"rows": rows, "crumbs": crumbs})


@requires(SEE)
@require_http_methods(["GET", "POST"])
def statement(request: TenantRequest, statement_id: uuid.UUID) -> HttpResponseBase:
    """Show one statement with its days; those who may correct it, by a new version."""
    found = get_object_or_404(AvailabilityStatement, pk=statement_id)
    may_change = request.standing.may(CHANGE)
    form = CorrectForm(request.POST if may_change and request.method == "POST" else None)
    made: list[AvailabilityStatement] = []

    def correct() -> None:
        who: dict[str, Any] = {"at": request.at, "actor": request.actor}
        made.append(correct_statement(found.contract_id, found.month, reason=form.cleaned_data["reason"], **who))

    if done(request, form, correct):
        return redirect("service_levels:statement", made[0].pk)
    others = AvailabilityStatement.objects.filter(contract_id=found.contract_id, month=found.month)
    context = statement_context(found, others.order_by("-version")) | {
        "form": form if may_change else None,
        "address": "service_levels:statement",
        "crumbs": [
            (_("Availability"), reverse("service_levels:overview")),
            (_("Months"), reverse("service_levels:statements")),
        ],
    }
    return render(request, "service_levels/statement.html", context, status=422 if form.errors else 200)


def statement_context(found: AvailabilityStatement, versions: Sequence[AvailabilityStatement] | Any) -> dict[str, Any]:
    """Return what the page of a statement shows, to the house and to its customer alike."""
    promise = promise_of(terms.load(found.pack, found.pack_version))
    causes = {} if promise is None else promise.causes
    return {
        "found": found,
        "badge": kept_badge(kept=found.kept),
        "promised": _short(found.promised),
        "down": _told(found.down_micros),
        "excused_minutes": _told(found.excused_micros),
        "unknown": _told(found.unknown_micros),
        "not_ordered": _told(found.not_ordered_micros),
        "difference": _told(found.difference_micros),
        "excused": [
            (
                spoken(causes[key].label) if key in causes else key,
                causes[key].clause if key in causes else None,
                _told(held),
            )
            for key, held in found.excused
        ],
        "why": reasons_by_id({found.ruling}).get(found.ruling),
        "chart": _chart(found),
        "items": [_item(each) for each in found.items],
        "versions": list(versions),
    }


def _item(told: dict[str, Any]) -> dict[str, Any]:
    moments = {key: datetime.fromisoformat(told[key]) if told[key] else None for key in ("from", "to")}
    return {"title": told["title"], "cause": told["cause"], **moments}


def _chart(found: AvailabilityStatement) -> Chart:
    days = [date.fromisoformat(each[0]) for each in found.days]
    parts = ((_("Outage that counts"), 2), (_("Excused"), 3), (_("Not measured"), 4))
    return Chart(
        name="days",
        label=_("Minutes of each day that were not available"),
        kind="bars",
        labels=[str(each.day) for each in days],
        series=[Series(name, [Decimal(str(each[place])) for each in found.days], stack="day") for name, place in parts],
        unit="min",
    )


def _told(micros: int) -> Decimal:
    found: Fraction = minutes(micros)
    return _short(round(Decimal(found.numerator) / Decimal(found.denominator), 2))


def _short(figure: Decimal) -> Decimal:
    """Return a figure without noughts that say nothing."""
    return figure.quantize(Decimal(1)) if figure == figure.to_integral() else figure.normalize()

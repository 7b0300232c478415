"""The months as they were settled: the list, one of them with its days, a correction."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Chart, Series
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, number, spoken
from kontor.office.service_levels.actions.reporting import Report, mail_report, take_report
from kontor.office.service_levels.actions.statements import correct_statement
from kontor.office.service_levels.forms.entries import CorrectForm
from kontor.office.service_levels.models import AvailabilityStatement, StatementHandOver
from kontor.office.service_levels.queries.figures import short, told_minutes
from kontor.office.service_levels.queries.reports import causes_of
from kontor.office.service_levels.views.entering import done
from kontor.office.service_levels.views.words import WAYS, kept_badge

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
            Column("customer_name", _("Customer"), sort="customer_name", slot="more"),
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
        "report_url": reverse("service_levels:report", args=[found.pk]),
        "mail_url": reverse("service_levels:report-mail", args=[found.pk]) if may_change else "",
        "handed": [(each, WAYS[StatementHandOver.Way(each.way)]) for each in found.hand_overs.order_by("-pk")],
        "crumbs": [
            (_("Availability"), reverse("service_levels:overview")),
            (_("Months"), reverse("service_levels:statements")),
        ],
    }
    return render(request, "service_levels/statement.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_POST
def report(request: TenantRequest, statement_id: uuid.UUID) -> HttpResponseBase:
    """Hand over the month's report as a PDF; who took it is noted."""
    found = get_object_or_404(AvailabilityStatement, pk=statement_id)
    return printed(take_report(found.pk, language=language(), at=request.at, actor=request.actor))


@requires(CHANGE)
@require_POST
def mail(request: TenantRequest, statement_id: uuid.UUID) -> HttpResponseBase:
    """Mail the month's report to the customer who asked for it."""
    found = get_object_or_404(AvailabilityStatement, pk=statement_id)
    mail_report(found.pk, at=request.at, actor=request.actor)
    return redirect("service_levels:statement", found.pk)


def printed(made: Report) -> HttpResponse:
    """Answer with a report as a file."""
    response = HttpResponse(made.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(True, made.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def statement_context(found: AvailabilityStatement, versions: Sequence[AvailabilityStatement] | Any) -> dict[str, Any]:
    """Return what the page of a statement shows, to the house and to its customer alike."""
    causes = causes_of(found)
    return {
        "found": found,
        "badge": kept_badge(kept=found.kept),
        "promised": short(found.promised),
        "down": told_minutes(found.down_micros),
        "excused_minutes": told_minutes(found.excused_micros),
        "unknown": told_minutes(found.unknown_micros),
        "not_ordered": told_minutes(found.not_ordered_micros),
        "difference": told_minutes(found.difference_micros),
        "excused": [
            (
                spoken(causes[key].label) if key in causes else key,
                causes[key].clause if key in causes else None,
                told_minutes(held),
            )
            for key, held in found.excused
        ],
        "why": reasons_by_id({found.ruling}).get(found.ruling),
        "chart": _chart(found),
        "items": [_item(each) for each in found.items],
        "versions": list(versions),
        "gaps": [
            (datetime.fromisoformat(start), datetime.fromisoformat(end), Decimal(length))
            for start, end, length in found.gaps
        ],
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

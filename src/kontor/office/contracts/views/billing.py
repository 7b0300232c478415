"""The billing run: what it would bill, starting it, how far it is, and what came of it."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.components import Badge, Run, Stage
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import day, language, money, number
from kontor.office.contracts.actions import billing
from kontor.office.contracts.forms import BillingForm
from kontor.office.contracts.models import BillingProblem, BillingRun
from kontor.office.contracts.queries.bills import Bill, Unbilled, bills, contracts_by_id
from kontor.rulebook.money import Money

BILL = "contracts.bill"
_PREVIEWED = 200
_CURRENCY = "EUR"


@requires(BILL)
@require_GET
def preview(request: TenantRequest) -> HttpResponseBase:
    """Show what a run until a day would bill, computed without writing anything; below, the runs there were."""
    today = timezone.localdate(request.at)
    form = BillingForm(request.GET if "until" in request.GET else {"until": today.isoformat()})
    until = form.cleaned_data["until"] if form.is_valid() else today
    contracts = contracts_by_id()
    found = list(bills(contracts, until, at=request.at))
    due = [each for each in found if isinstance(each, Bill)]
    runs = _runs(request)
    if runs.wants_file:
        return runs.file()
    context = {
        "form": form,
        "until": until,
        "heading": _heading(len(due)),
        "bills": due[:_PREVIEWED],
        "more": max(0, len(due) - _PREVIEWED),
        "totals": _totals(due),
        "unbilled": [each for each in found if isinstance(each, Unbilled)],
        "contracts": len(contracts),
        "runs": runs,
    }
    return render(request, "contracts/billing.html", context, status=422 if form.errors else 200)


@requires(BILL)
@require_POST
def start(request: TenantRequest) -> HttpResponseBase:
    """Start a run; it goes on in the background."""
    form = BillingForm(request.POST)
    if not form.is_valid():
        return redirect("contracts:billing")
    run = billing.start_run(until=form.cleaned_data["until"], at=request.at, actor=request.actor)
    return redirect("contracts:run", run.pk)


@requires(BILL)
@require_GET
def run(request: TenantRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Show a run: how far it is, and what came of it."""
    found = get_object_or_404(BillingRun, pk=run_id)
    problems = list(BillingProblem.objects.filter(run=found).select_related("contract").order_by("at"))
    context = {
        "found": found,
        "run": _progress(found, len(problems)),
        "net": Money(_CURRENCY, found.net_minor),
        "problems": [(each, each.sentence_de if language() == "de" else each.sentence_en) for each in problems],
        "badge": _badge(found),
        "crumbs": [(_("Billing"), reverse("contracts:billing"))],
    }
    return render(request, "contracts/billing_run.html", context)


@requires(BILL)
@require_GET
def progress(request: TenantRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Give the box alone; once the run is done, the whole page is loaded again."""
    found = get_object_or_404(BillingRun, pk=run_id)
    count = BillingProblem.objects.filter(run=found).count()
    answer = render(request, "kernel/components/run.html", {"run": _progress(found, count)})
    if found.finished_at:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _runs(request: TenantRequest) -> Listing:
    return Listing(
        request,
        BillingRun.objects.all(),
        name="runs",
        columns=(
            Column("started_at", _("Started"), kind="moment", url=_url, sort="started_at", slot="title"),
            Column("until", _("Until"), kind="day", sort="until", slot="meta"),
            Column("state", _("State"), kind="badge", value=_badge, slot="state"),
            Column("contracts", _("Contracts"), kind="number", late=True),
            Column("invoices", _("Invoices"), kind="number"),
            Column("net", _("Net"), kind="money", value=lambda row: Money(_CURRENCY, row.net_minor), slot="money"),
        ),
        order="-started_at",
        page_size=10,
    )


def _progress(found: BillingRun, problems: int) -> Run:
    told: dict[str, Any] = {"done": number(found.done), "total": number(found.contracts)}
    stages = [
        Stage(_("Contracts"), _("%(done)s of %(total)s") % told, "done" if found.finished_at else "now"),
        Stage(
            ngettext("%(count)s invoice", "%(count)s invoices", found.invoices) % {"count": number(found.invoices)},
            money(Money(_CURRENCY, found.net_minor)),
            "done" if found.finished_at else "now",
        ),
    ]
    if problems:
        said = ngettext("%(count)s contract with a problem", "%(count)s contracts with a problem", problems)
        stages.append(Stage(said % {"count": number(problems)}, "", "bad"))
    url = "" if found.finished_at else reverse("contracts:run-progress", args=(found.pk,))
    return Run(_("Billing until %(day)s") % {"day": day(found.until)}, found.done, found.contracts, stages, url=url)


def _badge(row: BillingRun) -> Badge:
    return Badge(_("done"), "good") if row.finished_at else Badge(_("runs"), "info")


def _heading(count: int) -> str:
    if not count:
        return _("Nothing is to be billed")
    return ngettext("%(count)s invoice is to be issued", "%(count)s invoices are to be issued", count) % {
        "count": number(count)
    }


def _totals(found: list[Bill]) -> list[Money]:
    sums: dict[str, Money] = {}
    for each in found:
        net = each.net
        sums[net.currency] = sums.get(net.currency, Money.zero(net.currency)) + net
    return list(sums.values())


def _url(row: BillingRun) -> str:
    return reverse("contracts:run", args=(row.pk,))

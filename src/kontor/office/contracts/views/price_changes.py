"""Price changes: what would be announced, releasing it, how far it is, and what came of it."""

import uuid
from typing import Any, Final, Literal

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.components import Badge, Run, Stage, Tab
from kontor.kernel.listing import Column, Listing
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, number
from kontor.office.contracts.actions import price_changes
from kontor.office.contracts.forms.price_changes import PriceRunForm
from kontor.office.contracts.models import Contract, PriceAdjustment, PriceAdjustmentState, PriceProblem, PriceRun
from kontor.office.contracts.queries.price_proposals import NoProposal, Proposal
from kontor.office.contracts.views.offers import SEE, sent_file
from kontor.rulebook.period import ONE_DAY, add_months

PRICES: Final = "contracts.prices"
_PREVIEWED: Final = 200
_MONTHS_AHEAD: Final = 4  # most renewals stand fast three months before
KINDS: Final = {"INDEX": gettext_lazy("Index"), "LIST": gettext_lazy("Official price list")}
BADGES: Final = {
    "ANNOUNCED": Badge(gettext_lazy("announced"), "info"),
    "APPLIED": Badge(gettext_lazy("applied"), "good"),
    "DROPPED": Badge(gettext_lazy("dropped"), "warn"),
}


@requires(PRICES)
@require_GET
def preview(request: TenantRequest) -> HttpResponseBase:
    """Show the new price of every contract that a run would announce, computed without writing anything."""
    runs = _runs(request)
    if runs.wants_file:
        return runs.file()
    today = timezone.localdate(request.at)
    asked = {"by": PriceRun.Kind.INDEX.value, "until": (add_months(today, _MONTHS_AHEAD) - ONE_DAY).isoformat()}
    form = PriceRunForm({**asked, **{name: request.GET[name] for name in asked if name in request.GET}})
    if not form.is_valid():
        return render(
            request, "contracts/price_changes.html", {"form": form, "heading": _("Price changes")}, status=422
        )
    told = form.cleaned_data
    contracts = Contract.objects.select_related("offer").order_by("number")
    found = price_changes.proposals(told["by"], contracts, until=told["until"], at=request.at)
    due = [each for each in found if isinstance(each, Proposal)]
    rest = [each for each in found if isinstance(each, NoProposal)]
    context = {
        "form": form,
        "kind": told["by"],
        "until": told["until"],
        "kinds": [_tab(kind, told) for kind in KINDS],
        "heading": _heading(len(due)),
        "due": due[:_PREVIEWED],
        "more": max(0, len(due) - _PREVIEWED),
        "blocked": [each for each in rest if each.blocked],
        "unchanged": [each for each in rest if not each.blocked],
        "runs": runs,
    }
    return render(request, "contracts/price_changes.html", context)


@requires(PRICES)
@require_POST
def release(request: TenantRequest) -> HttpResponseBase:
    """Release everything that is proposed; customers are told in the background."""
    form = PriceRunForm(request.POST)
    if not form.is_valid():
        return redirect("contracts:price-changes")
    told = form.cleaned_data
    contracts = Contract.objects.select_related("offer").order_by("pk")
    found = price_changes.proposals(told["by"], contracts, until=told["until"], at=request.at)
    chosen = [each.contract.pk for each in found if isinstance(each, Proposal)]
    run = price_changes.release(told["by"], chosen, until=told["until"], at=request.at, actor=request.actor)
    return redirect("contracts:price-run", run.pk)


@requires(PRICES)
@require_GET
def run(request: TenantRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Show a run: how far it is, whom it told what, and where that stands."""
    found = get_object_or_404(PriceRun, pk=run_id)
    problems = list(PriceProblem.objects.filter(run=found).select_related("contract").order_by("at"))
    states = PriceAdjustmentState.objects.filter(adjustment__run=found).select_related("adjustment__contract")
    rows = list(states.order_by("adjustment__effective_on", "pk"))
    why = reasons_by_id({state.adjustment.ruling for state in rows})
    context = {
        "found": found,
        "title": _("Price changes by %(kind)s") % {"kind": KINDS[found.kind]},
        "run": _progress(found, len(problems)),
        "rows": [(state, BADGES[state.state], why.get(state.adjustment.ruling)) for state in rows],
        "problems": [(each, each.sentence_de if language() == "de" else each.sentence_en) for each in problems],
        "badge": _badge(found),
        "crumbs": [(_("Price changes"), reverse("contracts:price-changes"))],
    }
    return render(request, "contracts/price_run.html", context)


@requires(PRICES)
@require_GET
def progress(request: TenantRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Give the box alone; once the run is done, the whole page is loaded again."""
    found = get_object_or_404(PriceRun, pk=run_id)
    count = PriceProblem.objects.filter(run=found).count()
    answer = render(request, "kernel/components/run.html", {"run": _progress(found, count)})
    if found.finished_at:
        answer.headers["HX-Refresh"] = "true"
    return answer


@requires(SEE)
@require_GET
def file(request: TenantRequest, adjustment_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the letter that announced new prices."""
    return sent_file(get_object_or_404(PriceAdjustment.objects.select_related("file"), pk=adjustment_id).file)


def _tab(kind: str, told: dict[str, Any]) -> Tab:
    address = f"{reverse('contracts:price-changes')}?by={kind}&until={told['until'].isoformat()}"
    return Tab(KINDS[kind], address, active=kind == told["by"])


def _runs(request: TenantRequest) -> Listing:
    return Listing(
        request,
        PriceRun.objects.all(),
        name="price-runs",
        columns=(
            Column("released_at", _("Released"), kind="moment", url=_url, sort="released_at", slot="title"),
            Column("kind", _("By"), value=lambda row: str(KINDS[row.kind]), slot="meta"),
            Column("until", _("Takes effect by"), kind="day", sort="until", late=True),
            Column("state", _("State"), kind="badge", value=_badge, slot="state"),
            Column("adjusted", _("Announced"), kind="number", slot="money"),
        ),
        order="-released_at",
        page_size=10,
    )


def _progress(found: PriceRun, problems: int) -> Run:
    state: Literal["done", "now"] = "done" if found.finished_at else "now"
    told = {"done": number(found.done), "total": number(found.contracts)}
    said = ngettext("%(count)s customer told", "%(count)s customers told", found.adjusted)
    stages = [
        Stage(_("Contracts"), _("%(done)s of %(total)s") % told, state),
        Stage(said % {"count": number(found.adjusted)}, "", state),
    ]
    if problems:
        words = ngettext("%(count)s contract with a problem", "%(count)s contracts with a problem", problems)
        stages.append(Stage(words % {"count": number(problems)}, "", "bad"))
    url = "" if found.finished_at else reverse("contracts:price-run-progress", args=(found.pk,))
    return Run(_("Announcing new prices"), found.done, found.contracts, stages, url=url)


def _badge(row: PriceRun) -> Badge:
    return Badge(_("done"), "good") if row.finished_at else Badge(_("runs"), "info")


def _heading(count: int) -> str:
    if not count:
        return _("No price is to be changed")
    words = ngettext("%(count)s contract changes its prices", "%(count)s contracts change their prices", count)
    return words % {"count": number(count)}


def _url(row: PriceRun) -> str:
    return reverse("contracts:price-run", args=(row.pk,))

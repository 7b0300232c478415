"""The month's close: what it would do, starting it, how far it is, and one report of what came of it."""

import uuid
from datetime import date, datetime
from typing import Any, Final, Literal

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.components import Badge, Run, Stage
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import month as month_words, number, spoken
from kontor.office.contracts.actions import closing
from kontor.office.contracts.actions.close_steps import STEPS, preview, step_of
from kontor.office.contracts.forms.closing import CloseForm
from kontor.office.contracts.models import CloseProblem, CloseResult, CloseStep, MonthClose
from kontor.office.contracts.queries import closing as queries
from kontor.office.contracts.queries.closing import KINDS
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

CLOSE: Final = "contracts.close"
_ALL: Final = 1_000_000
_PAGE: Final = 50
_RECENT: Final = 24
_WORKING: Final = Text("läuft", "runs")
_CLOSED: Final = Text("abgeschlossen", "closed")


@requires(CLOSE)
@require_GET
def choose(request: TenantRequest) -> HttpResponseBase:
    """Lead to the preview of the month asked for; of the latest that is over where none is."""
    today = queries.today_here(request.at)
    form = CloseForm(request.GET, today=today)
    if form.is_valid():
        return redirect(_preview_url(form.cleaned_data["month"], suspend=form.cleaned_data["suspend"]))
    return redirect(_preview_url(queries.last_month_over(today), suspend=False))


@requires(CLOSE)
@require_GET
def overview(request: TenantRequest, year: int, month: int, *, suspend: bool = False) -> HttpResponseBase:
    """Show what the close of a month would do, computed without writing anything; below, the closes there were."""
    today = queries.today_here(request.at)
    told = {"month": f"{year}-{month:02}", "suspend": suspend}
    form = CloseForm(told, today=today)
    if not form.is_valid():
        raise Http404
    close = queries.as_month(form.cleaned_data["month"], suspend=suspend)
    known = queries.close_of(close.month)
    lines, troubles = ([], []) if known else preview(close, at=request.at)
    listed = _listing(request, lines, name=f"close-{close.month:%Y-%m}-preview")
    if listed.wants_file:
        return listed.file()
    context = {
        "form": form,
        "close": close,
        "known": known,
        "heading": _heading(close, known),
        "running": close.until >= today,
        "sums": queries.sums_of(lines),
        "lines": listed,
        "troubles": troubles,
        "unforeseen": [step.title for step in STEPS if step.preview is None],
        "closes": [(each, _badge(each, request.at)) for each in MonthClose.objects.order_by("-month")[:_RECENT]],
    }
    return render(request, "contracts/closes.html", context)


@requires(CLOSE)
@require_POST
def start(request: TenantRequest) -> HttpResponseBase:
    """Begin a close; it goes on in the background. A month that is closed or being closed is shown as it is."""
    form = CloseForm(request.POST, today=queries.today_here(request.at))
    if not form.is_valid():
        return redirect("contracts:closes")
    told = form.cleaned_data
    try:
        close, made = closing.start_close(told["month"], suspend=told["suspend"], at=request.at, actor=request.actor)
    except closing.CloseRefusedError as refused:
        messages.error(request, spoken(refused.text))
        return redirect("contracts:closes")
    if made:
        closing.go_on_in_background(close)
    else:
        messages.info(request, _("Somebody has begun this close already; nothing was begun a second time."))
    return redirect("contracts:month-close", close.pk)


@requires(CLOSE)
@require_GET
def report(request: TenantRequest, close_id: uuid.UUID) -> HttpResponseBase:
    """Show a close: how far it is, then everything it did and could not do, with sums by currency."""
    close = get_object_or_404(MonthClose, pk=close_id)
    listed = _listing(request, CloseResult.objects.filter(close=close), name=f"close-{close.month:%Y-%m}")
    if listed.wants_file:
        return listed.file()
    problems = list(CloseProblem.objects.filter(close=close).order_by("at", "pk"))
    context = {
        "close": close,
        "badge": _badge(close, request.at),
        "run": _progress(close, len(problems)),
        "still": queries.stands_still(close, at=request.at),
        "sums": queries.results_by_kind(close),
        "lines": listed,
        "problems": [(each, spoken(Text(each.sentence_de, each.sentence_en)), _title(each)) for each in problems],
        "crumbs": [(_("Month's close"), reverse("contracts:closes"))],
        "all_url": _all_url(request),
    }
    return render(request, "contracts/close.html", context)


@requires(CLOSE)
@require_GET
def progress(request: TenantRequest, close_id: uuid.UUID) -> HttpResponseBase:
    """Give the box alone; once the close is done, the whole page is loaded again."""
    close = get_object_or_404(MonthClose, pk=close_id)
    count = CloseProblem.objects.filter(close=close).count()
    answer = render(request, "kernel/components/run.html", {"run": _progress(close, count)})
    if close.finished_at:
        answer.headers["HX-Refresh"] = "true"
    return answer


@requires(CLOSE)
@require_POST
def go_on(request: TenantRequest, close_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Go on with a close that stands still; where somebody is at it, it changes nothing."""
    close = get_object_or_404(MonthClose, pk=close_id)
    closing.go_on_in_background(close)
    return redirect("contracts:month-close", close.pk)


def _listing(request: TenantRequest, rows: Any, *, name: str) -> Listing:
    """Return lines as a list; `rows` are results that are kept, or lines that are foreseen."""
    kept = not isinstance(rows, list)
    return Listing(
        request,
        rows,
        name=name,
        columns=(
            Column("label", _("What"), url=_url, sort="label", slot="title"),
            Column("kind", _("Kind"), value=_kind, sort="kind", slot="meta"),
            Column("customer", _("Customer"), sort="customer", slot="more"),
            Column("on", _("From"), kind="day", sort="on", slot="state"),
            Column("amount", _("Amount"), kind="money", value=_amount, slot="money",
                   sort="amount_minor" if kept else ""),
        ),
        search=("label", "customer"),
        choices=(Choice("kind", _("Kind"), tuple(KINDS.items())),),
        order="kind",
        page_size=_ALL if "all" in request.GET else _PAGE,
    )  # fmt: skip


def _kind(row: Any) -> str:
    return spoken(KINDS[row.kind])


def _amount(row: Any) -> Money | None:
    if isinstance(row, CloseResult):
        return Money(row.currency, row.amount_minor) if row.amount_minor is not None else None
    amount: Money | None = row.amount
    return amount


def _url(row: Any) -> str:
    """Return where a line leads: the invoice, the claim, else the contract."""
    if isinstance(row, CloseResult) and row.kind in ("invoice", "debit"):
        return reverse("books:invoice", args=(row.about,))
    if row.kind in ("interest", "reminder"):
        return reverse("contracts:claim", args=(row.about,))
    contract = row.contract_id if isinstance(row, CloseResult) else row.contract
    return reverse(_PAGES.get(row.kind, "contracts:contract"), args=(contract,)) if contract else ""


_PAGES: Final = {"ending": "contracts:ending", "use": "contracts:contract-use"}


def _heading(close: MonthClose, known: MonthClose | None) -> str:
    told = {"month": month_words(close.month)}
    if known is None:
        return _("%(month)s is to be closed") % told
    return _("%(month)s is closed") % told if known.finished_at else _("%(month)s is being closed") % told


def _badge(close: MonthClose, at: datetime) -> Badge:
    if close.finished_at:
        return Badge(spoken(_CLOSED), "good")
    return Badge(_("stands still"), "bad") if queries.stands_still(close, at=at) else Badge(spoken(_WORKING), "info")


def _progress(close: MonthClose, problems: int) -> Run:
    rows = list(CloseStep.objects.filter(close=close).order_by("place"))
    stages = [Stage(spoken(step_of(row.key).title), _note(row), _state(row)) for row in rows]
    if problems:
        said = ngettext("%(count)s problem", "%(count)s problems", problems)
        stages.append(Stage(said % {"count": number(problems)}, "", "bad"))
    finished = sum(1 for row in rows if row.finished_at)
    url = "" if close.finished_at else reverse("contracts:close-progress", args=(close.pk,))
    done = len(rows) + 1 if close.finished_at else finished
    return Run(_("Close of %(month)s") % {"month": month_words(close.month)}, done, len(rows) + 1, stages, url=url)


def _note(row: CloseStep) -> str:
    if row.started_at is None:
        return ""
    return _("%(done)s of %(total)s") % {"done": number(row.done), "total": number(max(row.total, row.done))}


def _state(row: CloseStep) -> Literal["done", "now", ""]:
    if row.finished_at:
        return "done"
    return "now" if row.started_at else ""


def _title(problem: CloseProblem) -> str:
    return spoken(step_of(problem.step).title)


def _preview_url(month: date, *, suspend: bool) -> str:
    name = "contracts:close-preview-suspending" if suspend else "contracts:close-preview"
    return reverse(name, args=(month.year, month.month))


def _all_url(request: TenantRequest) -> str:
    asked = request.GET.copy()
    asked["all"] = "1"
    return f"?{asked.urlencode()}"

"""Reminding: what is due today, the run, and the house's habits and rates it goes by."""

import uuid
from typing import Any, Literal

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge, Run, Stage
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import day, number, spoken
from kontor.office.contracts.actions import claim_cases, reminding
from kontor.office.contracts.forms.claims import HabitForm, RateForm
from kontor.office.contracts.models import EnteredRate, ReminderProblem, ReminderRun
from kontor.office.contracts.queries.claims import Facts
from kontor.office.contracts.queries.reminder_plans import newest_plans
from kontor.office.contracts.views.claims import ACT, SEE
from kontor.rulebook import terms
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError

_PREVIEWED = 200
_ENTERED = "EUR"  # what the tolerance is entered in; it counts as so much of any currency
_RUNS = 10


@requires(ACT)
@require_GET
def preview(request: TenantRequest) -> HttpResponseBase:
    """Show what a run would send today, computed without writing anything; below, the runs there were."""
    found = reminding.due_reminders(at=request.at)
    heading = (
        ngettext("%(count)s reminder is due", "%(count)s reminders are due", len(found)) % {"count": number(len(found))}
        if found
        else _("No reminder is due")
    )
    context = {
        "heading": heading,
        "due": [_row(facts, request) for facts in found[:_PREVIEWED]],
        "more": max(0, len(found) - _PREVIEWED),
        "runs": ReminderRun.objects.order_by("-started_at")[:_RUNS],
        "no_habit": not newest_plans(),
        "crumbs": [(_("Claims"), reverse("contracts:claims"))],
    }
    return render(request, "contracts/reminders.html", context)


@requires(ACT)
@require_POST
def start(request: TenantRequest) -> HttpResponseBase:
    """Start a run; it goes on in the background."""
    run = reminding.start_reminders(at=request.at, actor=request.actor)
    assert run is not None  # only the daily job starts none where nothing is due
    return redirect("contracts:reminder-run", run.pk)


@requires(ACT)
@require_GET
def run(request: TenantRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Show a run: how far it is, and of whom it could not remind."""
    found = get_object_or_404(ReminderRun, pk=run_id)
    problems = list(ReminderProblem.objects.filter(run=found).select_related("claim__contract").order_by("at"))
    context = {
        "found": found,
        "run": _progress(found, len(problems)),
        "problems": problems,
        "badge": Badge(_("done"), "good") if found.finished_at else Badge(_("runs"), "info"),
        "crumbs": [(_("Claims"), reverse("contracts:claims")), (_("Reminders"), reverse("contracts:reminders"))],
    }
    return render(request, "contracts/reminder_run.html", context)


@requires(ACT)
@require_GET
def progress(request: TenantRequest, run_id: uuid.UUID) -> HttpResponseBase:
    """Give the box alone; once the run is done, the whole page is loaded again."""
    found = get_object_or_404(ReminderRun, pk=run_id)
    count = ReminderProblem.objects.filter(run=found).count()
    answer = render(request, "kernel/components/run.html", {"run": _progress(found, count)})
    if found.finished_at:
        answer.headers["HX-Refresh"] = "true"
    return answer


@requires(SEE)
@require_GET
def habits(request: TenantRequest) -> HttpResponseBase:
    """Show how the house reminds, and which rates interest is computed by."""
    return render(request, "contracts/reminder_habits.html", _habits_context(request))


@requires(ACT)
@require_http_methods(["POST"])
def set_habit(request: TenantRequest) -> HttpResponseBase:
    """Set how the house reminds under a pack."""
    form = HabitForm(request.POST, packs=_packs())
    if form.is_valid():
        told = form.cleaned_data
        try:
            claim_cases.set_plan(
                told["pack"],
                told["steps"],
                tolerance_minor=Money.parse(told["tolerance"], _ENTERED).minor,
                automatic=told["automatic"],
                reason=told["reason"],
                at=request.at,
                actor=request.actor,
            )
        except RefusalError as refused:
            form.add_error("steps", spoken(refused.text))
        else:
            return redirect("contracts:reminder-habits")
    return render(request, "contracts/reminder_habits.html", _habits_context(request, habit=form), status=422)


@requires(ACT)
@require_http_methods(["POST"])
def enter_rate(request: TenantRequest) -> HttpResponseBase:
    """Enter a legal rate for a half-year that no law pack has yet; what waited for it and goes by itself goes on."""
    form = RateForm(request.POST)
    if form.is_valid():
        try:
            claim_cases.enter_rate(**form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error("first", spoken(refused.text))
        else:
            started = reminding.start_reminders(at=request.at, actor=request.actor, automatic=True)
            return redirect("contracts:reminder-run", started.pk) if started else redirect("contracts:reminder-habits")
    return render(request, "contracts/reminder_habits.html", _habits_context(request, rate=form), status=422)


def _habits_context(request: TenantRequest, **forms: Any) -> dict[str, Any]:
    titles = dict(_packs())
    plans = newest_plans()
    laws = [(law, found) for law in ("de", "fr") if (found := terms.law(law))]
    return {
        "plans": [
            (titles.get(pack, _("all without a plan of their own")), plan, plan.tolerance(Money.zero(_ENTERED)))
            for pack, plan in sorted(plans.items())
        ],
        "laws": [(found.title, found.legal_rates[-4:], _newest_first(law)) for law, found in laws],
        "habit": HabitForm(packs=_packs()),
        "rate": RateForm(initial={name: request.GET.get(name, "") for name in ("law", "first")}),
        "may": request.standing.may(ACT),
        "crumbs": [(_("Claims"), reverse("contracts:claims"))],
        **forms,
    }


def _newest_first(law: str) -> list[EnteredRate]:
    return list(EnteredRate.objects.filter(law=law).order_by("first"))


def _packs() -> list[tuple[str, Any]]:
    return [(key, spoken(terms.load(key).title)) for key in terms.keys()]  # noqa: SIM118  a function of the module


def _row(facts: Facts, request: TenantRequest) -> dict[str, Any]:
    coming = facts.next_reminder
    try:
        total = facts.on(facts.today(request.at)).value.total
    except RefusalError as missing:
        return {"facts": facts, "coming": coming, "step": _step(coming), "missing": missing.text}
    return {"facts": facts, "coming": coming, "step": _step(coming), "total": total}


def _step(coming: Any) -> str:
    return str(coming.value.step.key).rpartition("-")[2]


def _progress(found: ReminderRun, problems: int) -> Run:
    done = min(found.done, found.claims)  # a batch that was killed and done again has counted twice
    told: dict[str, Any] = {"done": number(done), "total": number(found.claims)}
    state: Literal["done", "now"] = "done" if found.finished_at else "now"
    letters = ngettext("%(count)s letter", "%(count)s letters", found.letters) % {"count": number(found.letters)}
    stages = [Stage(_("Claims"), _("%(done)s of %(total)s") % told, state), Stage(letters, "", state)]
    if problems:
        said = ngettext("%(count)s claim with a problem", "%(count)s claims with a problem", problems)
        stages.append(Stage(said % {"count": number(problems)}, "", "bad"))
    url = "" if found.finished_at else reverse("contracts:reminder-progress", args=(found.pk,))
    return Run(_("Reminding on %(day)s") % {"day": day(found.on)}, done, found.claims, stages, url=url)

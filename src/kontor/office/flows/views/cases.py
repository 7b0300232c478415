"""Cases: what waits for me, which are on their way, and one of them with its drawing and history."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel import registry
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.flows.actions import answering, effects, running
from kontor.office.flows.formats.picture import drawn
from kontor.office.flows.formats.running import MIGRATED, MOVED, STARTED, STOPPED, Happened, rings
from kontor.office.flows.forms.working import BeginForm, StopForm, ValuesForm, questions_of
from kontor.office.flows.models import Case, CaseEffect, CaseEvent, Flow, Version
from kontor.office.flows.queries import (
    events_of,
    label_of,
    newest,
    replay,
    roles_of,
    said,
    standing_of,
    tasks as due,
    written,
)
from kontor.office.flows.views import words
from kontor.office.flows.views.flows import title_of, way_to
from kontor.office.questionnaires import public as questionnaires
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

WORK, STEER, ANSWERS = "flows.work", "flows.steer", "questionnaires.answers"
_SIGNS: Final = {STARTED: "player-play", MOVED: "arrow-down", MIGRATED: "git-compare", STOPPED: "player-stop"}
_STATES: Final = {
    CaseEffect.State.PLANNED: Badge(gettext_lazy("On its way"), "info"),
    CaseEffect.State.DONE: Badge(gettext_lazy("Done"), "good"),
    CaseEffect.State.FAILED: Badge(gettext_lazy("Refused"), "bad"),
}


@requires(WORK, at_sites=True)
@require_GET
def tasks(request: TenantRequest) -> HttpResponseBase:
    """List what waits for the roles of whoever looks, what waits longest first."""
    listing = _listing(request, due(roles_of(request.standing.membership)), name="tasks", order="since")
    if listing.wants_file:
        return listing.file()
    context = {"listing": listing, "may_steer": request.standing.may(STEER)}
    return render(request, "flows/tasks.html", context)


@requires(STEER, at_sites=True)
@require_GET
def cases(request: TenantRequest) -> HttpResponseBase:
    """List all cases, the newest first."""
    rows = Case.objects.select_related("flow", "version", "site")
    listing = _listing(request, rows, name="cases", order="-since")
    if listing.wants_file:
        return listing.file()
    return render(request, "flows/cases.html", {"listing": listing})


@requires(WORK, at_sites=True)
@require_GET
def case(request: TenantRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Show a case: where it is, what can be done, what is known and what took place."""
    return page(request, open_case(request, case_id))


def page(request: TenantRequest, row: Case, *, refused: Any = None) -> HttpResponseBase:
    """Show a case; refused is the form of its task's questions as it was sent and cannot be kept."""
    flow, now = written(row.version), standing_of(row)
    here = flow.state(row.state)
    open_to = is_mine(request, row)
    happened = events_of(row)
    sheets = [uuid.UUID(each.told["sheet"]) for _event, each in happened if "sheet" in each.told]
    facts = ValuesForm(flow, values=row.values)
    try:
        agrees = replay(row) == now
    except RefusalError:
        agrees = False
    context = {
        "case": row,
        "here": here,
        "badge": badge(row),
        "choices": [each for each in flow.out_of(row.state) if each.trigger == "person"] if row.over_at is None else [],
        "may_go": open_to and row.over_at is None,
        "rings": [(at, spoken(way.label)) for at, way in rings(flow, now)],
        "facts": [(spoken(each.label), said(row.values.get(each.key))) for each in flow.values],
        "form": facts if flow.values and open_to and row.over_at is None else None,
        "stop_form": StopForm() if request.standing.may(STEER) and row.over_at is None else None,
        **_asks(request, questions_of(row, flow) if open_to else None, refused, answered=_is_answered(happened)),
        "sheets": questionnaires.read_sheets(sheets, language=language(), at=request.at, actor=request.actor)
        if sheets and request.standing.may(ANSWERS)
        else [],
        "history": _history(row, happened),
        "effects": _effects(row),
        "picture": drawn(flow),
        "passed": {row.state},
        "agrees": agrees,
        "crumbs": _crumbs(request),
    }
    return render(request, "flows/case.html", context, status=422 if refused else 200)


@requires(WORK, at_sites=True)
@require_POST
def go(request: TenantRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Take the way that somebody chose."""
    row = _mine(request, case_id)
    seen = request.POST.get("number", "")
    try:
        running.go(
            row.pk,
            request.POST.get("way", ""),
            int(seen) if seen.isdecimal() else 0,
            at=request.at,
            actor=request.actor,
        )
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("flows:case", row.pk)


@requires(WORK, at_sites=True)
@require_POST
def values(request: TenantRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Tell a case what is known."""
    row = _mine(request, case_id)
    form = ValuesForm(written(row.version), request.POST)
    if form.is_valid():
        running.tell(row.pk, form.told(), at=request.at, actor=request.actor)
    else:
        messages.error(request, next(f"{form.fields[name].label}: {told[0]}" for name, told in form.errors.items()))
    return redirect("flows:case", row.pk)


@requires(WORK, at_sites=True)
@require_POST
def answer(request: TenantRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Keep what was answered in the task."""
    row = _mine(request, case_id)
    found = questions_of(row, written(row.version), request.POST, request.FILES)
    if found is None:
        messages.error(request, _("Nothing is asked here any more."))
        return redirect("flows:case", row.pk)
    asked, form = found
    if not form.is_valid():
        return page(request, row, refused=form)
    seen = request.POST.get("number", "")
    given = answering.Answered(
        number=int(seen) if seen.isdecimal() else 0,
        version=asked.version if request.POST.get("asked") == str(asked.version) else uuid.UUID(int=0),
        answers=form.answers, pictures=form.pictures, language=language(),
    )  # fmt: skip
    try:
        answering.answer(row.pk, given, at=request.at, actor=request.actor)
    except (RefusalError, QuotaExceededError) as refused:
        form.add_error(None, spoken(getattr(refused, "text", str(refused))))
        return page(request, row, refused=form)
    return redirect("flows:case", row.pk)


@requires(STEER, at_sites=True)
@require_POST
def stop(request: TenantRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """End a case before its end."""
    row = get_object_or_404(Case, pk=case_id)
    form = StopForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please say why it is stopped."))
        return redirect("flows:case", row.pk)
    try:
        running.stop(row.pk, form.cleaned_data["because"], at=request.at, actor=request.actor)
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("flows:case", row.pk)


@requires(STEER, at_sites=True)
@require_POST
def again(request: TenantRequest, case_id: uuid.UUID, effect_id: uuid.UUID) -> HttpResponseBase:
    """Try an effect again that was refused."""
    row = get_object_or_404(CaseEffect, pk=effect_id, case=get_object_or_404(Case, pk=case_id))
    effects.try_again(row.pk, at=request.at, actor=request.actor)
    return redirect("flows:case", case_id)


@requires(WORK)
@require_http_methods(["GET", "POST"])
def begin(request: TenantRequest, flow_id: uuid.UUID) -> HttpResponseBase:
    """Begin a case by hand."""
    row = get_object_or_404(Flow, pk=flow_id, archived_at=None)
    version = newest(row.pk)
    if version is None:
        raise Http404(flow_id)
    form = BeginForm(written(version), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        site = told["case_site"].pk if told["case_site"] else None
        wanted = running.Begin(title=told["case_title"], email=told["case_email"], site=site, values=form.told())
        return redirect("flows:case", running.start(row.pk, wanted, at=request.at, actor=request.actor).pk)
    context = {"form": form, "title": _("New case: %(flow)s") % {"flow": title_of(row)}, **way_to(row)}
    return render(request, "flows/form.html", context, status=422 if form.errors else 200)


def badge(row: Any) -> Badge:
    """Return where a case is, coloured by what that means."""
    if row.stopped:
        return Badge(gettext_lazy("Stopped"), "bad")
    return Badge(label_of(row), "good" if row.over_at else "warn" if row.task else "info")


def _listing(request: TenantRequest, rows: Any, *, name: str, order: str) -> Listing:
    return Listing(
        request, rows, name=name,
        columns=(
            Column("title", gettext_lazy("Case"), url=addresses("flows:case"), slot="title", sort="title"),
            Column("flow", gettext_lazy("Flow"), value=lambda row: title_of(row.flow), slot="meta"),
            Column("site", gettext_lazy("Site"), value=lambda row: row.site or "", slot="more", late=True),
            Column("state", gettext_lazy("State"), kind="badge", value=badge, slot="state"),
            Column("since", gettext_lazy("Since"), kind="moment", sort="since"),
        ),
        search=("title",),
        order=order,
    )  # fmt: skip


def open_case(request: TenantRequest, case_id: uuid.UUID) -> Case:
    """Return a case that somebody may look at: its task is theirs, or was nobody's in particular, or they steer."""
    row = get_object_or_404(Case.objects.select_related("flow", "version", "site"), pk=case_id)
    if not (request.standing.may(STEER) or not row.role or row.role in roles_of(request.standing.membership)):
        raise Http404(case_id)
    return row


def _mine(request: TenantRequest, case_id: uuid.UUID) -> Case:
    row = open_case(request, case_id)
    if not is_mine(request, row):
        raise PermissionDenied(WORK)
    return row


def is_mine(request: TenantRequest, row: Case) -> bool:
    """Tell whether a case's task is for whoever asks."""
    everything: bool = request.standing.everything
    return everything or not row.role or row.role in roles_of(request.standing.membership)


def _asks(request: TenantRequest, asks: tuple[Any, Any] | None, refused: Any, *, answered: bool) -> dict[str, Any]:
    """Return what the page shows of a task's questions."""
    if asks is None:
        return {"asks": None, "wait_for_answers": False}
    asked, form = asks
    told = {
        "asked": asked, "form": refused or form, "notice": registry.notice(request.at), "answered": answered,
        "about_people": questionnaires.asks_people(asked),
    }  # fmt: skip
    return {"asks": told, "wait_for_answers": not answered}


def _is_answered(happened: Sequence[tuple[CaseEvent, Happened]]) -> bool:
    """Tell whether the task's questions were answered since the case came here."""
    kinds = ["sheet" if "sheet" in each.told else each.kind for _event, each in happened]
    return "sheet" in kinds[max(place for place, kind in enumerate(kinds) if kind in {STARTED, MOVED, MIGRATED}) :]


def _history(row: Case, happened: Sequence[tuple[CaseEvent, Happened]]) -> list[tuple[str, str, str, Any]]:
    """Return what took place, the last first: its icon, its words, what more there is to say, when."""
    versions = {each.number: written(each) for each in Version.objects.filter(flow=row.flow_id)}
    number = 0
    told: list[tuple[str, str, str, Any]] = []
    for event, each in happened:
        number = each.told.get("version", number)
        title, more = words.event(versions[number], each.kind, dict(each.told))
        by = " · ".join(word for word in (more, event.by_name) if word)
        told.append((_SIGNS.get(each.kind, "message"), title, by, event.at))
    return told[::-1]


def _effects(row: Case) -> list[tuple[CaseEffect, str, Badge, str]]:
    found = []
    for each in CaseEffect.objects.filter(case=row).order_by("number", "place"):
        german, _break, english = each.problem.partition("\n")
        problem = spoken(Text(german, english))
        found.append((each, words.effect(each.effect, each.told), _STATES[CaseEffect.State(each.state)], problem))
    return found


def _crumbs(request: TenantRequest) -> list[tuple[str, str]]:
    if request.standing.may(STEER):
        return [(_("Cases"), reverse("flows:cases"))]
    return [(_("Tasks"), reverse("flows:tasks"))]

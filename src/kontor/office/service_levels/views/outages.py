"""Outages as cases: the list, one of them, and what is entered about it."""

import contextlib
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Moment
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.contracts import public as contracts
from kontor.office.service_levels.actions import outages as actions
from kontor.office.service_levels.actions.classing import CLASSED, class_as_customers_network
from kontor.office.service_levels.forms.entries import EndForm, ExcuseForm, NoteForm, OutageForm, ReportForm
from kontor.office.service_levels.models import Component, Outage
from kontor.office.service_levels.queries.hand_over import beyond_hand_over
from kontor.office.service_levels.queries.recovery import recoveries
from kontor.office.service_levels.views.entering import done, form_page
from kontor.office.service_levels.views.reductions import reducible
from kontor.office.service_levels.views.words import FOUND, HITS, NOTES, minutes, name_of, outage_badge
from kontor.rulebook import terms
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Text

SEE: Final = "service_levels.see"
CHANGE: Final = "service_levels.change"


@requires(SEE)
@require_GET
def outages(request: TenantRequest) -> HttpResponseBase:
    """List outages, the newest first."""
    rows = Listing(
        request,
        Outage.objects.all(),
        name="outages",
        columns=(
            Column("title", _("What happened"), url=addresses("service_levels:outage"), slot="title"),
            Column("started_at", _("Began"), kind="moment", sort="started_at", slot="meta"),
            Column("ended_at", _("Ended"), kind="moment", sort="ended_at", late=True),
            Column("minutes", _("Minutes"), kind="number", value=lambda row: _minutes(row, request.at), slot="money"),
            Column("state", _("State"), kind="badge", value=outage_badge, slot="state"),
        ),
        search=("title", "cause"),
        order="-started_at",
    )
    if rows.wants_file:
        return rows.file()
    context = {"rows": rows, "may_change": request.standing.may(CHANGE), "crumbs": _crumbs()}
    return render(request, "service_levels/outages.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def add(request: TenantRequest) -> HttpResponseBase:
    """Enter an outage."""
    served = contracts.supplied_in(request.at.date().replace(day=1))
    form = OutageForm(
        request.POST or None,
        components=[(str(each.pk), name_of(each)) for each in Component.objects.order_by("order", "key")],
        contracts=[(str(each.id), f"{each.number} · {each.customer}") for each in served],
    )
    made: list[Outage] = []
    who: dict[str, Any] = {"at": request.at, "actor": request.actor}
    if done(request, form, lambda: made.append(actions.open_outage(form.told(), **who))):
        return redirect("service_levels:outage", made[0].pk)
    back = reverse("service_levels:outages")
    return form_page(request, form, title=_("Enter an outage"), label=_("Enter"), back=back, crumbs=_crumbs())


@requires(SEE)
@require_http_methods(["GET", "POST"])
def outage(request: TenantRequest, outage_id: uuid.UUID) -> HttpResponseBase:
    """Show an outage with its clocks, what excuses it and what people were told; those who may enter more."""
    found = get_object_or_404(Outage, pk=outage_id)
    may_change = request.standing.may(CHANGE)
    part = request.POST.get("part", "") if may_change else ""
    entry = _entry(request, part)
    if part in entry and done(request, entry[part], _deed(request, found, part, entry[part])):
        return redirect("service_levels:outage", found.pk)
    context = {
        "found": found,
        "badge": outage_badge(found),
        "components": [name_of(each.component) for each in found.components.select_related("component")],
        "hits": HITS[found.hits],
        "found_by": FOUND[found.found_by],
        "minutes": _minutes(found, request.at),
        "recoveries": recoveries(found, at=request.at),
        "excuses": [
            (each, _cause(each.pack, each.cause), Clause(each.pack, each.clause))
            for each in found.excuses.order_by("pk")
        ],
        "history": [_told(each) for each in found.notes.order_by("-pk")],
        "entry": entry,
        "may_reduce": (may_reduce := request.standing.may("service_levels.decide")),
        "reducible": reducible(found) if may_reduce else [],
        "network_url": _network_url(found) if may_change else "",
        "against": " ".join(map(str, entry["end"].non_field_errors())) if part == "end" and found.ended_at else "",
        "may_change": may_change,
        "crumbs": [*_crumbs(), (_("Outages"), reverse("service_levels:outages"))],
    }
    return render(request, "service_levels/outage.html", context, status=422 if part else 200)


@requires(CHANGE)
@require_POST
def network(request: TenantRequest, outage_id: uuid.UUID) -> HttpResponseBase:
    """Class a reported outage as the customer's network; the page shows no button where that is refused."""
    found = get_object_or_404(Outage, pk=outage_id)
    with contextlib.suppress(RefusalError):
        class_as_customers_network(found.pk, at=request.at, actor=request.actor)
    return redirect("service_levels:outage", found.pk)


def _entry(request: TenantRequest, part: str) -> dict[str, Any]:
    def given(name: str) -> Any:
        return request.POST if part == name else None

    return {
        "end": EndForm(given("end")),
        "report": ReportForm(given("report")),
        "excuse": ExcuseForm(given("excuse"), causes=_causes()),
        "note": NoteForm(given("note")),
    }


def _deed(request: TenantRequest, found: Outage, part: str, form: Any) -> Callable[[], object]:
    who: dict[str, Any] = {"at": request.at, "actor": request.actor}

    def words(given: forms.Form) -> Text:
        return Text(given.cleaned_data["text_de"], given.cleaned_data["text_en"])

    deeds: dict[str, Callable[[], object]] = {
        "end": lambda: actions.end_outage(found.pk, **form.cleaned_data, **who),
        "report": lambda: actions.note_report(found.pk, form.cleaned_data["reported_at"], **who),
        "excuse": lambda: actions.excuse(found.pk, form.told(), **who),
        "note": lambda: actions.tell(found.pk, form.cleaned_data["state"], words(form), **who),
    }
    return deeds[part]


def _network_url(found: Outage) -> str:
    open_ = found.found_by != Outage.FoundBy.PROBE and found.cause != CLASSED.de
    return reverse("service_levels:outage-network", args=[found.pk]) if open_ and beyond_hand_over(found) else ""


def _causes() -> list[tuple[str, str]]:
    """Return every cause of every pack that promises availability, named by its contract."""
    found = []
    for key in terms.keys():  # noqa: SIM118  a function of the packs
        pack = terms.load(key)
        promise = promise_of(pack)
        if promise is not None:
            causes = (each for each in promise.causes.values() if each.key != promise.window_key)
            found += [(f"{key}/{each.key}", f"{spoken(pack.title)}: {spoken(each.label)}") for each in causes]
    return found


def _cause(pack: str, cause: str) -> str:
    promise = promise_of(terms.load(pack))
    return cause if promise is None else spoken(promise.causes[cause].label)


def _told(note: Any) -> Moment:
    badge = NOTES[note.state]
    text = note.text_de if language() == "de" else note.text_en
    return Moment(note.at, spoken(badge.label), text=text, tone=badge.tone)


def _minutes(row: Outage, at: datetime) -> int:
    return minutes(row.started_at, row.ended_at or at)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Availability"), reverse("service_levels:overview"))]

"""Requests of data subjects as those see them who answer: the house at /privacy/, a customer at /account/privacy/."""

import uuid
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.privacy.actions import subject_answers, subject_forwards, subjects as actions
from kontor.office.privacy.forms import subjects as entry
from kontor.office.privacy.models import SubjectForward, SubjectMark, SubjectRequest
from kontor.office.privacy.queries import subjects as queries
from kontor.office.privacy.queries.leaving import counted_here, remaining
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.leaving import told
from kontor.office.privacy.views.subject_steps import LINKS, STEPS
from kontor.office.privacy.views.tabs import house_tabs, own_tabs


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pages stand: the house's privacy centre, or a customer's."""

    space: str
    keep: str
    tabs: Callable[[TenantRequest, str], dict[str, Any]]

    def url(self, name: str, *keys: object) -> str:
        """Return the address of one of its pages."""
        return reverse(f"{self.space}:{name}", args=keys)


HOUSE: Final = Place("privacy", "privacy.keep", house_tabs)
OWN: Final = Place("privacy-own", "privacy.decide", own_tabs)


def _list(request: TenantRequest, place: Place) -> HttpResponseBase:
    today = localdate(request.at)
    rows = Listing(
        request,
        SubjectRequest.objects.all(),
        name="requests",
        columns=(
            Column("name", _("Who"), url=addresses(f"{place.space}:subject-case"), slot="title", sort="name",
                   sub=lambda row: row.reference),
            Column("kind", _("What"), value=lambda row: spoken(queries.KINDS[row.kind]), slot="meta"),
            Column("received_on", _("Received"), kind="day", sort="received_on", late=True),
            Column("answer_by", _("Answer by"), kind="day", value=lambda row: row.due_on, sort="answer_by",
                   slot="more"),
            Column("state", _("State"), kind="badge", slot="state",
                   value=lambda row: queries.badge_of(row, today=today)),
        ),
        search=("name", "email"),
        choices=(
            Choice("state", _("State"), tuple((key, spoken(badge.label)) for key, badge in queries.STATES.items())),
            Choice("kind", _("What"), tuple((key, spoken(text)) for key, text in queries.KINDS.items())),
        ),
        order="-received_on",
    )  # fmt: skip
    if rows.wants_file:
        return rows.file()
    context = {
        "rows": rows,
        "add_url": place.url("subject-add") if request.standing.may(place.keep) else "",
        "open_url": request.build_absolute_uri(reverse("privacy:ask-of", args=[request.tenant.pk])),
        "forwarded": [(each, queries.KINDS[each.kind]) for each in queries.forwarded_to(request.tenant.pk)[:20]],
        "may_keep": request.standing.may(place.keep),
        **place.tabs(request, "subjects"),
    }
    return render(request, "privacy/subjects.html", context)


def _add(request: TenantRequest, place: Place) -> HttpResponseBase:
    form = entry.ReceivedForm(request.POST or None, initial={"received_at": request.at})
    made: list[SubjectRequest] = []

    def act() -> None:
        said = dict(form.cleaned_data)
        came = said.pop("received_at")
        made.append(actions.receive(actions.Asking(**said), received_at=came, at=request.at, actor=request.actor))

    shown = form_page(
        request, form, act, title=_("A request came in"), label=_("Take it in"), back=place.url("subjects"),
        note=_("A receipt goes to the address at once, with a link by which it is confirmed."),
    )  # fmt: skip
    return redirect(place.url("subject-case", made[0].pk)) if made else shown


def _one(request: TenantRequest, place: Place, key: uuid.UUID) -> HttpResponseBase:
    row = get_object_or_404(SubjectRequest, pk=key)
    may = request.standing.may(place.keep) and row.closed_at is None
    permitted = queries.permission_of(row)
    erases = may and permitted.value and row.kind == SubjectRequest.Kind.ERASURE and bool(row.known_by)
    context = {
        "row": row,
        "badge": queries.badge_of(row, today=localdate(request.at)),
        "kind": queries.KINDS[row.kind],
        "way": queries.WAYS[row.way],
        "known": queries.KNOWN[row.known_by],
        "clock": reasons_of(row.ruling),
        "permitted": permitted,
        "may": may,
        "may_answer": may and permitted.value,
        "links": [
            (link.label, place.url("subject-step", row.pk, link.key), link.icon)
            for link in LINKS
            if may and link.offered(row, request.tenant.is_house)
        ],
        "data_url": place.url("subject-data", row.pk),
        "answer_url": place.url("subject-step", row.pk, "answer"),
        "erase_url": place.url("subject-step", row.pk, "erase") if erases else "",
        **(_what_goes(request, row) if erases else {}),
        "refuse_url": place.url("subject-step", row.pk, "refuse"),
        "marks": [(mark, place.url("subject-lift", mark.pk)) for mark in queries.marks_of(row)],
        "history": queries.moments(queries.steps_of(row), zone=zoneinfo.ZoneInfo(request.tenant.zone)),
        "today": localdate(request.at),
        "crumbs": _crumbs(place),
        **place.tabs(request, "subjects"),
    }
    return render(request, "privacy/subject.html", context)


def _what_goes(request: TenantRequest, row: SubjectRequest) -> dict[str, Any]:
    counts, remains = counted_here(request.tenant.pk, queries.subject_of(row), on=localdate(request.at))
    return told({what: dict(rows) for what, rows in counts.items()}, remaining(remains))


def _step(request: TenantRequest, place: Place, key: uuid.UUID, name: str) -> HttpResponseBase:
    row = get_object_or_404(SubjectRequest, pk=key, closed_at=None)
    step = STEPS[name]
    form = step.form(request, row)
    return form_page(
        request, form, lambda: step.act(row, form.cleaned_data, {"at": request.at, "actor": request.actor}),
        title=str(step.title), label=str(step.label), back=place.url("subject-case", key), note=str(step.note),
    )  # fmt: skip


def _lift(request: TenantRequest, place: Place, key: uuid.UUID) -> HttpResponseBase:
    mark = get_object_or_404(SubjectMark.objects.select_related("request"), pk=key, ended_at=None)
    form = entry.WordsForm(request.POST or None, label=_("Why it ends"))
    return form_page(
        request, form,
        lambda: subject_answers.lift(mark.pk, because=form.cleaned_data["words"], at=request.at, actor=request.actor),
        title=_("End the mark"), label=_("End it"), back=place.url("subject-case", mark.request_id),
        note=_("The person is told before the data is used again."),
    )  # fmt: skip


def _crumbs(place: Place) -> list[tuple[str, str]]:
    return [(_("Requests"), place.url("subjects"))]


@requires("privacy.see")
@require_GET
def subjects(request: TenantRequest) -> HttpResponseBase:
    """List what the house was asked."""
    return _list(request, HOUSE)


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def add(request: TenantRequest) -> HttpResponseBase:
    """Take in a request that reached the house by letter, telephone or mail."""
    return _add(request, HOUSE)


@requires("privacy.see")
@require_GET
def subject_case(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show a request to the house with its clock and its log."""
    return _one(request, HOUSE, key)


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def step(request: TenantRequest, key: uuid.UUID, name: str) -> HttpResponseBase:
    """Do a step on a request to the house."""
    return _step(request, HOUSE, key, name)


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def lift(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """End a mark of the house."""
    return _lift(request, HOUSE, key)


@requires("privacy.own")
@require_GET
def own_subjects(request: TenantRequest) -> HttpResponseBase:
    """List what a customer was asked, and what its provider forwarded."""
    return _list(request, OWN)


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def own_add(request: TenantRequest) -> HttpResponseBase:
    """Take in a request that reached a customer by letter, telephone or mail."""
    return _add(request, OWN)


@requires("privacy.own")
@require_GET
def own_case(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show a request to a customer with its clock and its log."""
    return _one(request, OWN, key)


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def own_step(request: TenantRequest, key: uuid.UUID, name: str) -> HttpResponseBase:
    """Do a step on a request to a customer."""
    return _step(request, OWN, key, name)


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def own_lift(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """End a mark of a customer."""
    return _lift(request, OWN, key)


@requires("privacy.decide")
@require_POST
def decide(request: TenantRequest, key: uuid.UUID, what: str) -> HttpResponseBase:
    """Say of a forwarded request who answers: the provider, or we ourselves in a case of our own."""
    found = get_object_or_404(SubjectForward.received, pk=key, authorised_at=None, taken_at=None)
    if what == "authorise":
        answer("privacy.subject_authorised_by_customer", found.pk, at=request.at, actor=request.actor)
        return redirect("privacy-own:subjects")
    answer("privacy.subject_taken_by_customer", found.pk, at=request.at, actor=request.actor)
    made = subject_forwards.open_own(found.pk, at=request.at, actor=request.actor)
    return redirect("privacy-own:subject-case", made.pk)

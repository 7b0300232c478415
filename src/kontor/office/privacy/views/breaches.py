"""Breaches as cases: of the house at /privacy/, of a customer at /account/privacy/, by the same pages."""

import contextlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypedDict

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actor import Actor
from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.models import Tenant
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.privacy.actions import breaches as actions
from kontor.office.privacy.forms import breaches as entry
from kontor.office.privacy.models import Breach, BreachNotice
from kontor.office.privacy.queries import breaches as queries
from kontor.office.privacy.views.tabs import house_tabs, own_tabs
from kontor.rulebook.breach import BLOCKS, TO_FOLLOW
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

DUTIES: Final = {
    "record": Text("Festhalten, was geschah und getan wurde", "Record what happened and what was done"),
    "controllers": Text("Jeden betroffenen Kunden unterrichten", "Tell every customer concerned"),
    "authority": Text("Die Aufsichtsbehörde unterrichten", "Tell the supervisory authority"),
    "persons": Text("Die betroffenen Personen unterrichten", "Tell the people concerned"),
}
RISKS: Final = {
    "unknown": Badge(Text("nicht bewertet", "not judged"), "warn"),
    "unlikely": Badge(Text("Risiko unwahrscheinlich", "risk unlikely"), "good"),
    "risk": Badge(Text("Risiko", "risk"), "warn"),
    "high": Badge(Text("hohes Risiko", "high risk"), "bad"),
}


class _Who(TypedDict):
    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pages stand: the house's privacy centre, or a customer's."""

    space: str
    role: str
    keep: str
    tabs: Callable[[TenantRequest, str], dict[str, Any]]

    def url(self, name: str, *keys: object) -> str:
        return reverse(f"{self.space}:{name}", args=keys)


HOUSE: Final = Place("privacy", "processor", "privacy.keep", house_tabs)
OWN: Final = Place("privacy-own", "controller", "privacy.decide", own_tabs)


def _list(request: TenantRequest, place: Place) -> HttpResponseBase:
    rows = Listing(
        request,
        Breach.objects.all(),
        name="breaches",
        columns=(
            Column("title", _("What happened"), url=addresses(f"{place.space}:breach"), slot="title"),
            Column("aware_at", _("Known since"), kind="moment", sort="aware_at", slot="meta"),
            Column("due_at", _("72 hours end"), kind="moment", sort="due_at", late=True),
            Column("state", _("State"), kind="badge", value=_badge, slot="state"),
        ),
        search=("title",),
        order="-aware_at",
    )
    if rows.wants_file:
        return rows.file()
    context = {
        "rows": rows,
        "add_url": place.url("breach-add") if request.standing.may(place.keep) else "",
        "received": [(notice, _parts(notice)) for notice in queries.received(request.tenant.pk)[:20]],
        **place.tabs(request, "breaches"),
    }
    return render(request, "privacy/breaches.html", context)


def _add(request: TenantRequest, place: Place) -> HttpResponseBase:
    form = entry.BreachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = actions.Told(role=place.role, **form.cleaned_data)
        made = actions.open_breach(told, at=request.at, actor=request.actor)
        return redirect(place.url("breach", made.pk))
    context = {"form": form, "crumbs": _crumbs(place), "back": place.url("breaches"), **place.tabs(request, "breaches")}
    return render(request, "privacy/breach_add.html", context, status=422 if form.errors else 200)


def _one(request: TenantRequest, place: Place, key: uuid.UUID) -> HttpResponseBase:
    breach = get_object_or_404(Breach, pk=key)
    may = request.standing.may(place.keep) and breach.closed_at is None
    forms_here = _forms(request, breach, place) if may else {}
    if request.method == "POST" and may and _act(request, breach, forms_here):
        return redirect(place.url("breach", key))
    to_do, sent = queries.to_do(breach), queries.notices(breach)
    told = {notice.to for notice in sent}
    context = {
        "breach": breach,
        "badge": _badge(breach),
        "crumbs": _crumbs(place),
        "parts": [(BLOCKS[part.block], part.text, part.versions) for part in queries.known(breach)],
        "contact": queries.contact_of(breach),
        "to_follow": TO_FOLLOW,
        "due": reasons_of(breach.ruling),
        "duties": [(DUTIES[each], _is_done(each, told)) for each in to_do.value],
        "to_do": to_do,
        "sent": [(notice, _parts(notice), notice.minutes // 60, notice.minutes % 60) for notice in sent],
        "entry": forms_here,
        "now": request.at,
        **place.tabs(request, "breaches"),
    }
    refused = any(form.errors for form in forms_here.values())
    return render(request, "privacy/breach.html", context, status=422 if refused else 200)


def _notice(request: TenantRequest, notice: BreachNotice, place: Place) -> HttpResponseBase:
    context = {"notice": notice, "parts": _parts(notice), "crumbs": _crumbs(place), "to_follow": TO_FOLLOW}
    return render(request, "privacy/breach_notice.html", context)


def _forms(request: TenantRequest, breach: Breach, place: Place) -> dict[str, forms.Form]:
    """The page's forms; the one that was sent is bound, the others show what is kept."""
    part = request.POST.get("part", "") if request.method == "POST" else ""
    kept = {each.block: each.text for each in queries.known(breach)}
    risk = {"risk": breach.risk, "because": breach.risk_because}
    contact = {"name": breach.contact_name, "email": breach.contact_email, "phone": breach.contact_phone}
    made: dict[str, Callable[[Any], forms.Form]] = {
        "facts": lambda data: entry.FactsForm(data, initial=kept),
        "risk": lambda data: entry.RiskForm(data, initial=risk),
        "contact": lambda data: entry.ContactForm(data, initial=contact),
        "tell": entry.TellForm,
        "close": entry.CloseForm,
    }
    if place.role == Breach.Role.PROCESSOR:
        customers = [(str(row.pk), row.name) for row in Tenant.objects.filter(is_house=False).order_by("name")]
        made["controllers"] = lambda data: entry.TellControllersForm(data, tenants=customers)
    return {name: make(request.POST if name == part else None) for name, make in made.items()}


def _act(request: TenantRequest, breach: Breach, given: dict[str, forms.Form]) -> bool:
    """Do what the sent form asks for; False where it is not valid or was refused, and the form says why."""
    part = request.POST.get("part", "")
    form = given.get(part)
    if form is None or not form.is_valid():
        return False
    said, who = form.cleaned_data, _Who(at=request.at, actor=request.actor)
    acts: dict[str, Callable[[], object]] = {
        "facts": lambda: actions.add_facts(breach.pk, said, **who),
        "risk": lambda: actions.assess(breach.pk, said["risk"], because=said["because"], **who),
        "contact": lambda: actions.name_contact(breach.pk, **said, **who),
        "controllers": lambda: actions.tell_controllers(breach.pk, [uuid.UUID(key) for key in said["tenants"]], **who),
        "tell": lambda: actions.tell(
            breach.pk, said["to"], recipient=said["recipient"], late_because=said["late_because"], **who
        ),
        "close": lambda: actions.close_breach(breach.pk, because=said["because"], **who),
    }
    with contextlib.suppress(RefusalError):
        return _did(request, form, acts[part])
    return False


def _did(request: TenantRequest, form: forms.Form, act: Callable[[], object]) -> bool:
    try:
        act()
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
        raise
    messages.success(request, _("Kept."))
    return True


def _is_done(duty: str, told: set[str]) -> bool:
    return duty == "record" or {"controllers": "controller"}.get(duty, duty) in told


def _parts(notice: BreachNotice) -> list[tuple[Text, str]]:
    return [(BLOCKS[block], text) for block, text in notice.body]


def _badge(breach: Breach) -> Badge:
    return Badge(Text("abgeschlossen", "closed"), "good") if breach.closed_at else RISKS[breach.risk]


def _crumbs(place: Place) -> list[tuple[str, str]]:
    return [(_("Breaches"), place.url("breaches"))]


@requires("privacy.see")
@require_GET
def breaches(request: TenantRequest) -> HttpResponseBase:
    """List the house's cases."""
    return _list(request, HOUSE)


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def add(request: TenantRequest) -> HttpResponseBase:
    """Open a case of the house."""
    return _add(request, HOUSE)


@requires("privacy.see")
@require_http_methods(["GET", "POST"])
def breach(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show a case of the house, and do what it needs."""
    return _one(request, HOUSE, key)


@requires("privacy.see")
@require_GET
def notice(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show what somebody was told, to be printed."""
    return _notice(request, get_object_or_404(BreachNotice, pk=key), HOUSE)


@requires("privacy.own")
@require_GET
def own_breaches(request: TenantRequest) -> HttpResponseBase:
    """List a customer's cases, and what it was told of breaches at its provider."""
    return _list(request, OWN)


@requires("privacy.decide")
@require_http_methods(["GET", "POST"])
def own_add(request: TenantRequest) -> HttpResponseBase:
    """Open a case of a customer."""
    return _add(request, OWN)


@requires("privacy.own")
@require_http_methods(["GET", "POST"])
def own_breach(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show a case of a customer, and do what it needs."""
    return _one(request, OWN, key)


@requires("privacy.own")
@require_GET
def own_notice(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show what was sent or received, to be printed."""
    mine = BreachNotice.objects.filter(pk=key).first()
    return _notice(request, mine or get_object_or_404(queries.received(request.tenant.pk), pk=key), OWN)

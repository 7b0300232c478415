"""Access cards: who has one, which are to be collected, and what the groups open."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.products.visitors.actions import cards as pool, leaving
from kontor.products.visitors.actions.happening import Attempt
from kontor.products.visitors.forms.cards import BackForm, GroupForm, HandOutForm, PoolForm
from kontor.products.visitors.models import AccessSystem, Card, CardGroup, CardIssue, Visit
from kontor.products.visitors.queries.cards import doors_of, free_cards
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

RECEIVE, SET_UP = "visitors.receive", "visitors.set_up"
SHOWN: Final = 200
_REVOKED, _OVER = Badge(Text("gesperrt", "revoked"), "warn"), Badge(Text("abgelaufen", "run out"), "bad")
_LOST, _HELD = Badge(Text("verloren", "lost"), "bad"), Badge(Text("in Besucherhand", "in the visitor’s hand"), "good")


@requires(RECEIVE, at_sites=True)
@require_GET
def cards(request: TenantRequest) -> HttpResponseBase:
    """Show which cards are in whose hand, those that should be back first."""
    rows = CardIssue.objects.filter(returned_at=None).select_related("card", "visit", "card__site")
    rows = rows.order_by("until", "pk")[:SHOWN]
    out = [(row, _badge(row, request)) for row in rows]
    context = {
        "missing": [each for each in out if each[1] is not _HELD],
        "held": [each for each in out if each[1] is _HELD],
        "free": free_cards().count(),
        "untold": not AccessSystem.objects.filter(removed_at=None).exists(),
        "back": BackForm(),
        "may_set_up": request.standing.may(SET_UP),
        "crumbs": [(_("Visitors"), reverse("visitors:board"))],
    }
    return render(request, "visitors/cards.html", context)


@requires(RECEIVE, at_sites=True)
@require_POST
def card_back(request: TenantRequest) -> HttpResponseBase:
    """Take a card back; whoever had it has left."""
    form = BackForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data["number"].strip()
        try:
            leaving.give_back(number, _by(request))
        except RefusalError as refused:
            messages.error(request, spoken(refused.text))
        else:
            messages.success(request, _("Card %(number)s is revoked and back.") % {"number": number})
    return redirect("visitors:cards")


@requires(RECEIVE, at_sites=True)
@require_POST
def card_lost(request: TenantRequest, card_id: uuid.UUID) -> HttpResponseBase:
    """Keep that a card is lost."""
    get_object_or_404(Card, pk=card_id, lost_at=None)
    pool.lose(card_id, _by(request))
    return redirect("visitors:cards")


@requires(RECEIVE, at_sites=True)
@require_POST
def hand_out(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Put a card into a visitor's hand."""
    get_object_or_404(Visit, pk=visit_id)
    form = HandOutForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("visitors:visit", visit_id)
    told = form.cleaned_data
    try:
        pool.hand_out(visit_id, told["number"].strip(), until=told["until"], attempt=_by(request))
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("visitors:visit", visit_id)


@requires(SET_UP)
@require_http_methods(["GET", "POST"])
def card_groups(request: TenantRequest) -> HttpResponseBase:
    """Show what the groups open, and add one."""
    form = GroupForm(request.POST if request.method == "POST" else None, auto_id="id_group_%s")
    if request.method == "POST" and form.is_valid():
        try:
            pool.add_group(at=request.at, actor=request.actor, **form.cleaned_data)
        except RefusalError as refused:
            form.add_error("name", spoken(refused.text))
        else:
            return redirect("visitors:card-groups")
    return _groups(request, form, PoolForm(auto_id="id_pool_%s"))


@requires(SET_UP)
@require_POST
def cards_in(request: TenantRequest) -> HttpResponseBase:
    """Take cards into a site's pool."""
    form = PoolForm(request.POST, auto_id="id_pool_%s")
    if form.is_valid():
        told = form.cleaned_data
        try:
            pool.add_cards(told["group"], told["site"], told["numbers"], at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error("numbers", spoken(refused.text))
        else:
            return redirect("visitors:card-groups")
    return _groups(request, GroupForm(auto_id="id_group_%s"), form)


def of_visit(request: TenantRequest, visit: Visit) -> dict[str, Any]:
    """Return what a visit's page says of its cards: those not back, and the form that hands one out."""
    out = list(visit.cards.filter(returned_at=None).select_related("card__group").order_by("active_at"))
    may = request.standing.may(RECEIVE) and visit.state == Visit.State.IN and visit.type.cards_id is not None
    offered = free_cards().filter(site=visit.site_id, group=visit.type.cards_id).first() if may else None
    begun = {"until": visit.ends_at, "number": offered.number if offered else ""}
    return {
        "cards_out": [(row, _badge(row, request), doors_of(row, site=visit.site, at=request.at)) for row in out],
        "card": HandOutForm(initial=begun, auto_id="id_card_%s") if may and not any(
            row.revoked_at is None for row in out
        ) else None,
    }  # fmt: skip


def _groups(request: TenantRequest, form: GroupForm, taken_in: PoolForm) -> HttpResponseBase:
    groups = CardGroup.objects.filter(archived_at=None).order_by("name")
    held = dict(Card.objects.filter(archived_at=None).values_list("group").annotate(many=Count("pk")))
    context = {
        "groups": [(row, held.get(row.pk, 0)) for row in groups],
        "form": form,
        "pool": taken_in,
        "crumbs": [(_("Visits: settings"), reverse("visitors:settings"))],
    }
    return render(
        request, "visitors/card_groups.html", context, status=422 if form.errors or taken_in.errors else 200
    )  # fmt: skip


def _badge(row: CardIssue, request: TenantRequest) -> Badge:
    if row.card.lost_at:
        return _LOST
    if row.revoked_at:
        return _REVOKED
    return _OVER if row.until <= request.at else _HELD


def _by(request: TenantRequest) -> Attempt:
    return Attempt(way="reception", at=request.at, actor=request.actor)

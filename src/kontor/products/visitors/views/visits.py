"""Visits: which there are, inviting people, one of them with its history, and what can be done with it."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Site
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.restricting import restriction_note
from kontor.kernel.wording import spoken
from kontor.office.identity import public as identity
from kontor.office.questionnaires import public as questionnaires
from kontor.office.terminals import public as labels
from kontor.products.visitors.actions import arriving, inviting
from kontor.products.visitors.actions.arriving import Arrival
from kontor.products.visitors.actions.badging import BADGE
from kontor.products.visitors.actions.happening import Attempt
from kontor.products.visitors.forms.inviting import AppointmentForm, BecauseForm, GuestFormSet, MoveForm, title_of
from kontor.products.visitors.models import Visit, VisitGroup, VisitType
from kontor.products.visitors.queries.access import told_of
from kontor.products.visitors.views import words
from kontor.products.visitors.views.cards import of_visit
from kontor.rulebook.refusal import RefusalError

SEE, INVITE, ALLOW, RECEIVE = "visitors.see", "visitors.invite", "visitors.allow", "visitors.receive"
ABOUT: Final = "visitors.Visit"
HAS_BADGE: Final = frozenset({Visit.State.EXPECTED, Visit.State.IN})


@requires(SEE, at_sites=True)
@require_GET
def visits(request: TenantRequest) -> HttpResponseBase:
    """List visits, what comes next first."""
    kinds = [(str(row.pk), title_of(row)) for row in VisitType.objects.order_by("place", "title_de")]
    sites = [(str(row.pk), row.name) for row in Site.objects.order_by("name")]
    listing = Listing(
        request,
        Visit.objects.select_related("site", "type"),
        name="visits",
        columns=(
            Column("name", gettext_lazy("Name"), url=addresses("visitors:visit"), slot="title", sort="name"),
            Column("company", gettext_lazy("Company"), slot="meta", sort="company"),
            Column("state", gettext_lazy("State"), kind="badge", value=words.badge, slot="state"),
            Column("begins_at", gettext_lazy("From"), kind="moment", sort="begins_at", slot="more"),
            Column("host_name", gettext_lazy("Host"), sort="host_name", late=True),
            Column("type", gettext_lazy("Kind"), value=lambda row: title_of(row.type), late=True),
            Column("site", gettext_lazy("Site"), value=lambda row: row.site.name, sort="site__name", late=True),
        ),
        search=("name", "company", "host_name"),
        choices=(
            Choice("state", gettext_lazy("State"), tuple((key, badge.label) for key, badge in words.STATES.items())),
            Choice("type", gettext_lazy("Kind"), tuple(kinds)),
            Choice("site", gettext_lazy("Site"), tuple(sites)),
        ),
        order="-begins_at",
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "visitors/visits.html", {"listing": listing, "may_invite": request.standing.may(INVITE)})


@requires(INVITE, at_sites=True)
@require_http_methods(["GET", "POST"])
def invite(request: TenantRequest) -> HttpResponseBase:
    """Invite one person or several to an appointment."""
    sent = request.method == "POST"
    people = identity.colleagues(at=request.at)
    begins = timezone.localtime(request.at).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    start = {
        "begins_at": begins, "ends_at": begins + timedelta(hours=1), "host": str(request.user.pk),
        "type": VisitType.objects.filter(archived_at=None).order_by("place").values_list("pk", flat=True).first(),
        "site": Site.objects.order_by("name").values_list("pk", flat=True).first(),
    }  # fmt: skip
    form = AppointmentForm(request.POST if sent else None, sites=request.sites, people=people, initial=start)
    guests = GuestFormSet(request.POST if sent else None, prefix="guests")
    if sent and all([form.is_valid(), guests.is_valid()]):
        named = [each.guest() for each in guests if each.cleaned_data and not each.cleaned_data.get("DELETE")]
        try:
            made = inviting.invite(named, _appointment(form), _by(request))
        except (RefusalError, MailAddressError) as refused:
            form.add_error(None, spoken(getattr(refused, "text", str(refused))))
        else:
            group = made[0].group_id
            return redirect("visitors:group", group) if group else redirect("visitors:visit", made[0].pk)
    status = 422 if sent else 200
    return render(request, "visitors/invite.html", {"form": form, "guests": guests, "crumbs": _crumbs()}, status=status)


@requires(SEE, at_sites=True)
@require_GET
def group(request: TenantRequest, group_id: uuid.UUID) -> HttpResponseBase:
    """Show an appointment of several people: who is here, who is to come."""
    row = get_object_or_404(VisitGroup.objects.select_related("site", "type"), pk=group_id)
    guests = list(row.visits.select_related("site", "type").order_by("name", "pk"))
    context = {
        "group": row,
        "guests": [(visit, words.badge(visit)) for visit in guests],
        "here": sum(visit.state == Visit.State.IN for visit in guests),
        "may_cancel": request.standing.may(INVITE) and row.cancelled_at is None,
        "form": BecauseForm(auto_id="id_off_%s"),
        "crumbs": _crumbs(),
    }
    return render(request, "visitors/group.html", context)


@requires(SEE, at_sites=True)
@require_GET
def visit(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Show a visit: who comes to whom, what was answered, and everything that happened."""
    row = get_object_or_404(Visit.objects.select_related("site", "type", "group"), pk=visit_id)
    may = request.standing.may
    open_ones = {Visit.State.ASKED, Visit.State.EXPECTED}
    context = {
        "visit": row,
        "badge": words.badge(row),
        "kind": title_of(row.type),
        "history": [_told(event) for event in row.events.order_by("-number")],
        "sheets": questionnaires.sheets(ABOUT, [row.pk], language=request.LANGUAGE_CODE).get(row.pk, []),
        "may_allow": may(ALLOW) and row.state == Visit.State.ASKED,
        "may_change": may(INVITE) and row.state in open_ones,
        "may_let_in": may(RECEIVE) and row.state in open_ones,
        "may_let_out": may(RECEIVE) and (row.state == Visit.State.IN or row.assumed),
        "has_badge": may(RECEIVE) and row.type.badge_id is not None and row.state in HAS_BADGE,
        "printed": labels.printings(BADGE, [row.pk]).get(row.pk) if row.type.badge_id else None,
        "another": BecauseForm(auto_id="id_badge_%s"),
        "because": BecauseForm(auto_id="id_off_%s"),
        "refusal": BecauseForm(auto_id="id_no_%s"),
        "override": BecauseForm(auto_id="id_over_%s"),
        "move": MoveForm(sites=request.sites, initial={
            "site": row.site_id, "begins_at": row.begins_at, "ends_at": row.ends_at,
        }),
        "crumbs": _crumbs(),
        "told_access": told_of(row.pk),
        **restriction_note([row.email]),
    }  # fmt: skip
    return render(request, "visitors/visit.html", context | of_visit(request, row))


@requires(ALLOW, at_sites=True)
@require_POST
def allow(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Allow a visit."""
    return _done(request, visit_id, lambda: inviting.allow(visit_id, _by(request)))


@requires(ALLOW, at_sites=True)
@require_POST
def refuse(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Refuse a visit with a reason."""
    form = BecauseForm(request.POST)
    because = form.cleaned_data["because"] if form.is_valid() else ""
    return _done(request, visit_id, lambda: inviting.refuse(visit_id, because, _by(request)))


@requires(INVITE, at_sites=True)
@require_POST
def move(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Move a visit."""
    form = MoveForm(request.POST, sites=request.sites)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("visitors:visit", visit_id)
    return _done(request, visit_id, lambda: inviting.move(visit_id, attempt=_by(request), **form.cleaned_data))


@requires(INVITE, at_sites=True)
@require_POST
def cancel(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Call a visit off."""
    get_object_or_404(Visit, pk=visit_id)
    inviting.cancel([visit_id], request.POST.get("because", "")[:300], _by(request))
    return redirect("visitors:visit", visit_id)


@requires(INVITE, at_sites=True)
@require_POST
def cancel_group(request: TenantRequest, group_id: uuid.UUID) -> HttpResponseBase:
    """Call a whole appointment off."""
    get_object_or_404(VisitGroup, pk=group_id, cancelled_at=None)
    inviting.cancel_group(group_id, request.POST.get("because", "")[:300], _by(request))
    return redirect("visitors:group", group_id)


@requires(RECEIVE, at_sites=True)
@require_POST
def check_in(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Let a visitor in by hand; a reason lets in whom the rules keep out."""
    row = get_object_or_404(Visit.objects.select_related("site"), pk=visit_id)
    arrival = Arrival(site=row.site, overridden=request.POST.get("because", "")[:300])
    return _done(request, visit_id, lambda: arriving.check_in(visit_id, arrival, _by(request)))


@requires(RECEIVE, at_sites=True)
@require_POST
def check_out(request: TenantRequest, visit_id: uuid.UUID) -> HttpResponseBase:
    """Note that a visitor has left."""
    return _done(request, visit_id, lambda: arriving.check_out(visit_id, _by(request)))


def _done(request: TenantRequest, visit_id: uuid.UUID, act: Any) -> HttpResponseBase:
    get_object_or_404(Visit, pk=visit_id)
    try:
        act()
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("visitors:visit", visit_id)


def _by(request: TenantRequest) -> Attempt:
    return Attempt(way="reception", at=request.at, actor=request.actor)


def _appointment(form: AppointmentForm) -> inviting.Appointment:
    told = form.cleaned_data
    return inviting.Appointment(
        site=told["site"], type=told["type"], begins_at=told["begins_at"], ends_at=told["ends_at"],
        host=form.host_chosen(), title=told["title"],
    )  # fmt: skip


def _told(event: Any) -> tuple[str, Any, str, Any]:
    label, icon = words.HAPPENED[event.kind]
    more = [str(words.WAYS[event.told["way"]]), event.by_name]
    because = (
        event.told.get("card")
        or event.told.get("because")
        or event.told.get("overridden")
        or event.told.get("missing")
        or ""
    )
    return icon, label, " · ".join(part for part in (*more, because) if part), event.at


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Visits"), reverse("visitors:visits"))]

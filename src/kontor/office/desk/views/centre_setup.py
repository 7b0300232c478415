"""Setting up the customer centre, and inviting customers into it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.mail import MailAddressError, check_address
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.actions.centre import Known, keep_person, promise_answer, set_up_centre
from kontor.office.desk.forms.centre import CentreForm, PersonForm
from kontor.office.desk.models import Centre, CentreAddress, CentrePerson
from kontor.office.desk.queries.own_promises import present_promise
from kontor.office.parties import public as parties
from kontor.rulebook.refusal import RefusalError

SET_UP = "desk.set_up"


@requires(SET_UP)
@require_http_methods(["GET", "POST"])
def centre(request: TenantRequest) -> HttpResponseBase:
    """Show who may come in, and settle address, heading and what is promised."""
    row = Centre.objects.first()
    address = CentreAddress.objects.filter(tenant=request.tenant).first()
    form = CentreForm(request.POST or None, initial=_start(request, row, address))
    if request.method == "POST" and form.is_valid() and _settled(request, form):
        messages.info(request, _("Kept."))
        return redirect("desk:centre")
    people = Listing(
        request,
        CentrePerson.objects.select_related("party").order_by("name", "email"),
        name="centre-people",
        columns=(
            Column("name", gettext_lazy("Name"), value=str, url=addresses("desk:centre-person"), slot="title"),
            Column("email", gettext_lazy("E-mail"), slot="meta", sort="email"),
            Column("party.name", gettext_lazy("Customer"), slot="more"),
            Column("confirmed_at", gettext_lazy("First came in"), kind="moment", late=True),
            Column("left_on", gettext_lazy("Has left from"), kind="day", late=True),
        ),
        search=("name", "email"),
    )
    if people.wants_file:
        return people.file()
    link = request.build_absolute_uri(reverse("centre:home", args=[address.slug])) if address else ""
    context = {"form": form, "people": people, "link": link, "set_up": row is not None}
    return render(request, "desk/centre_setup.html", context, status=422 if form.errors else 200)


@requires(SET_UP)
@require_http_methods(["GET", "POST"])
def person(request: TenantRequest, person_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Invite an end customer, or change what is known of one."""
    row = get_object_or_404(CentrePerson, pk=person_id) if person_id else None
    names = ("name", "email", "language", "company", "left_on")
    start: dict[str, Any] = {name: getattr(row, name) for name in names} | {"party": row.party_id} if row else {}
    form = PersonForm(request.POST or None, initial=start, parties=parties.listed())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {
            "party": uuid.UUID(form.cleaned_data["party"]) if form.cleaned_data["party"] else None
        }
        try:
            check_address(given["email"])
            keep_person(person_id, Known(**given, phone=row.phone if row else ""), at=request.at, actor=request.actor)
        except (MailAddressError, RefusalError) as refused:
            form.add_error("email", spoken(refused.text) if isinstance(refused, RefusalError) else str(refused))
        else:
            return redirect("desk:centre")
    context = {
        "form": form, "title": str(row) if row else _("Invite a customer"), "back": reverse("desk:centre"),
        "crumbs": [(_("Customer centre"), reverse("desk:centre"))],
    }  # fmt: skip
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


def _start(request: TenantRequest, row: Centre | None, address: CentreAddress | None) -> dict[str, Any]:
    promise = present_promise()
    lasts = row or Centre()
    told: dict[str, Any] = {"invited_days": lasts.invited_days, "unconfirmed_days": lasts.unconfirmed_days}
    told |= {"title": row.title if row else request.tenant.name, "opened": bool(row and row.open)}
    told |= {"joins": bool(row and row.joins), "chats": bool(row and row.chats)}
    told |= {"slug": address.slug if address else slugify(request.tenant.name)[:60]}
    if promise is not None:
        told |= {name: getattr(promise, name) for name in ("answer_hours", "hours", "country", "region")}
    return told


def _settled(request: TenantRequest, form: CentreForm) -> bool:
    given = form.cleaned_data
    who: dict[str, Any] = {"at": request.at, "actor": request.actor}
    try:
        if given["answer_hours"]:
            where = {"country": given["country"].upper(), "region": given["region"].upper()}
            promise_answer(given["answer_hours"], given["hours"], **where, **who)
        lasts = {name: given[name] for name in ("invited_days", "unconfirmed_days")}
        ways = {"opened": given["opened"], "joins": given["joins"], "chats": given["chats"]}
        set_up_centre(given["slug"], given["title"], **ways, **lasts, **who)
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
        return False
    return True

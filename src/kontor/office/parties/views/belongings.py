"""What hangs at a party: roles, further addresses, numbers, and the records that it may be the same as."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.parties.actions import merging, people
from kontor.office.parties.forms import EmailForm, IdentifierForm, MergeForm, RoleForm
from kontor.office.parties.models import Identifier, Merge, Party, PartyEmail, PartyRole
from kontor.office.parties.queries.doubles import differing, doubles
from kontor.office.parties.queries.people import shown, with_belongings
from kontor.office.parties.views.parties import CHANGE, crumbs_to, form_page, url_of
from kontor.rulebook.refusal import RefusalError


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def new_role(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Note what a party is from a day on."""
    found = get_object_or_404(shown(), pk=party_id)
    form = RoleForm(request.POST or None, initial={"since": localdate(request.at)})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        people.give_role(found.pk, told["role"], since=told["since"], at=request.at, actor=request.actor)
        return redirect("parties:party", party_id)
    return form_page(request, form, title=_("New role"), back=url_of(found), crumbs=crumbs_to(request, found))


@requires(CHANGE)
@require_POST
def end_role(request: TenantRequest, party_id: uuid.UUID, party_role_id: uuid.UUID) -> HttpResponseBase:
    """End a role today."""
    row = get_object_or_404(PartyRole, pk=party_role_id, party_id=party_id, until=None)
    people.end_role(party_id, row.role, until=localdate(request.at), at=request.at, actor=request.actor)
    return redirect("parties:party", party_id)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def new_email(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Note a further address."""
    found = get_object_or_404(shown(), pk=party_id)
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.add_email(found.pk, form.cleaned_data["email"], at=request.at, actor=request.actor)
        return redirect("parties:party", party_id)
    hint = _("Others may have the same address.")
    return form_page(
        request, form, title=_("New address"), back=url_of(found), crumbs=crumbs_to(request, found), hint=hint
    )


@requires(CHANGE)
@require_POST
def remove_email(request: TenantRequest, party_id: uuid.UUID, party_email_id: uuid.UUID) -> HttpResponseBase:
    """Remove a further address."""
    get_object_or_404(PartyEmail, pk=party_email_id, party_id=party_id)
    people.remove_email(party_email_id, at=request.at, actor=request.actor)
    return redirect("parties:party", party_id)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def new_identifier(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Note a number."""
    found = get_object_or_404(shown(), pk=party_id)
    form = IdentifierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            people.add_identifier(found.pk, told["kind"], told["value"], at=request.at, actor=request.actor)
        except RefusalError as refusal:
            form.add_error("value", spoken(refusal.text))
        else:
            return redirect("parties:party", party_id)
    hint = _("Numbers are kept encrypted; of papers the last three signs are shown.")
    return form_page(
        request, form, title=_("New number"), back=url_of(found), crumbs=crumbs_to(request, found), hint=hint
    )


@requires(CHANGE)
@require_POST
def remove_identifier(request: TenantRequest, party_id: uuid.UUID, identifier_id: uuid.UUID) -> HttpResponseBase:
    """Remove a number."""
    get_object_or_404(Identifier, pk=identifier_id, party_id=party_id)
    people.remove_identifier(identifier_id, at=request.at, actor=request.actor)
    return redirect("parties:party", party_id)


@requires(CHANGE)
@require_GET
def all_doubles(request: TenantRequest) -> HttpResponseBase:
    """Show pairs that may be one, the likeliest first, each with the reasons."""
    return render(request, "parties/doubles.html", {"pairs": doubles(), "crumbs": crumbs_to(request)})


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def merge(request: TenantRequest, party_id: uuid.UUID, other_party_id: uuid.UUID) -> HttpResponseBase:
    """Choose what is taken from which of two records, and make them one."""
    rows = {row.pk: row for row in with_belongings(shown()).filter(pk__in=[party_id, other_party_id])}
    kept, gone = (rows.get(each) or get_object_or_404(Party.objects.none()) for each in (party_id, other_party_id))
    form = MergeForm(
        request.POST if request.method == "POST" else None, differing=[*differing(kept, gone)], kept=kept, gone=gone
    )
    if request.method == "POST" and form.is_valid():
        try:
            merging.merge(kept.pk, gone.pk, from_gone=form.from_gone, at=request.at, actor=request.actor)
        except RefusalError as refusal:
            form.add_error(None, spoken(refusal.text))
        else:
            messages.success(request, _("Made one. This can be undone on this page."))
            return redirect("parties:party", kept.pk)
    context = {"form": form, "kept": kept, "gone": gone, "crumbs": crumbs_to(request, kept)}
    return render(request, "parties/merge.html", context, status=422 if form.errors else 200)


@requires(CHANGE)
@require_POST
def part(request: TenantRequest, party_id: uuid.UUID, merge_id: uuid.UUID) -> HttpResponseBase:
    """Undo a merge."""
    made = get_object_or_404(Merge, pk=merge_id, kept_id=party_id)
    try:
        merging.part(made.pk, at=request.at, actor=request.actor)
    except RefusalError as refusal:
        messages.error(request, spoken(refusal.text))
    return redirect("parties:party", party_id)


@requires(CHANGE)
@require_POST
def call_distinct(request: TenantRequest, party_id: uuid.UUID, other_party_id: uuid.UUID) -> Any:
    """Remember that two records are of two."""
    get_object_or_404(Party, pk=party_id), get_object_or_404(Party, pk=other_party_id)
    merging.call_distinct(party_id, other_party_id, at=request.at, actor=request.actor)
    return redirect(reverse("parties:doubles"))

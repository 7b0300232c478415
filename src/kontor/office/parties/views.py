"""Customers and partners: who they are, who answers there, from which accounts they pay."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.statements import FirstPage
from kontor.office.parties.actions import parties as actions
from kontor.office.parties.forms import AccountForm, ContactForm, PartyForm
from kontor.office.parties.models import BankAccount, Contact, Party
from kontor.office.parties.queries.parties import masked

SEE, CHANGE = "parties.see", "parties.change"
_SHOWN = ("name", "city", "country", "email", "vat_id", "created_at")
_LIST = FirstPage(lambda: Party.objects.filter(merged_into=None).values_list("pk", *_SHOWN, named=True), Party)


@requires(SEE)
@require_GET
def parties(request: TenantRequest) -> HttpResponseBase:
    """List everybody the tenant deals with, by name."""
    listing = Listing(
        request,
        _LIST,
        name="customers",
        columns=(
            Column("name", gettext_lazy("Name"), url=addresses("parties:party"), slot="title", sort="name"),
            Column("city", gettext_lazy("Town"), sort="city", slot="meta", sub=lambda row: row.country),
            Column("email", gettext_lazy("E-mail"), slot="more"),
            Column("vat_id", gettext_lazy("VAT number"), late=True),
            Column("created_at", gettext_lazy("Since"), kind="day", sort="created_at", late=True),
        ),
        search=("name", "city", "email"),
        choices=(
            Choice(
                "kind",
                gettext_lazy("Kind"),
                (("ORGANISATION", gettext_lazy("Companies")), ("PERSON", gettext_lazy("Persons"))),
            ),
        ),
        order="name",
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "parties/parties.html", {"listing": listing, "may_change": request.standing.may(CHANGE)})


@requires(SEE)
@require_GET
def party(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Show one customer: address, people, accounts as far as they may be shown."""
    found = get_object_or_404(Party, pk=party_id)
    accounts = [(row, masked(row.iban)) for row in BankAccount.objects.filter(party=found).order_by("pk")]
    context = {
        "party": found,
        "contacts": Contact.objects.filter(party=found).order_by("name"),
        "accounts": accounts,
        "crumbs": _crumbs(),
        "may_change": request.standing.may(CHANGE),
        "may_offer": request.standing.unlocked("contracts.offer") and request.standing.may("contracts.offer"),
        "may_see_mandates": request.standing.unlocked("books.payments") and request.standing.may("books.payments"),
        "may_see_contracts": request.standing.unlocked("contracts.see") and request.standing.may("contracts.see"),
    }
    return render(request, "parties/party.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest) -> HttpResponseBase:
    """Write down a new customer."""
    form = PartyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.add_party(at=request.at, actor=request.actor, **form.cleaned_data)
        return redirect("parties:party", made.pk)
    return _form(request, form, title=_("New customer"), back=reverse("parties:parties"), crumbs=_crumbs())


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def change(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Change a customer; documents already issued keep what they said."""
    found = get_object_or_404(Party, pk=party_id)
    form = PartyForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in form.changed_data}
        if given:
            actions.change_party(party_id, at=request.at, actor=request.actor, **given)
        return redirect("parties:party", party_id)
    hint = _("Offers and invoices already issued keep what they said.")
    return _form(request, form, title=_("Change customer"), back=_url(found), crumbs=_crumbs(found), hint=hint)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def new_contact(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Write down somebody at a customer."""
    found = get_object_or_404(Party, pk=party_id)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_contact(found, at=request.at, actor=request.actor, **form.cleaned_data)
        return redirect("parties:party", party_id)
    return _form(request, form, title=_("New contact"), back=_url(found), crumbs=_crumbs(found))


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def change_contact(request: TenantRequest, party_id: uuid.UUID, contact_id: uuid.UUID) -> HttpResponseBase:
    """Change somebody at a customer."""
    contact = get_object_or_404(Contact.objects.select_related("party"), pk=contact_id, party_id=party_id)
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in form.changed_data}
        if given:
            actions.change_contact(contact_id, at=request.at, actor=request.actor, **given)
        return redirect("parties:party", party_id)
    return _form(request, form, title=_("Change contact"), back=_url(contact.party), crumbs=_crumbs(contact.party))


@requires(CHANGE)
@require_POST
def remove_contact(request: TenantRequest, party_id: uuid.UUID, contact_id: uuid.UUID) -> HttpResponseBase:
    """Remove somebody at a customer."""
    get_object_or_404(Contact, pk=contact_id, party_id=party_id)
    actions.remove_contact(contact_id, at=request.at, actor=request.actor)
    return redirect("parties:party", party_id)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def new_account(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Note from which account a customer pays."""
    found = get_object_or_404(Party, pk=party_id)
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        actions.learn_account(party_id, told["iban"], holder=told["holder"], at=request.at, actor=request.actor)
        return redirect("parties:party", party_id)
    hint = _("Payments from this account are recognised. The IBAN is kept encrypted.")
    return _form(request, form, title=_("New account"), back=_url(found), crumbs=_crumbs(found), hint=hint)


@requires(CHANGE)
@require_POST
def forget_account(request: TenantRequest, party_id: uuid.UUID, account_id: uuid.UUID) -> HttpResponseBase:
    """Forget an account."""
    get_object_or_404(BankAccount, pk=account_id, party_id=party_id)
    actions.forget_account(account_id, at=request.at, actor=request.actor)
    return redirect("parties:party", party_id)


def _form(request: TenantRequest, form: Any, **context: Any) -> HttpResponseBase:
    status = 422 if form.errors else 200
    return render(request, "parties/form.html", {"form": form, **context}, status=status)


def _crumbs(found: Party | None = None) -> list[tuple[str, str]]:
    steps = [(_("Customers"), reverse("parties:parties"))]
    return [*steps, (found.name, _url(found))] if found else steps


def _url(row: Party) -> str:
    return reverse("parties:party", args=(row.pk,))

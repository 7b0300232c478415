"""Customers and partners: who they are, who answers there, from which accounts they pay."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.restricting import RESTRICTED, restricted, restriction_of
from kontor.kernel.statements import FirstPage
from kontor.office.parties.actions import parties as actions
from kontor.office.parties.forms import NUMBER_NAMES, ROLE_NAMES, ROLES, AccountForm, ContactForm, PartyForm
from kontor.office.parties.models import BankAccount, Contact, Identifier, Party, PartyRole
from kontor.office.parties.queries.doubles import merges_of, perhaps
from kontor.office.parties.queries.parties import masked
from kontor.office.parties.queries.people import company_of, person_card, shown, shown_value, with_belongings
from kontor.office.parties.queries.restricted import at_rest

SEE, CHANGE = "parties.see", "parties.change"
_SHOWN = ("name", "city", "country", "email", "phone", "employer__name", "employer_name", "vat_id", "created_at")
_STAFF = 50  # people of a company that its page names
_LIST = FirstPage(lambda: Party.objects.filter(merged_into=None).values_list("pk", *_SHOWN, named=True), Party)


@requires(SEE)
@require_GET
def parties(request: TenantRequest) -> HttpResponseBase:
    """List everybody the tenant deals with, by name; as a file without those whose data is only stored."""
    left_out = at_rest()
    listing = Listing(
        request,
        _LIST.build().exclude(pk__in=left_out) if left_out and request.GET.get("format") else _LIST,
        name="customers",
        columns=(
            Column("name", gettext_lazy("Name"), url=addresses("parties:party"), slot="title", sort="name"),
            Column("company", gettext_lazy("Company"), value=_company, slot="meta"),
            Column("city", gettext_lazy("Town"), sort="city", sub=lambda row: row.country if row.city else ""),
            Column("email", gettext_lazy("E-mail"), slot="more"),
            Column("phone", gettext_lazy("Phone"), late=True),
            Column("vat_id", gettext_lazy("VAT number"), late=True),
            Column("created_at", gettext_lazy("Since"), kind="day", sort="created_at", late=True),
            *_state(left_out),
        ),
        search=("name", "city", "email", "employer_name", "employer__name"),
        choices=(
            Choice(
                "kind",
                gettext_lazy("Kind"),
                (("ORGANISATION", gettext_lazy("Companies")), ("PERSON", gettext_lazy("Persons"))),
            ),
            Choice("role", gettext_lazy("Role"), ROLES, apply=_in_role),
        ),
        order="name",
    )
    if listing.wants_file:
        return listing.file()
    context = {"listing": listing, "titles": titles(request), "may_change": request.standing.may(CHANGE)}
    return render(request, "parties/parties.html", context)


def _state(left_out: Mapping[uuid.UUID, object]) -> tuple[Column, ...]:
    """Return the column that says whose data is only stored, where there is anybody."""
    if not left_out:
        return ()
    title = gettext_lazy("State")
    return (Column("state", title, kind="badge", value=lambda row: left_out.get(row.pk) and RESTRICTED, slot="state"),)


def _in_role(rows: Any, role: str) -> Any:
    return rows.filter(pk__in=PartyRole.objects.filter(role=role, until=None).values("party"))


def _company(row: Any) -> str:
    return str(row.employer__name or row.employer_name)


@requires(SEE)
@require_GET
def party(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Show one customer: address, people, accounts as far as they may be shown."""
    found = get_object_or_404(with_belongings(Party.objects.all()), pk=party_id)
    if found.merged_into_id:
        return redirect("parties:party", found.merged_into_id)
    may, unlocked = request.standing.may, request.standing.unlocked
    numbers = Identifier.objects.filter(party=found).order_by("kind", "pk")
    contacts = Contact.objects.filter(party=found).order_by("name")
    known = restricted()
    context = {
        "party": found,
        "restriction": restriction_of(person_card(found).emails, known),
        "badge": RESTRICTED,
        "company": company_of(found),
        "roles": [(row, ROLE_NAMES[row.role]) for row in found.lasting_roles],  # type: ignore[attr-defined]
        "numbers": [(row, NUMBER_NAMES[row.kind], shown_value(row.kind, row.value)) for row in numbers],
        "contacts": [(row, restriction_of([row.email], known)) for row in contacts],
        "staff": list(shown().filter(employer=found).order_by("name", "pk")[:_STAFF]),
        "accounts": [(row, masked(row.iban)) for row in BankAccount.objects.filter(party=found).order_by("pk")],
        "perhaps": perhaps(found) if may(CHANGE) else [],
        "merges": merges_of(found),
        "crumbs": crumbs_to(request),
        "may_change": may(CHANGE),
        "may_offer": unlocked("contracts.offer") and may("contracts.offer") and request.standing.tenant.is_house,
        "may_see_mandates": unlocked("books.payments") and may("books.payments") and request.standing.tenant.is_house,
        "may_see_contracts": unlocked("contracts.see") and may("contracts.see") and request.standing.tenant.is_house,
        "may_see_consents": unlocked("privacy.consents") and may("privacy.consents"),
        "may_see_documents": unlocked("documents.see") and may("documents.see"),
    }
    return render(request, "parties/party.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest) -> HttpResponseBase:
    """Write down a new customer."""
    form = PartyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.add_party(at=request.at, actor=request.actor, **form.told(form.fields))
        return redirect("parties:party", made.pk)
    return form_page(
        request, form, title=titles(request).add, back=reverse("parties:parties"), crumbs=crumbs_to(request)
    )


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def change(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Change a customer; documents already issued keep what they said."""
    found = get_object_or_404(shown().select_related("employer"), pk=party_id)
    form = PartyForm(request.POST or None, instance=found, initial={"employer_name": company_of(found)})
    if request.method == "POST" and form.is_valid():
        given = form.told(form.changed_data)
        if given:
            actions.change_party(party_id, at=request.at, actor=request.actor, **given)
        return redirect("parties:party", party_id)
    hint = _("Offers and invoices already issued keep what they said.")
    return form_page(
        request, form, title=titles(request).change, back=url_of(found), crumbs=crumbs_to(request, found), hint=hint
    )


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def new_contact(request: TenantRequest, party_id: uuid.UUID) -> HttpResponseBase:
    """Write down somebody at a customer."""
    found = get_object_or_404(Party, pk=party_id)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_contact(found, at=request.at, actor=request.actor, **form.cleaned_data)
        return redirect("parties:party", party_id)
    return form_page(request, form, title=_("New contact"), back=url_of(found), crumbs=crumbs_to(request, found))


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
    return form_page(
        request, form, title=_("Change contact"), back=url_of(contact.party), crumbs=crumbs_to(request, contact.party)
    )


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
    return form_page(
        request, form, title=_("New account"), back=url_of(found), crumbs=crumbs_to(request, found), hint=hint
    )


@requires(CHANGE)
@require_POST
def forget_account(request: TenantRequest, party_id: uuid.UUID, account_id: uuid.UUID) -> HttpResponseBase:
    """Forget an account."""
    get_object_or_404(BankAccount, pk=account_id, party_id=party_id)
    actions.forget_account(account_id, at=request.at, actor=request.actor)
    return redirect("parties:party", party_id)


@dataclass(frozen=True, slots=True)
class Titles:
    """What the pages call themselves: the house has customers, everybody else an address book."""

    list: str
    add: str
    change: str


def titles(request: TenantRequest) -> Titles:
    """Return the titles for the tenant of a request."""
    if request.standing.tenant.is_house:
        return Titles(_("Customers"), _("Add customer"), _("Change customer"))
    return Titles(_("Address book"), _("Add company or person"), _("Change entry"))


def form_page(request: TenantRequest, form: Any, **context: Any) -> HttpResponseBase:
    """Show a form on a page of its own."""
    status = 422 if form.errors else 200
    return render(request, "parties/form.html", {"form": form, **context}, status=status)


def crumbs_to(request: TenantRequest, found: Party | None = None) -> list[tuple[str, str]]:
    """Return the way to a page about a party."""
    steps = [(titles(request).list, reverse("parties:parties"))]
    return [*steps, (found.name, url_of(found))] if found else steps


def url_of(row: Party) -> str:
    """Return the page of a party."""
    return reverse("parties:party", args=(row.pk,))

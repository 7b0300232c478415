"""Service companies: who may work here, who is missing what, and what was shown."""

import uuid
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.products.visitors.actions import qualifying
from kontor.products.visitors.forms.contractors import GRADES, ContractorForm, KindForm, ProofForm, SentForm
from kontor.products.visitors.forms.inviting import BecauseForm
from kontor.products.visitors.models import Contractor, ContractorPerson, Proof, ProofKind
from kontor.products.visitors.queries.qualified import lacking_companies, lacks
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

KEEP: Final = "visitors.contractors"
_FIELDS: Final = ("name", "grade", "email", "language", "blocked")
_GOOD, _SHORT = Badge(gettext_lazy("qualified"), "good"), Badge(gettext_lazy("something is missing"), "bad")


@requires(KEEP)
@require_GET
def contractors(request: TenantRequest) -> HttpResponseBase:
    """List service companies, and whether each has shown what its type must show."""
    short = lacking_companies(today=timezone.localdate(request.at))
    listing = Listing(
        request,
        Contractor.objects.filter(archived_at=None),
        name="contractors",
        columns=(
            Column("name", gettext_lazy("Company"), url=addresses("visitors:contractor"), slot="title", sort="name"),
            Column("grade", gettext_lazy("Type"), slot="meta", sort="grade"),
            Column("state", gettext_lazy("State"), kind="badge",
                   value=lambda row: _SHORT if row.pk in short else _GOOD, slot="state"),
            Column("email", gettext_lazy("E-mail"), late=True),
        ),
        search=("name", "email"),
        choices=(Choice("grade", gettext_lazy("Type"), GRADES),),
        order="name",
    )  # fmt: skip
    if listing.wants_file:
        return listing.file()
    return render(request, "visitors/contractors.html", {"listing": listing})


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def add(request: TenantRequest) -> HttpResponseBase:
    """Admit a service company."""
    form = ContractorForm(_post(request), initial={"language": request.tenant.language})
    if request.method == "POST" and form.is_valid():
        try:
            made = qualifying.add_contractor(at=request.at, actor=request.actor, **form.cleaned_data)
        except RefusalError as refused:
            form.add_error("name", spoken(refused.text))
        else:
            return redirect("visitors:contractor", made.pk)
    return _form(request, form, _("New service company"), reverse("visitors:contractors"))


@requires(KEEP)
@require_GET
def contractor(request: TenantRequest, contractor_id: uuid.UUID) -> HttpResponseBase:
    """Show a service company: what is missing, what was shown, whom it sends."""
    row = get_object_or_404(Contractor, pk=contractor_id)
    today = timezone.localdate(request.at)
    people = list(row.people.filter(archived_at=None).order_by("name", "pk"))
    missing = [spoken(each) for each in lacks(row, None, today=today)]
    context = {
        "contractor": row,
        "badge": _SHORT if missing else _GOOD,
        "missing": missing,
        "people": [(one, [spoken(each) for each in lacks(row, one, today=today)][len(missing) :]) for one in people],
        "proofs": [
            (proof, spoken(Text(proof.kind.title_de, proof.kind.title_en)), _held(proof, today))
            for proof in row.proofs.select_related("kind", "person").order_by("withdrawn_at", "-last_day", "pk")
        ],
        "proof": ProofForm(row, initial={"first_day": today}, auto_id="id_proof_%s"),
        "sent": SentForm(initial={"language": row.language}, auto_id="id_sent_%s"),
        "crumbs": _crumbs(),
    }
    return render(request, "visitors/contractor.html", context)


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def change(request: TenantRequest, contractor_id: uuid.UUID) -> HttpResponseBase:
    """Change a service company, block it or let it in again."""
    row = get_object_or_404(Contractor, pk=contractor_id, archived_at=None)
    form = ContractorForm(_post(request), initial={key: getattr(row, key) for key in _FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            qualifying.change_contractor(row.pk, at=request.at, actor=request.actor, **form.cleaned_data)
        except RefusalError as refused:
            form.add_error("name", spoken(refused.text))
        else:
            return redirect("visitors:contractor", row.pk)
    return _form(request, form, row.name, reverse("visitors:contractor", args=(row.pk,)))


@requires(KEEP)
@require_POST
def add_person(request: TenantRequest, contractor_id: uuid.UUID) -> HttpResponseBase:
    """Note somebody whom a service company sends."""
    row = get_object_or_404(Contractor, pk=contractor_id, archived_at=None)
    form = SentForm(request.POST)
    if form.is_valid():
        qualifying.add_person(row, at=request.at, actor=request.actor, **form.cleaned_data)
        return redirect("visitors:contractor", row.pk)
    return _form(request, form, row.name, reverse("visitors:contractor", args=(row.pk,)))


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def block_person(request: TenantRequest, person_id: uuid.UUID) -> HttpResponseBase:
    """Keep one person out with a reason, or let somebody who is blocked in again."""
    row = get_object_or_404(ContractorPerson, pk=person_id)
    form = BecauseForm(_post(request))
    if request.method == "POST" and (row.blocked or form.is_valid()):
        because = "" if row.blocked else form.cleaned_data["because"]
        qualifying.block_person(row.pk, because, at=request.at, actor=request.actor)
        return redirect("visitors:contractor", row.contractor_id)
    return _form(request, form, row.name, reverse("visitors:contractor", args=(row.contractor_id,)))


@requires(KEEP)
@require_POST
def show_proof(request: TenantRequest, contractor_id: uuid.UUID) -> HttpResponseBase:
    """Keep that a proof was shown."""
    row = get_object_or_404(Contractor, pk=contractor_id, archived_at=None)
    form = ProofForm(row, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            qualifying.show_proof(
                told["kind"], row, told["person"], first_day=told["first_day"], last_day=told["last_day"],
                note=told["note"], at=request.at, actor=request.actor,
            )  # fmt: skip
        except RefusalError as refused:
            form.add_error("last_day", spoken(refused.text))
        else:
            return redirect("visitors:contractor", row.pk)
    return _form(request, form, row.name, reverse("visitors:contractor", args=(row.pk,)))


@requires(KEEP)
@require_POST
def withdraw_proof(request: TenantRequest, proof_id: uuid.UUID) -> HttpResponseBase:
    """Count a proof no more."""
    row = get_object_or_404(Proof, pk=proof_id, withdrawn_at=None)
    qualifying.withdraw_proof(row.pk, at=request.at, actor=request.actor)
    return redirect("visitors:contractor", row.contractor_id)


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def kinds(request: TenantRequest) -> HttpResponseBase:
    """Show what each type must show, and demand a further proof."""
    form = KindForm(_post(request))
    if request.method == "POST" and form.is_valid():
        try:
            qualifying.add_kind(at=request.at, actor=request.actor, **form.cleaned_data)
        except RefusalError as refused:
            form.add_error("title_de", spoken(refused.text))
        else:
            return redirect("visitors:proof-kinds")
    rows = ProofKind.objects.filter(archived_at=None).order_by("of", "title_de")
    context = {
        "kinds": [(row, spoken(Text(row.title_de, row.title_en))) for row in rows],
        "form": form,
        "crumbs": _crumbs(),
    }
    return render(request, "visitors/proof_kinds.html", context, status=422 if form.errors else 200)


@requires(KEEP)
@require_POST
def drop_kind(request: TenantRequest, kind_id: uuid.UUID) -> HttpResponseBase:
    """Demand a proof no more."""
    get_object_or_404(ProofKind, pk=kind_id, archived_at=None)
    qualifying.drop_kind(kind_id, at=request.at, actor=request.actor)
    return redirect("visitors:proof-kinds")


def _held(proof: Proof, today: Any) -> Badge:
    if proof.withdrawn_at:
        return Badge(gettext_lazy("withdrawn"))
    if proof.last_day and proof.last_day < today:
        return Badge(gettext_lazy("run out"), "bad")
    return Badge(gettext_lazy("not yet"), "info") if proof.first_day > today else Badge(gettext_lazy("good"), "good")


def _form(request: TenantRequest, form: Any, title: str, back: str) -> HttpResponseBase:
    context = {"form": form, "title": title, "back": back, "crumbs": _crumbs()}
    return render(request, "visitors/contractor_form.html", context, status=422 if form.errors else 200)


def _post(request: TenantRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Service companies"), reverse("visitors:contractors"))]

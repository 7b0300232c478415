"""Texts that people must agree to before anything else, and what was agreed."""

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.listing import Column, Listing
from kontor.kernel.models import Tenant
from kontor.kernel.requests import TenantRequest, public, requires, signed_in
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import language
from kontor.office.documents import actions, queries
from kontor.office.documents.forms import AgreementForm, PrivacyForm
from kontor.office.documents.models import Agreement, DocumentVersion

PRIVACY: Final = "privacy"


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a text: its heading, "" where it has none, and what it says."""

    heading: str
    text: str


def stands_before(request: HttpRequest) -> bool:
    """Tell whether somebody has yet to agree to a text; the house's own people need not agree to its terms."""
    if request.tenant.is_house:  # type: ignore[attr-defined]
        return False
    return bool(queries.awaiting(request.user.pk, at=request.at))  # type: ignore[arg-type, attr-defined]


@signed_in
@require_http_methods(["GET", "POST"])
def agree(request: TenantRequest) -> HttpResponseBase:
    """Show the next text that this person has to agree to, and keep that they did: who, when, from where."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    form = AgreementForm(request.POST or None)
    changed = False
    if request.method == "POST" and form.is_valid():
        try:
            _agreed(request, form)
        except (actions.ChangedTextError, DocumentVersion.DoesNotExist):
            changed = True
        else:
            return redirect("documents:agree")
    waiting = queries.awaiting(request.user.pk, at=request.at)
    if not waiting:
        return redirect("kernel:home")
    document = waiting[0]
    context = {
        "document": document,
        "title": _title(document),
        "passages": passages_of(document),
        "rest": len(waiting) - 1,
        "sha256": bytes(document.sha256).hex(),
        "changed": changed or bool(form.errors),
        "tenant": request.tenant,
        "for_company": request.standing.everything,
    }
    return render(request, "documents/agree.html", context, status=409 if context["changed"] else 200)


@requires("documents.see")
@require_GET
def documents(request: TenantRequest) -> HttpResponseBase:
    """List the texts that apply here, and how many people agreed to each version."""
    listing = Listing(
        request,
        DocumentVersion.objects.annotate(agreed=Coalesce(Subquery(queries.people_agreed()), 0)),
        name="documents",
        columns=(
            Column("title", gettext_lazy("Text"), value=_title, url=_url, slot="title"),
            Column("version", gettext_lazy("Edition"), slot="meta", sort="version"),
            Column("required_from", gettext_lazy("Required from"), kind="day", sort="required_from"),
            Column("effective_from", gettext_lazy("Applies from"), kind="day", sort="effective_from"),
            Column("agreed", gettext_lazy("Agreements"), kind="number", sort="agreed", slot="money"),
        ),
        search=("title_de", "title_en"),
        order="-required_from",
    )
    context = {"listing": listing, "may_publish": request.standing.may("documents.publish")}
    return listing.file() if listing.wants_file else render(request, "documents/documents.html", context)


@public("whoever is concerned may read how personal data is handled, and how it was before")
@require_GET
def privacy(request: HttpRequest, version: str = "") -> HttpResponseBase:
    """Show the house's privacy notice that applies, or an earlier one of the archive."""
    house = get_object_or_404(Tenant, is_house=True)
    at = timezone.now()
    with as_tenant(house.pk):
        found = queries.editions(PRIVACY, at=at)
    shown = next((each for each in found if version in {"", each.version}), None)
    if version and shown is None:
        raise Http404(version)
    context = {
        "house": house,
        "document": shown,
        "title": _title(shown) if shown else _("Privacy notice"),
        "passages": passages_of(shown) if shown else [],
        "archive": found,
        "applies": bool(found) and shown is found[0],
    }
    return render(request, "documents/privacy.html", context)


@requires("documents.publish")
@require_http_methods(["GET", "POST"])
def publish(request: TenantRequest) -> HttpResponseBase:
    """Publish a version of the house's privacy notice."""
    form = PrivacyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        begins = datetime.combine(given["effective_on"], time(), timezone.get_current_timezone())
        try:
            actions.publish_version(
                key=PRIVACY,
                version=given["version"],
                title={"de": given["title_de"], "en": given["title_en"]},
                text={"de": given["text_de"], "en": given["text_en"]},
                required_from=None,
                effective_from=begins,
                at=request.at,
                actor=request.actor,
            )
        except actions.AlreadyPublishedError:
            form.add_error("version", _("This edition is published already. Give the new one another name."))
        else:
            return redirect("documents:documents")
    context = {"form": form, "crumbs": [(_("Documents"), reverse("documents:documents"))]}
    return render(request, "documents/publish.html", context, status=422 if form.errors else 200)


@requires("documents.see")
@require_GET
def document(request: TenantRequest, document_id: uuid.UUID) -> HttpResponseBase:
    """Show one version with everybody who agreed to it."""
    found = get_object_or_404(DocumentVersion, pk=document_id)
    context = {
        "document": found,
        "title": _title(found),
        "passages": passages_of(found),
        "sha256": bytes(found.sha256).hex(),
        "agreements": Agreement.objects.filter(document=found).order_by("-at"),
        "crumbs": [(_("Documents"), reverse("documents:documents"))],
    }
    return render(request, "documents/document.html", context)


def passages_of(document: DocumentVersion) -> list[Passage]:
    """Return the text in its paragraphs; the first line of a paragraph of several is its heading."""
    text = document.text_de if language() == "de" else document.text_en
    return [_passage(part) for part in text.split("\n\n") if part.strip()]


def _agreed(request: TenantRequest, form: AgreementForm) -> None:
    """Keep the agreement for the person, and for the company where the person may speak for it."""
    evidence = actions.Evidence(address=request.META.get("REMOTE_ADDR"), client=request.headers.get("User-Agent", ""))
    for for_tenant in (False, True) if request.standing.everything else (False,):
        actions.agree(
            form.cleaned_data["document"],
            sha256=form.cleaned_data["sha256"],
            user=request.user.pk,
            name=str(request.user),
            function=_("administrator") if for_tenant else "",
            for_tenant=for_tenant,
            evidence=evidence,
            at=request.at,
            actor=request.actor,
        )


def _passage(part: str) -> Passage:
    heading, _line, text = part.partition("\n")
    return Passage(heading, text) if text else Passage("", heading)


def _title(row: DocumentVersion) -> str:
    return row.title_de if language() == "de" else row.title_en


def _url(row: DocumentVersion) -> str:
    return reverse("documents:document", args=(row.pk,))

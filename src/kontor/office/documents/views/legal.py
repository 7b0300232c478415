"""Texts that people must agree to before anything else, and what was agreed."""

import uuid
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel import pdf
from kontor.kernel.client import client_address
from kontor.kernel.listing import Column, Listing
from kontor.kernel.models import Tenant
from kontor.kernel.requests import TenantRequest, public, requires, signed_in
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import day_long, language
from kontor.office.documents.actions import legal as actions
from kontor.office.documents.forms.legal import AgreementForm, PrivacyForm
from kontor.office.documents.models import Agreement, DocumentVersion
from kontor.office.documents.queries import legal as queries

PRIVACY: Final = "privacy"
_NOTICE: Final = Path(__file__).resolve().parents[1] / "typst" / "notice.typ"


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a text: its heading, "" where it has none, and what it says."""

    heading: str
    text: str

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """Each line as label, words and the address of ours with which it ends; "" for what it does not have."""
        parts = (line.rpartition("\t") for line in self.text.split("\n"))
        return [(label, *_linked(words)) for label, _tab, words in parts]


@dataclass(frozen=True, slots=True)
class Legal:
    """Whose text it is, its editions with the one that applies first, and the one that is shown."""

    owner: Tenant
    part: str
    found: list[DocumentVersion]
    shown: DocumentVersion | None

    def url(self, kind: str = "", *args: str) -> str:
        """Return the address of this text, of an edition ("-version") or of its paper ("-pdf")."""
        if self.owner.is_house:
            return reverse(f"legal-{self.part}{kind}", args=args)
        return reverse(f"legal-of-{self.part}{kind}", args=(self.owner.pk, *args))


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
def privacy(
    request: HttpRequest, version: str = "", part: str = PRIVACY, tenant_id: uuid.UUID | None = None
) -> HttpResponseBase:
    """Show a privacy notice that applies, or an earlier one of the archive: the house's, or a tenant's own."""
    legal = _legal(part, tenant_id, version)
    shown = legal.shown
    context = {
        "owner": legal.owner,
        "document": shown,
        "title": _title(shown) if shown else _("Privacy notice"),
        "passages": passages_of(shown) if shown else [],
        "archive": [(each, legal.url("-version", each.version)) for each in legal.found],
        "applies": bool(legal.found) and shown is legal.found[0],
        "current_url": legal.url(),
        "pdf_url": legal.url("-pdf", shown.version) if shown else "",
    }
    return render(request, "documents/privacy.html", context)


@public("whoever is concerned may keep how personal data is handled on paper")
@require_GET
def privacy_paper(
    request: HttpRequest,  # noqa: ARG001  a view
    version: str,
    part: str = PRIVACY,
    tenant_id: uuid.UUID | None = None,
) -> HttpResponseBase:
    """Print an edition of a privacy notice."""
    legal = _legal(part, tenant_id, version)
    assert legal.shown is not None, "an edition was asked for by its name"
    since = legal.shown.effective_from
    paper = {
        "language": language(),
        "title": _title(legal.shown),
        "owner": legal.owner.name,
        "meta": _("Edition %(version)s, applies from %(day)s")
        % {"version": version, "day": day_long(since.date() if since else None)},
        "sections": [
            {"heading": each.heading, "lines": [(label, _printed(*said)) for label, *said in each.lines]}
            for each in passages_of(legal.shown)
        ],
    }
    response = HttpResponse(pdf.render(_NOTICE, paper, at=legal.shown.at), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{part}-{version}.pdf"'
    return response


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
    context = {"form": form, "crumbs": [(_("Legal texts"), reverse("documents:documents"))]}
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
        "crumbs": [(_("Legal texts"), reverse("documents:documents"))],
    }
    return render(request, "documents/document.html", context)


def passages_of(document: DocumentVersion) -> list[Passage]:
    """Return the text in its paragraphs; the first line of a paragraph of several is its heading."""
    text = document.text_de if language() == "de" else document.text_en
    return [_passage(part) for part in text.split("\n\n") if part.strip()]


def _legal(part: str, tenant_id: uuid.UUID | None, version: str) -> Legal:
    """Find a text that everybody may read; 404 for an edition that does not apply, and for a tenant without any."""
    whose = {"is_house": True} if tenant_id is None else {"pk": tenant_id}
    owner = get_object_or_404(Tenant, **whose)
    with as_tenant(owner.pk):
        found = queries.editions(part, at=timezone.now())
    shown = next((each for each in found if version in {"", each.version}), None)
    if shown is None and (version or tenant_id):
        raise Http404(version)
    return Legal(owner, part, found, shown)


def _agreed(request: TenantRequest, form: AgreementForm) -> None:
    """Keep the agreement for the person, and for the company where the person may speak for it."""
    evidence = actions.Evidence(address=client_address(request), client=request.headers.get("User-Agent", ""))
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


def _printed(words: str, link: str) -> str:
    return f"{words}{settings.KONTOR_BASE_URL.rstrip('/')}{link}" if link else words


def _linked(words: str) -> tuple[str, str]:
    before, _slash, rest = words.partition("/legal/")
    return (before, f"/legal/{rest}") if rest and " " not in rest else (words, "")


def _passage(part: str) -> Passage:
    heading, _line, text = part.partition("\n")
    return Passage(heading, text) if text else Passage("", heading)


def _title(row: DocumentVersion) -> str:
    return row.title_de if language() == "de" else row.title_en


def _url(row: DocumentVersion) -> str:
    return reverse("documents:document", args=(row.pk,))

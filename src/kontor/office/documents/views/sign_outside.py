"""A paper that somebody is asked to sign, by the link in their mail: read, sign with hand or keyboard, refuse."""

import zoneinfo
from collections.abc import Callable
from typing import Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions import credentials
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.client import client_address
from kontor.kernel.models import Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import public, sign_in_first
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.views.errors import not_found
from kontor.kernel.wording import language, spoken
from kontor.office.documents.actions import signing as actions
from kontor.office.documents.actions.legal import ChangedTextError, Evidence
from kontor.office.documents.forms.signing import RefuseForm, SignForm
from kontor.office.documents.models import SignatureRequest
from kontor.office.documents.queries.signing import CONSENT, LEVEL, is_open
from kontor.office.documents.queries.store import finding_of
from kontor.office.documents.views.answers import handed_out, pictured
from kontor.office.documents.views.words import size_words
from kontor.rulebook.refusal import RefusalError

_WHY: Final = "the link in our mail says who is asked to sign; who works here signs in besides"
State = SignatureRequest.State


@public(_WHY)
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Show what is to be signed, and take the signature."""
    return _within(request, secret, lambda found: _paper(request, found, secret))


@public(_WHY)
@require_GET
def fetch(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Hand out the paper, once it is signed with its sheet of evidence."""
    return _within(request, secret, lambda found: _fetch(request, found))


@public(_WHY)
@require_GET
def picture(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Show the paper's first page, which we drew ourselves."""
    return _within(request, secret, _picture)


@public(_WHY)
@require_POST
def refuse(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Refuse to sign."""
    return _within(request, secret, lambda found: _refuse(request, found, secret))


def _within(
    request: HttpRequest, secret: str, view: Callable[[SignatureRequest], HttpResponseBase]
) -> HttpResponseBase:
    """Answer as the paper's tenant, in its zone; somebody who works there signs in, so that it is them."""
    try:
        tenant_id, request_id = credentials.resolve(secret, actions.SCOPE, request.at)  # type: ignore[attr-defined]
    except credentials.CredentialRefusedError as refused:
        return not_found(request, refused)
    zone = Tenant.objects.values_list("zone", flat=True).get(pk=tenant_id)
    with as_tenant(tenant_id), timezone.override(zoneinfo.ZoneInfo(zone)):
        rows = SignatureRequest.objects.select_related("version__blob", "version__document", "outcome__blob", "tenant")
        found = get_object_or_404(rows, pk=request_id)
        if found.user is not None and not request.user.is_authenticated:
            return sign_in_first(request)
        try:
            response = not_found(request) if found.user not in {None, request.user.pk} else view(found)
        except Http404 as missing:
            response = not_found(request, missing)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _paper(request: HttpRequest, found: SignatureRequest, secret: str) -> HttpResponseBase:
    at = request.at  # type: ignore[attr-defined]
    sha256 = bytes(found.version.blob.sha256)
    start = {"name": found.name, "how": "typed", "sha256": sha256.hex()}
    form = SignForm(request.POST or None, initial=start, consent=spoken(CONSENT))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        evidence = Evidence(address=client_address(request), client=request.headers.get("User-Agent", ""))
        signing = actions.Signing(
            name=given["name"], sha256=bytes.fromhex(given["sha256"]), drawn=given["drawn"], language=language()
        )
        try:
            actions.sign_paper(found.pk, signing, evidence=evidence, at=at)
        except ChangedTextError:
            form.add_error(None, _("This is not the paper that you saw. Please read it again."))
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError:
            form.add_error(None, _("The signed paper cannot be kept now. Please tell whoever sent it to you."))
        else:
            return redirect("documents:sign", secret)
    elif request.method == "GET" and is_open(found, at):
        actions.note_read(found, how="shown", at=at)
    return _page(request, found, secret, form, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, found: SignatureRequest, secret: str, form: SignForm, *, status: int = 200
) -> HttpResponseBase:
    finding = finding_of(found.version_id)
    context = {
        "asked": found,
        "document": found.version.document,
        "blob": found.version.blob,
        "sha256": bytes(found.version.blob.sha256).hex(),
        "size": size_words(found.version.blob.size),
        "pages": finding.pages,
        "picture": finding.preview_id,
        "open": is_open(found, request.at),  # type: ignore[attr-defined]
        "form": form,
        "refusal": RefuseForm(),
        "level": spoken(LEVEL),
        "secret": secret,
    }
    return render(request, "documents/sign.html", context, status=status)


def _fetch(request: HttpRequest, found: SignatureRequest) -> HttpResponseBase:
    if found.state == State.WITHDRAWN:
        raise Http404(found.pk)
    actions.note_read(found, how="downloaded", at=request.at)  # type: ignore[attr-defined]
    blob = (found.outcome or found.version).blob
    return handed_out(read(blob), blob.name)


def _picture(found: SignatureRequest) -> HttpResponseBase:
    finding = finding_of(found.version_id)
    if finding.preview is None:
        raise Http404(found.pk)
    return pictured(read(finding.preview))


def _refuse(request: HttpRequest, found: SignatureRequest, secret: str) -> HttpResponseBase:
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            actions.refuse_paper(found.pk, reason=form.cleaned_data["reason"], at=request.at)  # type: ignore[attr-defined]
        except RefusalError as over:
            raise Http404(found.pk) from over
    return redirect("documents:sign", secret)

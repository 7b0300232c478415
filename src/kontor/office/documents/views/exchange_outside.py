"""A shared folder as the person outside sees it: a link, a password, files; no account."""

import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions import credentials
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import public
from kontor.kernel.scanning import has_scanner
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.views.errors import not_found
from kontor.kernel.wording import spoken
from kontor.office.documents.actions import exchanging as actions
from kontor.office.documents.actions.looking import quarantined
from kontor.office.documents.forms.exchange import BringForm, PasswordForm
from kontor.office.documents.models import Exchange, ExchangeItem
from kontor.office.documents.queries.exchange import is_open, items_of, passed_mark
from kontor.office.documents.queries.store import finding_of, may_open
from kontor.office.documents.views.answers import handed_out
from kontor.office.documents.views.words import harmful_words, size_words, state_badge
from kontor.rulebook.refusal import RefusalError

PASSED: Final = "exchanged"  # the session's key for the folders whose password was shown in this browser
_WHY: Final = "the link in our mail and the password told by another way say who it is"


@public(_WHY)
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Ask for the password, or show what lies in the folder."""
    return _within(request, secret, lambda found: _door(request, found, secret))


@public(_WHY)
@require_GET
def fetch(request: HttpRequest, secret: str, item_id: uuid.UUID) -> HttpResponseBase:
    """Hand out a file, once it may be opened."""
    return _within(request, secret, lambda found: _fetch(request, found, item_id))


@public(_WHY)
@require_POST
def bring(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Take files in; what is refused is named with the reason."""
    return _within(request, secret, lambda found: _bring(request, found, secret))


def _within(request: HttpRequest, secret: str, view: Callable[[Exchange], HttpResponseBase]) -> HttpResponseBase:
    """Answer as the folder's tenant, in its zone; a folder that is over is told like a link that never was."""
    try:
        tenant_id, exchange_id = credentials.resolve(secret, actions.SCOPE, request.at)  # type: ignore[attr-defined]
    except credentials.CredentialRefusedError as refused:
        return not_found(request, refused)
    zone = Tenant.objects.values_list("zone", flat=True).get(pk=tenant_id)
    with as_tenant(tenant_id), timezone.override(zoneinfo.ZoneInfo(zone)):
        found = get_object_or_404(Exchange.objects.select_related("tenant"), pk=exchange_id)
        try:
            response = view(found)
        except Http404 as missing:
            response = not_found(request, missing)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _door(request: HttpRequest, found: Exchange, secret: str) -> HttpResponseBase:
    at = request.at  # type: ignore[attr-defined]
    if _passed(request, found):
        if request.method == "GET":
            actions.note_viewed(found, at=at)
        return _folder(request, found, secret, BringForm())
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and is_open(found, at):
        if actions.enter(found.pk, form.cleaned_data["password"], at=at):
            request.session[PASSED] = [*request.session.get(PASSED, []), passed_mark(found)][-20:]
            return redirect("documents:exchange-door", secret)
        form.add_error("password", _("This password is wrong."))
        found.refresh_from_db()
    context = {
        "exchange": found,
        "form": form,
        "open": is_open(found, at),
        "left": max(actions.WRONG - found.failures, 0),
    }
    return render(request, "documents/exchange_door.html", context, status=422 if form.errors else 200)


def _fetch(request: HttpRequest, found: Exchange, item_id: uuid.UUID) -> HttpResponseBase:
    _refuse_closed(request, found)
    items = ExchangeItem.objects.select_related("version__blob", "version__document")
    version = get_object_or_404(items, pk=item_id, exchange=found).version
    if not may_open(finding_of(version.pk)):
        raise Http404(item_id)
    actions.note_fetched(found, version, at=request.at)  # type: ignore[attr-defined]
    return handed_out(read(version.blob), version.blob.name)


def _bring(request: HttpRequest, found: Exchange, secret: str) -> HttpResponseBase:
    _refuse_closed(request, found)
    at = request.at  # type: ignore[attr-defined]
    form = BringForm(request.POST, request.FILES)
    if form.is_valid():
        for file in form.cleaned_data["file"]:
            data, name = file.read(), file.name or "file"
            try:
                if harm := quarantined(data, name, at=at, actor=Actor.outside(found.pk, found.name)):
                    form.add_error("file", f"{name}: {harmful_words(harm)}")
                    continue
                actions.bring(found.pk, data, name=name, at=at)
            except RefusalError as refused:
                form.add_error("file", f"{file.name}: {spoken(refused.text)}")
            except QuotaExceededError:
                # how much room its owner has is none of the sender's business
                form.add_error("file", _("%(name)s does not fit in here.") % {"name": file.name})
        if not form.errors:
            return redirect("documents:exchange-door", secret)
    return _folder(request, found, secret, form)


def _folder(request: HttpRequest, found: Exchange, secret: str, form: BringForm) -> HttpResponseBase:
    rows: list[dict[str, Any]] = [
        {
            "pk": item.pk,
            "name": item.version.blob.name,
            "size": size_words(item.version.blob.size),
            "at": item.at,
            "mine": item.from_outside,
            "open": may_open(finding),
            "badge": state_badge(finding.state),
        }
        for item, finding in items_of(found)
    ]
    context = {"exchange": found, "secret": secret, "rows": rows, "form": form, "scanned": has_scanner()}
    return render(request, "documents/exchange_folder.html", context, status=422 if form.errors else 200)


def _passed(request: HttpRequest, found: Exchange) -> bool:
    """Tell whether this browser has shown the password that holds now, of a folder that is open still."""
    return is_open(found, request.at) and passed_mark(found) in request.session.get(PASSED, [])  # type: ignore[attr-defined]


def _refuse_closed(request: HttpRequest, found: Exchange) -> None:
    if not _passed(request, found):
        raise Http404(found.pk)

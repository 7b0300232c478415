"""The page behind the link in an offer's mail: read it, accept it, or learn why that is not possible."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions import credentials
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.actor import Actor
from kontor.kernel.client import client_address
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import language
from kontor.office.books import public as books
from kontor.office.contracts.actions import offers
from kontor.office.contracts.actions.customer_terms import file_customer_terms
from kontor.office.contracts.forms import AcceptanceForm
from kontor.office.contracts.models import Contract, Offer, OfferState
from kontor.office.contracts.queries import formation
from kontor.office.contracts.queries.agreed import agreed
from kontor.office.contracts.queries.confirmations import excludes_customer_terms
from kontor.office.contracts.queries.estimates import estimated
from kontor.office.contracts.queries.positions import by_interval
from kontor.office.contracts.queries.terms import pack_of_terms, start_of
from kontor.office.documents.public import AlreadySignedError, ChangedTextError, Evidence, signature_of
from kontor.rulebook.authority import contact_clauses

_OPEN = public("whoever holds the secret of the mail may read and answer the offer")


@_OPEN
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Show the offer and take its acceptance; the secret names the tenant, and nothing else does."""
    at = timezone.now()
    try:
        tenant_id, offer_id = credentials.resolve(secret, offers.ACCEPT, at)
    except credentials.CredentialRefusedError as refused:
        return render(request, "contracts/answer_refused.html", {"sentence": str(refused)}, status=404)
    with as_tenant(tenant_id):
        offers.note_opened(offer_id, at=at)
        return _page(request, secret, offer_id)


@_OPEN
@require_GET
def file(request: HttpRequest, secret: str) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the very bytes that an acceptance refers to."""
    try:
        tenant_id, offer_id = credentials.resolve(secret, offers.ACCEPT, timezone.now())
    except credentials.CredentialRefusedError as refused:
        raise PermissionDenied(str(refused)) from refused
    with as_tenant(tenant_id):
        blob = Offer.objects.select_related("file").get(pk=offer_id).file
        response = HttpResponse(read(blob), content_type=blob.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{blob.name}"'
    return response


def _page(request: HttpRequest, secret: str, offer_id: uuid.UUID) -> HttpResponseBase:
    state = OfferState.objects.select_related("offer").get(offer_id=offer_id)
    offer = state.offer
    form = AcceptanceForm(
        request.POST or None,
        request.FILES or None,
        declarations=offers.declarations_of(offer),
        language=language(),
        excludes_own=excludes_customer_terms(pack_of_terms(offer.terms)),
        names_contact=bool(contact_clauses(pack_of_terms(offer.terms))),
        initial={"sha256": bytes(offer.sha256).hex()},
    )
    refused = ""
    if request.method == "POST" and form.is_valid():
        refused = _accept(request, offer, form)
        if not refused:
            return redirect(request.path)  # so that loading the page again sends nothing twice
        state.refresh_from_db()
    context = _context(state, form) | {"refused": refused, "secret": secret}
    status = 409 if refused else 422 if form.errors else 200
    page = render(request, "contracts/answer.html", context, status=status)
    page.headers["Cache-Control"] = "no-store"
    return page


def _context(state: OfferState, form: AcceptanceForm) -> dict[str, Any]:
    offer, at = state.offer, timezone.now()
    pack = pack_of_terms(offer.terms)
    expired = at >= offers.last_moment(offer)
    return {
        "offer": offer,
        "state": state,
        "open": state.state == OfferState.State.SENT and not expired,
        "expired": state.state == OfferState.State.SENT and expired,
        "accepted": state.accepted_at is not None,
        "seller": books.seller_card(offer.seller_id),
        "groups": by_interval(books.positions_of(offer.quote_id), currency=offer.currency),
        "terms": agreed(pack, start_on=start_of(offer.terms)),
        "estimated": estimated(pack, offer.terms.get("estimates", {})),
        "pack": pack,
        "form": form,
        "sha256": bytes(offer.sha256).hex(),
        "formation": formation.conclusion(state),
        "contact_clauses": contact_clauses(pack),
        "confirms": formation.wants_confirmation(pack),
        "signed": signature_of("contracts.Offer", offer.pk) if state.accepted_at else None,
        "contract": Contract.objects.filter(offer=offer).first() if state.accepted_at else None,
    }


def _accept(request: HttpRequest, offer: Offer, form: AcceptanceForm) -> str:
    """Take the acceptance; return why it was not taken, or nothing."""
    try:
        with transaction.atomic():  # what cannot be filed accepts nothing
            _accepted(request, offer, form)
    except offers.OfferRefusedError as error:
        return error.text.spoken(language())
    except AlreadySignedError:
        return _("The offer has been accepted already.")
    except ChangedTextError:
        return _("This page is not of this offer. Open the link in the mail again.")
    except QuotaExceededError as full:
        return str(full)
    return ""


def _accepted(request: HttpRequest, offer: Offer, form: AcceptanceForm) -> None:
    name, at = form.cleaned_data["name"], timezone.now()
    actor = Actor("OUTSIDE", None, name)
    offers.accept_offer(
        offer.pk,
        name=name,
        function=form.cleaned_data["function"],
        email=form.cleaned_data["email"],
        ticked=form.ticked,
        sha256=form.cleaned_data["sha256"],
        evidence=Evidence(address=client_address(request), client=request.headers.get("User-Agent", "")),
        credential=None,
        contact=form.contact(),
        at=at,
        actor=actor,
    )
    zone = ZoneInfo(pack_of_terms(offer.terms).zone)
    if paper := form.attached(at.astimezone(zone).date()):
        file_customer_terms(offer.pk, paper, at=at, actor=actor)

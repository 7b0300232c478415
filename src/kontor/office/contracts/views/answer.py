"""The page behind the link in an offer's mail: read it, accept it, or learn why that is not possible."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions import credentials
from kontor.kernel.actor import Actor
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions import offers
from kontor.office.contracts.forms import AcceptanceForm
from kontor.office.contracts.models import Contract, Offer, OfferState
from kontor.office.contracts.queries.formation import conclusion
from kontor.office.documents.public import AlreadySignedError, ChangedTextError, Evidence

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
def file(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Give the very bytes that an acceptance refers to."""
    try:
        tenant_id, offer_id = credentials.resolve(secret, offers.ACCEPT, timezone.now())
    except credentials.CredentialRefusedError as refused:
        raise PermissionDenied(str(refused)) from refused
    with as_tenant(tenant_id):
        blob = Offer.objects.select_related("file").get(pk=offer_id).file
        content = read(blob)
    response = FileResponse(iter([content]), content_type=blob.media_type, filename=blob.name)
    response.headers["Content-Length"] = str(len(content))
    return response


def _page(request: HttpRequest, secret: str, offer_id: uuid.UUID) -> HttpResponseBase:
    state = OfferState.objects.select_related("offer").get(offer_id=offer_id)
    offer = state.offer
    language = translation.get_language() or offer.language
    declarations = offers.declarations_of(offer)
    form = AcceptanceForm(
        request.POST or None,
        declarations=declarations,
        language=language,
        initial={"sha256": bytes(offer.sha256).hex()},
    )
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            _accept(request, offer, form)
        except offers.OfferRefusedError as error:
            refused = error.text.spoken(language)
        except (AlreadySignedError, ChangedTextError) as error:
            refused = str(error)
        else:
            form = None  # type: ignore[assignment]
        state = OfferState.objects.select_related("offer").get(offer_id=offer_id)
    context = {
        "offer": offer,
        "state": state,
        "seller": books.seller_card(offer.seller_id),
        "positions": books.positions_of(offer.quote_id),
        "form": form,
        "declarations": declarations,
        "refused": refused,
        "expired": timezone.now() >= offers.last_moment(offer),
        "formation": conclusion(state),
        "contract": Contract.objects.filter(offer=offer).first(),
        "secret": secret,
    }
    page = render(request, "contracts/answer.html", context, status=409 if refused else 200)
    page.headers["Cache-Control"] = "no-store"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


def _accept(request: HttpRequest, offer: Offer, form: AcceptanceForm) -> None:
    name = form.cleaned_data["name"]
    offers.accept_offer(
        offer.pk,
        name=name,
        function=form.cleaned_data["function"],
        email=form.cleaned_data["email"],
        ticked=form.ticked,
        sha256=bytes.fromhex(form.cleaned_data["sha256"]),
        evidence=Evidence(address=request.META.get("REMOTE_ADDR"), client=request.headers.get("User-Agent", "")),
        credential=None,
        at=timezone.now(),
        actor=Actor("OUTSIDE", None, name),
    )

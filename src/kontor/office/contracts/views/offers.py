"""Offers that were sent: where each stands, its paper, and what staff do next."""

import uuid
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.hidden_rows import refuse_hidden
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Blob
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.mail import letters_about
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.statements import FirstPage
from kontor.office.books import public as books
from kontor.office.contracts.actions import conclusion, offers
from kontor.office.contracts.models import Contract, Offer, OfferDraft, OfferState
from kontor.office.contracts.queries import formation
from kontor.office.contracts.queries.agreed import agreed
from kontor.office.contracts.queries.confirmations import (
    confirmation_text,
    customer_terms_of,
    customer_terms_ruling,
    excludes_customer_terms,
)
from kontor.office.contracts.queries.estimates import estimated
from kontor.office.contracts.queries.offers import listed_offers
from kontor.office.contracts.queries.positions import by_interval
from kontor.office.contracts.queries.terms import pack_of_terms, start_of
from kontor.office.contracts.views.badges import is_expired, offer_badge, offer_steps
from kontor.office.documents import public as documents
from kontor.rulebook import terms
from kontor.rulebook.authority import contact_clauses
from kontor.rulebook.customer_terms import UnnamedTermsError
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

SEE = "contracts.see"
_LIST = FirstPage(listed_offers, OfferState)


@requires(SEE)
@require_GET
def offer_list(request: TenantRequest) -> HttpResponseBase:
    """List what was sent, newest first."""
    today, url = timezone.localdate(request.at), addresses("contracts:offer", "offer_id")
    listing = Listing(
        request,
        _LIST,
        name="offers",
        columns=(
            Column("number", _("Offer"), url=url, slot="meta", sort="offer__number"),
            Column("customer_name", _("Customer"), url=url, slot="title", sort="offer__customer_name"),
            Column("pack", _("Terms"), value=lambda row: pack_title(row.pack, row.version), late=True),
            Column("sent_at", _("Sent"), kind="day", sort="sent_at", late=True),
            Column("valid_until", _("Valid until"), kind="day", sort="offer__valid_until", late=True),
            Column(
                "state",
                _("State"),
                kind="badge",
                value=lambda row: _badge(row, today),
                slot="state",
            ),
            Column("per_month", _("Per month"), kind="money", value=_per_month, slot="money"),
            Column("once", _("Once"), kind="money", value=_once, late=True),
        ),
        search=("offer__number", "offer__customer_name"),
        choices=(Choice("state", _("State"), _STATES, apply=_standing),),
        order="-sent_at",
    )
    if listing.wants_file:
        return listing.file()
    waiting = OfferDraft.objects.filter(sent_as=None).count()
    return render(request, "contracts/offers.html", {"listing": listing, "drafts": waiting})


@requires("contracts.offer")
@require_GET
def draft_list(request: TenantRequest) -> HttpResponseBase:
    """List what is being written."""
    drafts = OfferDraft.objects.filter(sent_as=None).select_related("party", "price_list")
    listing = Listing(
        request,
        drafts,
        name="drafts",
        columns=(
            Column("party.name", _("Customer"), url=_draft_url, slot="title", sort="party__name"),
            Column("pack", _("Terms"), value=lambda row: pack_title(row.pack, row.version), slot="meta"),
            Column("price_list.name", _("Price list"), late=True),
            Column("valid_until", _("Valid until"), kind="day", sort="valid_until"),
            Column("created_at", _("Begun"), kind="moment", sort="created_at", slot="more"),
        ),
        search=("party__name",),
        order="-created_at",
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "contracts/drafts.html", {"listing": listing})


@requires(SEE)
@require_GET
def detail(request: TenantRequest, offer_id: uuid.UUID) -> HttpResponseBase:
    """Show one offer: where it stands, what it says, who accepted it, and what is to be done."""
    state = _state(request, offer_id)
    return render(request, "contracts/offer.html", _context(request, state))


@requires(SEE)
@require_GET
def file(request: TenantRequest, offer_id: uuid.UUID) -> HttpResponseBase:
    """Give the paper as it was sent."""
    found = get_object_or_404(Offer.objects.select_related("file"), pk=offer_id)
    refuse_hidden([found.quote_id], may=request.standing.may)
    return sent_file(found.file)


@requires("contracts.offer")
@require_POST
def withdraw(request: TenantRequest, offer_id: uuid.UUID) -> HttpResponseBase:
    """Take the offer back."""
    state = _state(request, offer_id)
    try:
        offers.withdraw_offer(offer_id, at=request.at, actor=request.actor)
    except offers.OfferRefusedError as refused:
        return _refusal(request, state, refused.text)
    return redirect("contracts:offer", offer_id)


@requires("contracts.confirm")
@require_POST
def confirm(request: TenantRequest, offer_id: uuid.UUID) -> HttpResponseBase:
    """Confirm the order: the confirmation is numbered, printed and mailed."""
    state = _state(request, offer_id)
    try:
        conclusion.confirm_order(offer_id, text=request.POST.get("text"), at=request.at, actor=request.actor)
    except (offers.OfferRefusedError, UnnamedTermsError) as refused:
        return _refusal(request, state, refused.text)
    return redirect("contracts:offer", offer_id)


def sent_file(blob: Blob) -> HttpResponse:
    """Answer with a kept file, to be looked at."""
    response = HttpResponse(read(blob), content_type=blob.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{blob.name}"'
    return response


def pack_title(key: str, version: str) -> Text:
    """Return what a pack is called."""
    return terms.load(key, version).title


def _context(request: TenantRequest, state: OfferState) -> dict[str, Any]:
    offer = state.offer
    pack = pack_of_terms(offer.terms)
    contract = Contract.objects.filter(offer=offer).first()
    today = timezone.localdate(request.at)
    return {
        "offer": offer,
        "state": state,
        "badge": offer_badge(
            OfferState.State(state.state),
            concluded=contract is not None,
            opened=state.opened_at is not None,
            valid_until=offer.valid_until,
            terms=offer.terms,
            today=today,
        ),
        "meta": [pack.title, _("edition %(version)s") % {"version": offer.version}],
        "crumbs": [(_("Offers"), reverse("contracts:offers"))],
        "steps": offer_steps(state, concluded_at=contract.concluded_at if contract else None, now=request.at),
        "open": state.state == OfferState.State.SENT and not is_expired(state, request.at),
        "to_confirm": state.state == OfferState.State.ACCEPTED and formation.wants_confirmation(pack),
        "groups": by_interval(books.positions_of(offer.quote_id), currency=offer.currency),
        "terms": agreed(pack, start_on=start_of(offer.terms)),
        "formation": formation.conclusion(state),
        "signed": documents.signature_of("contracts.Offer", offer.pk),
        "letters": letters_about(offer.pk),
        "sha256": bytes(offer.sha256).hex(),
        "contract": contract,
        "may_offer": request.standing.may("contracts.offer"),
        "may_confirm": request.standing.may("contracts.confirm"),
        "estimated": estimated(pack, offer.terms.get("estimates", {})),
        "names_contact": state.accepted_at is not None and bool(contact_clauses(pack)),
        "confirmation": request.POST.get("text", confirmation_text(offer)),
        **_own_terms(offer, pack),
    }


def _own_terms(offer: Offer, pack: terms.TermsPack) -> dict[str, Any]:
    """Return what the page shows of the customer's own terms, where the pack excludes them."""
    if not excludes_customer_terms(pack):
        return {"excludes": None}
    filed = customer_terms_of(offer)
    return {"excludes": customer_terms_ruling(offer), "excluded": Badge(_("excluded")), "customer_terms": filed}


def _refusal(request: TenantRequest, state: OfferState, text: Text) -> HttpResponseBase:
    state.refresh_from_db()
    return render(request, "contracts/offer.html", _context(request, state) | {"refused": text}, status=409)


def _state(request: TenantRequest, offer_id: uuid.UUID) -> OfferState:
    found = get_object_or_404(OfferState.objects.select_related("offer"), offer_id=offer_id)
    refuse_hidden([found.offer.quote_id], may=request.standing.may)
    return found


_STATES = (
    ("open", gettext_lazy("open")),
    ("accepted", gettext_lazy("accepted")),
    ("confirmed", gettext_lazy("confirmed")),
    ("withdrawn", gettext_lazy("withdrawn")),
)


def _badge(row: Any, today: date) -> Badge:
    return offer_badge(
        OfferState.State(row.state),
        concluded=row.concluded,
        opened=row.opened_at is not None,
        valid_until=row.valid_until,
        terms=row.waiting_terms,
        today=today,
    )


def _standing(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(state="SENT" if value == "open" else value.upper())


def _draft_url(row: OfferDraft) -> str:
    return reverse("contracts:draft", args=(row.pk,))


def _per_month(row: Any) -> Money:
    return Money(row.currency, row.per_period_minor)


def _once(row: Any) -> Money:
    return Money(row.currency, row.once_minor)

"""Sending, withdrawing and accepting an offer; the contract that follows is concluded in `conclusion`."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.tenancy import current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.models import Offer, OfferDraft, OfferState
from kontor.office.contracts.queries.letters import offer_mail
from kontor.office.contracts.queries.paper import offer_paper
from kontor.office.contracts.queries.readiness import Lack, lacks, pack_of
from kontor.office.contracts.queries.terms import declarations, pack_of_terms
from kontor.office.documents import public as documents
from kontor.office.parties import public as parties
from kontor.rulebook.consumer import may_buy
from kontor.rulebook.due_place import Place
from kontor.rulebook.ruling import Text

ACCEPT = "contracts.offer_accept"
ANSWER_PAGE = "contracts:answer"
_GRACE = timedelta(days=90)  # the link tells why an expired offer cannot be accepted, rather than that it is unknown


class IncompleteOfferError(Exception):
    """The draft cannot be sent: `lacks` says what is missing, each with the clause that leaves it open."""

    def __init__(self, found: Sequence[Lack]) -> None:
        super().__init__("; ".join(lack.text.en for lack in found))
        self.lacks = list(found)


class OfferRefusedError(Exception):
    """An offer cannot be answered (any more); `text` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@transaction.atomic
def send_offer(draft_id: uuid.UUID, *, at: datetime, actor: Actor) -> Offer:
    """
    Make the draft final: priced, numbered, printed, mailed with a link that only its reader can open.

    IncompleteOfferError says what is missing.
    """
    draft = OfferDraft.objects.select_for_update().get(pk=draft_id)
    if draft.sent_as:
        raise OfferRefusedError(Text("Dieses Angebot ist schon versandt.", "This offer has been sent already."))
    if found := lacks(draft):
        raise IncompleteOfferError(found)
    offer = _offer_of(draft, at=at, actor=actor)
    draft.sent_as = offer.pk
    draft.save(update_fields=["sent_as"])
    OfferState.objects.create(offer=offer, state=OfferState.State.SENT, sent_at=at)
    secret = credentials.issue(ACCEPT, offer.pk, expires_at=last_moment(offer) + _GRACE, at=at)
    _mail(
        offer,
        address=parties.card(draft.party_id).email,
        link=absolute(ANSWER_PAGE, secret),
        language=draft.language,
        at=at,
    )
    record("contracts.offer_sent", offer, at=at, actor=actor, after={"number": offer.number})
    publish("contracts.offer_sent", {"number": offer.number}, at=at)
    return offer


@transaction.atomic
def withdraw_offer(offer_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Take an offer back that nobody has accepted; OfferRefusedError where somebody has."""
    state = OfferState.objects.select_for_update(of=("self",)).select_related("offer").get(offer_id=offer_id)
    _refuse_answered(state)
    state.state, state.withdrawn_at = OfferState.State.WITHDRAWN, at
    state.save(update_fields=["state", "withdrawn_at"])
    record("contracts.offer_withdrawn", state.offer, at=at, actor=actor)
    publish("contracts.offer_withdrawn", {"number": state.offer.number}, at=at)


@transaction.atomic
def note_opened(offer_id: uuid.UUID, *, at: datetime) -> None:
    """Note the first time that the offer's page was opened."""
    OfferState.objects.filter(offer_id=offer_id, opened_at=None).update(opened_at=at)


@transaction.atomic
def accept_offer(
    offer_id: uuid.UUID,
    *,
    name: str,
    function: str,
    email: str,
    ticked: Collection[str],
    sha256: bytes,
    evidence: documents.Evidence,
    credential: uuid.UUID | None,
    contact: Mapping[str, str] | None = None,
    at: datetime,
    actor: Actor,
) -> Offer:
    """
    Sign an offer: the very bytes shown, by name and function, with every declaration of the pack ticked.

    contact  name, function and email of whom the customer authorises to declare, where the pack wants one named

    OfferRefusedError where it is answered, expired, lacks a declaration, or its customer is a consumer to whom it
    cannot be sold; of two who sign at once one is refused.
    """
    state = OfferState.objects.select_for_update(of=("self",)).select_related("offer").get(offer_id=offer_id)
    offer: Offer = state.offer
    _refuse_answered(state)
    if at >= last_moment(offer):
        raise OfferRefusedError(
            Text(
                f"Das Angebot galt bis {offer.valid_until:%d.%m.%Y}. Bitten Sie um ein neues.",
                f"The offer was valid until {offer.valid_until.day} {offer.valid_until:%b %Y}. Please ask for another.",
            )
        )
    _refuse_consumer(offer)
    declared = declarations_of(offer)
    if lacking := [each for each in declared if each["key"] not in ticked]:
        raise OfferRefusedError(
            Text("Es fehlt die Erklärung: " + lacking[0]["de"], "This declaration is missing: " + lacking[0]["en"])
        )
    documents.sign(
        subject_kind="contracts.Offer",
        subject_id=offer.pk,
        file=offer.file,
        sha256=sha256,
        name=name,
        function=function,
        email=email,
        declarations=declared,
        evidence=evidence,
        credential=credential,
        at=at,
        actor=actor,
    )
    state.state, state.accepted_at, state.contact = OfferState.State.ACCEPTED, at, dict(contact or {})
    state.save(update_fields=["state", "accepted_at", "contact"])
    record("contracts.offer_accepted", offer, at=at, actor=actor, after={"name": name, "function": function})
    publish("contracts.offer_accepted", {"number": offer.number}, at=at)
    queue("contracts.conclude", current_tenant(), offer=str(offer.pk))
    return offer


def declarations_of(offer: Offer) -> list[dict[str, str]]:
    """Return what the customer must declare under the offer's pack: key, clause, and the sentence in both languages."""
    return declarations(pack_of_terms(offer.terms), books.positions_of(offer.quote_id))


def last_moment(offer: Offer) -> datetime:
    """Return the first moment at which the offer is void: midnight after its last day, in the seller's zone."""
    midnight = datetime.combine(offer.valid_until + timedelta(days=1), time())
    return midnight.replace(tzinfo=ZoneInfo(books.seller_card(offer.seller_id).zone))


def _offer_of(draft: OfferDraft, *, at: datetime, actor: Actor) -> Offer:
    party = parties.card(draft.party_id)
    quote = _quote_of(draft, party, at=at, actor=actor)
    return Offer.objects.create(
        quote_id=quote.id,
        party_id=draft.party_id,
        seller_id=draft.seller_id,
        customer_tenant_id=party.own_tenant,
        number=quote.number,
        customer_name=party.name,
        pack=draft.pack,
        version=draft.version,
        language=draft.language,
        terms=_terms(draft, party),
        file_id=quote.file,
        sha256=quote.sha256,
        per_period_minor=quote.per_period_minor,
        once_minor=quote.once_minor,
        currency=quote.currency,
        valid_until=draft.valid_until,
        at=at,
    )


def _quote_of(draft: OfferDraft, party: parties.Card, *, at: datetime, actor: Actor) -> books.IssuedQuote:
    lines = books.priced(
        [books.QuotedLine(item=line.item_id, quantity=line.quantity) for line in draft.lines.order_by("order")],
        language=draft.language,
    )
    seller = books.seller_card(draft.seller_id)
    issued_on = at.astimezone(ZoneInfo(seller.zone)).date()
    document = offer_paper(draft, seller=seller, party=party, lines=lines, issued_on=issued_on, pack=pack_of(draft))
    return books.issue_quote(
        seller_id=draft.seller_id,
        party_id=draft.party_id,
        customer_tenant=party.own_tenant,
        customer_name=party.name,
        lines=lines,
        issued_on=issued_on,
        valid_until=draft.valid_until,
        language=draft.language,
        document=document,
        template="office/contracts/typst/offer.typ",
        at=at,
        actor=actor,
    )


def _terms(draft: OfferDraft, party: parties.Card) -> dict[str, Any]:
    """
    Copy everything agreed: what stands here is what the contract is read by, whatever the pack becomes.

    place  the customer's seat, where it performs what it owes
    """
    return {
        "pack": draft.pack,
        "version": draft.version,
        "language": draft.language,
        "agreed": draft.agreed,
        "settings": draft.settings,
        "start_on": draft.start_on.isoformat() if draft.start_on else None,
        "sites": draft.sites,
        "notice_customer": draft.notice_customer,
        "notice_seller": draft.notice_seller,
        "annexes": draft.annexes,
        "estimates": draft.estimates,
        "place": Place(party.country, party.region).told,
    }


def _refuse_answered(state: OfferState) -> None:
    if state.state == OfferState.State.WITHDRAWN:
        raise OfferRefusedError(
            Text(
                "Das Angebot wurde zurückgezogen. Bitten Sie um ein neues.",
                "The offer was withdrawn. Please ask for a new one.",
            )
        )
    if state.state != OfferState.State.SENT:
        raise OfferRefusedError(Text("Das Angebot ist schon angenommen.", "The offer has been accepted already."))


def _refuse_consumer(offer: Offer) -> None:
    """Refuse whoever turned out to be a consumer since the offer was sent, where its terms or the law do."""
    allowed = may_buy(pack_of_terms(offer.terms), consumer=parties.card(offer.party_id).consumer)
    if not allowed.value:
        raise OfferRefusedError(allowed.working[-1])


def _mail(offer: Offer, *, address: str, link: str, language: str, at: datetime) -> None:
    letter = offer_mail(offer, link=link, language=language)
    file = offer.file
    send_mail(
        to=address,
        to_name=offer.customer_name,
        subject=letter.subject,
        text=letter.text,
        attachments=[(file.name, file.media_type, file)],
        about=offer,
        at=at,
        reply_to=books.seller_card(offer.seller_id).email,
    )

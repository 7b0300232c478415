"""
Further offers under a running contract: more computers, a licence for good, maintenance from now on, another site.

They are priced from the list of the day, printed, mailed and signed as every offer; what is accepted becomes an
amendment (`further_accepted`) and no contract of its own.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.office.books import public as books
from kontor.office.contracts.actions.licensing import LicenceRefusedError
from kontor.office.contracts.actions.offers import ACCEPT, ANSWER_PAGE, last_moment
from kontor.office.contracts.models import Contract, Offer, OfferDraft, OfferState
from kontor.office.contracts.queries.further import FURTHER, Offering
from kontor.office.contracts.queries.letters import offer_mail
from kontor.office.contracts.queries.paper import offer_paper
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.parties import public as parties
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

_GRACE: Final = timedelta(days=90)


@transaction.atomic
def offer_further(
    contract_id: uuid.UUID, offering: Offering, *, valid_until: date, at: datetime, actor: Actor
) -> Offer:
    """
    Send a further offer to a contract's customer, priced from the list of the day.

    LicenceRefusedError where nothing is offered, or it would end before today; Contract.DoesNotExist for a stranger's.
    """
    contract = Contract.objects.select_related("offer").get(pk=contract_id)
    on = at.astimezone(ZoneInfo(books.seller_card(contract.seller_id).zone)).date()
    if valid_until < on:
        raise LicenceRefusedError(
            Text("Die Bindefrist liegt in der Vergangenheit.", "The last day for acceptance lies in the past.")
        )
    lines = _lines(contract, offering)
    if not lines:
        raise LicenceRefusedError(Text("Das Angebot hat keine Position.", "The offer has no position."))
    offer = _sent(contract, offering, lines, on=on, valid_until=valid_until, at=at, actor=actor)
    OfferState.objects.create(offer=offer, state=OfferState.State.SENT, sent_at=at)
    secret = credentials.issue(ACCEPT, offer.pk, expires_at=last_moment(offer) + _GRACE, at=at)
    _mail(offer, absolute(ANSWER_PAGE, secret), at=at)
    after = {"number": offer.number, "contract": contract.number, "purpose": offering.purpose.value}
    record("contracts.offer_sent", offer, at=at, actor=actor, after=after)
    publish("contracts.offer_sent", {"number": offer.number}, at=at)
    return offer


def _lines(contract: Contract, offering: Offering) -> list[books.PricedLine]:
    quoted = [books.QuotedLine(item=item, quantity=quantity) for item, quantity in offering.items.items() if quantity]
    listed = books.priced(quoted, language=contract.terms["language"])
    currency = contract.terms["currency"]
    return [
        *listed,
        *(
            books.PricedLine(
                key=each["key"], kind="SERVICE", unit="PIECE", interval=each["interval"], module="",
                name=each["name"], quantity=Decimal(1), price=Decimal(each["price"]),
                amount=Money.rounded(Decimal(each["price"]), currency), price_list=offering.price_list,
            )
            for each in offering.extra
        ),
    ]  # fmt: skip


def _sent(
    contract: Contract, offering: Offering, lines: Sequence[books.PricedLine], *, on: date, valid_until: date,
    at: datetime, actor: Actor,
) -> Offer:  # fmt: skip
    seller, party = books.seller_card(contract.seller_id), parties.card(contract.party_id)
    draft, pack = _as_draft(contract, valid_until), pack_of_terms(contract.terms)
    quote = books.issue_quote(
        seller_id=contract.seller_id, party_id=contract.party_id, customer_tenant=contract.customer_tenant_id,
        customer_name=contract.customer_name, lines=lines, issued_on=on, valid_until=valid_until,
        language=draft.language, template="office/contracts/typst/offer.typ", at=at, actor=actor,
        document=offer_paper(draft, seller=seller, party=party, lines=lines, issued_on=on, pack=pack),
    )  # fmt: skip
    further = {"contract": str(contract.pk), "purpose": offering.purpose.value, "offer": quote.number}
    copied = ("pack", "version", "language", "agreed", "settings", "sites", "notice_customer", "notice_seller")
    terms = {name: contract.terms[name] for name in copied} | {"start_on": None, "annexes": draft.annexes}
    return Offer.objects.create(
        quote_id=quote.id, party_id=contract.party_id, seller_id=contract.seller_id,
        customer_tenant_id=contract.customer_tenant_id, number=quote.number, customer_name=contract.customer_name,
        pack=contract.pack, version=contract.version, language=draft.language,
        terms=terms | {FURTHER: further | dict(offering.told)}, file_id=quote.file, sha256=quote.sha256,
        per_period_minor=quote.per_period_minor, once_minor=quote.once_minor, currency=quote.currency,
        valid_until=valid_until, at=at,
    )  # fmt: skip


def _as_draft(contract: Contract, valid_until: date) -> OfferDraft:
    """Return what the paper reads of a draft, as the contract has it; it is never saved."""
    terms = contract.terms
    annex = Text(f"Nachtrag zum Vertrag {contract.number}", f"Amendment to contract {contract.number}")
    return OfferDraft(
        seller_id=contract.seller_id, party_id=contract.party_id, pack=contract.pack, version=contract.version,
        language=terms["language"], valid_until=valid_until, sites=terms["sites"], agreed=terms["agreed"],
        settings=terms["settings"], notice_customer=terms["notice_customer"], notice_seller=terms["notice_seller"],
        annexes=[*terms["annexes"], annex.spoken(terms["language"])],
    )  # fmt: skip


def _mail(offer: Offer, link: str, *, at: datetime) -> None:
    letter, party = offer_mail(offer, link=link, language=offer.language), parties.card(offer.party_id)
    send_mail(
        to=party.email, to_name=offer.customer_name, subject=letter.subject, text=letter.text, about=offer, at=at,
        attachments=[(offer.file.name, "application/pdf", offer.file)],
        reply_to=books.seller_card(offer.seller_id).email,
    )  # fmt: skip

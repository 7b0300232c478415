"""How a received invoice can be paid by its receiver, and what a processor may be told about the payer."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from kontor.office.books.formats.mandate_text import TITLES, mandate_hash, mandate_text
from kontor.office.books.formats.sepa_text import creditor_id
from kontor.office.books.models import Invoice, InvoiceLine, Seller
from kontor.office.parties import public as parties
from kontor.rulebook.collecting import Scheme
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: the person at the screen, and the contract's number, by which the seller knows its customer."""

    name: str
    customer_number: str


def known_items(invoice: Invoice, payer: Payer, *, method: str) -> Mapping[str, str]:
    """
    Return what is known of the items that a contract may list for a processor, by their keys; title and gender are not.

    Account, card, telephone, network address and earlier purchases are never told, whatever a list admits.
    """
    card = parties.card(invoice.party_id)
    first, _, last = payer.name.rpartition(" ")
    lines = InvoiceLine.objects.filter(invoice=invoice).count()
    return {
        "name": payer.name,
        "first_name": first or last,
        "last_name": last if first else "",
        "company": card.name,
        "address": card.street,
        "postcode": card.postcode,
        "city": card.city,
        "country": card.country,
        "customer_number": payer.customer_number,
        "email": card.email,
        "payment_type": method,
        "item_count": str(lines),
        "item_number": invoice.number,
        "goods": invoice.number,
        "amount": Money(invoice.currency, invoice.gross_minor).bare(),
    }


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay that is set up here: its key, how it is called, and what one should know first."""

    key: str
    label: Text
    hint: Text


@dataclass(frozen=True, slots=True)
class MandateForm:
    """What a mandate would say, by scheme: title, text and the hash that goes back with the signature."""

    creditor: str
    creditor_id: str
    schemes: Mapping[str, tuple[Text, Text, str]]


def mandate_form(seller_id: uuid.UUID) -> MandateForm | None:
    """Return what a mandate for this seller says; None where it has no creditor identifier."""
    seller = Seller.objects.get(pk=seller_id)
    if not seller.creditor_id:
        return None
    number = creditor_id(seller.creditor_id)
    schemes = {
        scheme.value: (
            TITLES[scheme],
            mandate_text(scheme, seller.name),
            mandate_hash(scheme, creditor=seller.name, creditor_id=number).hex(),
        )
        for scheme in Scheme
    }
    return MandateForm(seller.name, number, schemes)

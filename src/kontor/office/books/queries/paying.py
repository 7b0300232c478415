"""How a received invoice can be paid by its receiver, and what a processor may be told about the payer."""

from collections.abc import Mapping
from dataclasses import dataclass

from kontor.kernel.models import Tenant
from kontor.office.books.models import Invoice, InvoiceLine
from kontor.office.parties import public as parties
from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: the person at the screen, and the contract's number, by which the seller knows its customer."""

    name: str
    customer_number: str


def from_house(invoice: Invoice) -> bool:
    """Tell whether an invoice is the house's: only its accounts at processors are set up here."""
    return Tenant.objects.filter(pk=invoice.tenant_id, is_house=True).exists()


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

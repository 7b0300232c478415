"""A creditor that may collect, mandates given to it, and the way to a direct debit, by the books' own actions."""

from datetime import UTC, datetime
from typing import Any

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.actions.announcing import announce_with_invoices
from kontor.office.books.actions.mandates import Signing, sign_mandate
from kontor.office.books.actions.prices import change_seller
from kontor.office.books.formats.mandate_text import mandate_hash
from kontor.office.books.models import Announcement, Invoice, Mandate
from kontor.office.documents.public import Evidence
from kontor.office.parties.models import Party
from kontor.rulebook.collecting import Scheme
from tests.factories import AT, House, make_house
from tests.office.books.invoicing import PAYER, issue, order

CREDITOR_ID = "DE98ZZZ09999999999"


def collecting_house() -> House:
    """A house whose seller has a creditor identifier."""
    house = make_house()
    with as_tenant(house.tenant.pk):
        change_seller(house.seller.pk, at=AT, actor=house.actor, creditor_id=CREDITOR_ID)
    house.seller.creditor_id = CREDITOR_ID
    return house


def signing(house: House, **given: Any) -> Signing:
    scheme = given.pop("scheme", Scheme.CORE)
    return Signing(
        **{
            "scheme": scheme,
            "holder": "Müller & Söhne",
            "iban": PAYER,
            "signer": "Jonas Alder",
            "email": "jonas@alder.example",
            "sha256": mandate_hash(scheme, creditor=house.seller.name, creditor_id=CREDITOR_ID),
            "ticked": True,
            "evidence": Evidence(address="192.0.2.7", client="Firefox"),
            **given,
        }
    )


def mandate(house: House, party: Party, *, at: datetime = AT, **given: Any) -> Mandate:
    with as_tenant(house.tenant.pk):
        return sign_mandate(
            signing(house, **given),
            seller=house.seller.pk,
            party=party.pk,
            customer_tenant=party.own_tenant_id,
            at=at,
            actor=house.actor,
        )


def announced(house: House, party: Party, *nets: str) -> list[Announcement]:
    """Invoices of 1 December that announce their debits as if sent that day, without printing them."""
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    rows = issue(house, *(order(house, party, net=net) for net in nets), at=at)
    with as_tenant(house.tenant.pk):
        known = {each.pk: each for each in Invoice.objects.select_related("seller")}
        return announce_with_invoices([known[row.pk] for row in rows], at=at)

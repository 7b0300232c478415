"""The contracts under which the house processes personal data for its customers, as privacy is told them."""

from collections.abc import Iterator
from datetime import date

from kontor.kernel.personal_data import DataContract
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.supplied import Supplied, supplied_in
from kontor.office.parties import public as parties


def data_contracts(on: date) -> Iterator[DataContract]:
    """Yield every contract of the current tenant that runs on a day, by its number, in a fixed number of queries."""
    running = [each for each in supplied_in(on.replace(day=1)) if each.last is None or each.last >= on]
    rows = {each.pk: each for each in Contract.objects.filter(pk__in=[one.id for one in running])}
    cards = parties.cards({row.party_id for row in rows.values()})
    sellers = books.seller_cards({row.seller_id for row in rows.values()})
    for each in running:
        row = rows[each.id]
        yield _told(each, cards[row.party_id], sellers[row.seller_id], row.signature)


def _told(found: Supplied, card: parties.Card, seller: books.SellerCard, signature: dict[str, str]) -> DataContract:
    place = ", ".join(part for part in (card.street, f"{card.postcode} {card.city}".strip(), card.country) if part)
    ours = ", ".join(
        part for part in (seller.street, f"{seller.postcode} {seller.city}".strip(), seller.country) if part
    )
    return DataContract(
        id=found.id, number=found.number, customer=found.customer, customer_tenant=found.customer_tenant,
        address=place if card.street and card.city else "", contact=str(signature.get("name", "")),
        email=found.notices_to or card.email, pack=found.pack, first=found.first, last=found.last,
        provider={"name": seller.name, "address": ours, "contact": seller.contact_name, "email": seller.email},
    )  # fmt: skip

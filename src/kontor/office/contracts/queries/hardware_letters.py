"""The mails about hardware, in the customer's or the seller's language."""

from kontor.office.contracts.models import Contract, HardwareCase, HardwareDelivery
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.paper import day

_PLANNED = {
    "de": (
        "Liefertermin zum Vertrag {contract}",
        "Guten Tag,\n\ndie Hardware zum Vertrag {contract} liefern wir am {planned}. Versand, Verpackung und "
        "Transportversicherung tragen wir, soweit nichts anderes vereinbart ist.\n",
    ),
    "en": (
        "Delivery date for contract {contract}",
        "Hello,\n\nwe deliver the hardware of contract {contract} on {planned}. We bear freight, packing and transport "
        "insurance unless otherwise agreed.\n",
    ),
}
_SENT = {
    "de": (
        "Hardware zum Vertrag {contract} ist unterwegs",
        "Guten Tag,\n\nwir haben die Hardware am {carrier_on} an {carrier} übergeben{tracking}. Bitte untersuchen Sie "
        "sie nach Erhalt und melden Sie Mängel unverzüglich.\n\nMängelrechte bestehen bis {until}.\n",
    ),
    "en": (
        "Hardware of contract {contract} is on its way",
        "Hello,\n\nwe handed the hardware to {carrier} on {carrier_on}{tracking}. Please inspect it on receipt and "
        "report defects without delay.\n\nClaims for defects can be made until {until}.\n",
    ),
}
_REPORTED = {
    "de": (
        "Meldung zu {item}, Vertrag {contract}",
        "Guten Tag,\n\n{by} meldet zu {item} ({serial}): {kind}.\n\n{told}\n",
    ),
    "en": ("Report on {item}, contract {contract}", "Hello,\n\n{by} reports on {item} ({serial}): {kind}.\n\n{told}\n"),
}


def planned_mail(delivery: HardwareDelivery, contract: Contract) -> Letter:
    """Return the mail that tells the delivery date."""
    language = contract.terms["language"]
    return _letter(_PLANNED[language], contract, planned=day(delivery.planned_on, language))


def sent_mail(delivery: HardwareDelivery, contract: Contract) -> Letter:
    """Return the mail that names the carrier, the duty to inspect and the last day for claims."""
    language = contract.terms["language"]
    assert delivery.carrier_on is not None, "told with the hand-over to the carrier"
    assert delivery.warranty_until is not None, "set with the hand-over to the carrier"
    return _letter(
        _SENT[language], contract, carrier=delivery.carrier, carrier_on=day(delivery.carrier_on, language),
        tracking=f" ({delivery.tracking})" if delivery.tracking else "", until=day(delivery.warranty_until, language),
    )  # fmt: skip


def reported_mail(case: HardwareCase, contract: Contract, *, kind: str, language: str) -> Letter:
    """Return the mail that alerts the seller of a defect or an event."""
    item = case.item
    return _letter(
        _REPORTED[language], contract, item=item.name, serial=item.serial, by=case.told_by, told=case.told, kind=kind
    )


def _letter(words: tuple[str, str], contract: Contract, **told: str) -> Letter:
    given = {"contract": contract.number, **told}
    return Letter(words[0].format(**given), words[1].format(**given))

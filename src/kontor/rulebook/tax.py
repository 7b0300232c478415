"""
VAT: which category a supply has, and what may stand on one invoice.

The law comes in as values (rates with their days of validity, sections per category); here is only the decision.
It holds for a business that sells to businesses: services are taxed where the buyer is established (Directive
2006/112/EC, Art. 44), goods where they are dispatched from.

>>> from kontor.rulebook.vat_rates import VatRate
>>> section = Clause("law-de", "UStG § 12 (1)")
>>> germany = VatLaw(
...     country="DE",
...     rates=(VatRate("standard", Decimal(19), date(2007, 1, 1), None, section),),
...     grounds={VatCategory.REVERSE_CHARGE: (Clause("law-de", "UStG § 3a (2)"),)},
... )
>>> sold = Supply(kind=SupplyKind.SERVICE, seller_vat_id="DE123456789", buyer_country="DE", on=date(2026, 3, 1))
>>> vat_treatment(sold, law=germany).value
VatTreatment(category=<VatCategory.STANDARD: 'S'>, percent=Decimal('19'), reason_code=None, reason=None)
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.union import in_union, vat_country, vat_number
from kontor.rulebook.vat_rates import VatCategory, VatLaw, rate_on
from kontor.rulebook.wording import said


class SupplyKind(StrEnum):
    """Whether something is done or handed over."""

    SERVICE = "service"
    GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Exemption:
    """A supply that the seller's law exempts: the section and the sentence the invoice must print."""

    clause: Clause
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """
    What the category depends on.

    buyer_country  where the buyer is established (service) or the goods go (goods)
    on             the day of supply
    rate           key of the rate that would apply at home
    exempt         set where the seller's law exempts this supply at home
    """

    kind: SupplyKind
    seller_vat_id: str | None
    buyer_country: str
    buyer_vat_id: str | None = None
    on: date
    rate: str = "standard"
    exempt: Exemption | None = None


@dataclass(frozen=True, slots=True)
class VatTreatment:
    """
    How a line is taxed.

    percent      the rate; 0 where the buyer owes the tax or none is due; None outside the scope (O has no rate)
    reason_code  VATEX code (BT-121), None for S and Z
    reason       what the invoice must say (BT-120)
    """

    category: VatCategory
    percent: Decimal | None
    reason_code: str | None = None
    reason: Text | None = None


class MixedVatError(RefusalError):
    """Supplies outside the scope of VAT stand beside others on one invoice (BR-O-11 to BR-O-14)."""


_FRENCH_REVERSE_CHARGE: Final = Text(
    "Steuerschuldnerschaft des Leistungsempfängers (Autoliquidation)", "Reverse charge (autoliquidation)"
)
_REASONS: Final = {
    VatCategory.REVERSE_CHARGE: (
        "VATEX-EU-AE",
        Text("Steuerschuldnerschaft des Leistungsempfängers", "Reverse charge"),
    ),
    VatCategory.INTRA_COMMUNITY: (
        "VATEX-EU-IC",
        Text("Steuerfreie innergemeinschaftliche Lieferung", "Exempt intra-Community supply"),
    ),
    VatCategory.EXPORT: ("VATEX-EU-G", Text("Steuerfreie Ausfuhrlieferung", "Exempt export of goods")),
    VatCategory.OUTSIDE: ("VATEX-EU-O", Text("Nicht steuerbare Leistung", "Outside the scope of VAT")),
}


def vat_treatment(supply: Supply, *, law: VatLaw) -> Ruling[VatTreatment]:
    """
    Decide category, rate and reason of a supply to a business by a seller under `law`.

    At home: the rate of the day of supply (S, Z where it is nought), or the exemption given (E). Elsewhere in the
    Union: reverse charge for services (AE), exempt for goods (K); both VAT numbers are needed. Outside it: services
    are outside the scope (O), goods are exported (G). RefusalError names what is missing.
    """
    home, buyer = vat_country(law.country), vat_country(supply.buyer_country)
    inputs = (
        ("seller_country", law.country),
        ("buyer_country", supply.buyer_country),
        ("buyer_vat_id", supply.buyer_vat_id or ""),
        ("supplied", supply.on.isoformat()),
        ("kind", supply.kind.value),
    )
    if not in_union(home, supply.on):
        raise RefusalError(
            said(
                "Für Verkäufer in {country} ist kein Umsatzsteuerrecht hinterlegt.",
                "No VAT law is known here for sellers in {country}.",
                country=law.country,
            )
        )
    if buyer == home:
        ruling = _at_home(supply, law)
    elif in_union(buyer, supply.on):
        ruling = _within_union(supply, law)
    else:
        ruling = _beyond_union(supply, law)
    return replace(ruling, inputs=tuple(dict.fromkeys((*inputs, *ruling.inputs))))


def refuse_mixture(categories: Iterable[VatCategory]) -> None:
    """Raise MixedVatError where supplies outside the scope would share an invoice with any other (BR-O-11)."""
    present = dict.fromkeys(categories)
    if VatCategory.OUTSIDE in present and len(present) > 1:
        others = ", ".join(sorted(category.value for category in present if category is not VatCategory.OUTSIDE))
        raise MixedVatError(
            said(
                "Nicht steuerbare Leistungen (O) dürfen nicht mit anderen ({others}) auf einer Rechnung stehen.",
                "Supplies outside the scope (O) cannot share an invoice with others ({others}).",
                others=others,
            )
        )


def apart(categories: Iterable[VatCategory]) -> tuple[tuple[int, ...], ...]:
    """
    Say which lines go on which invoice: the places of lines within the scope, then of those outside it.

    >>> apart([VatCategory.OUTSIDE, VatCategory.STANDARD, VatCategory.OUTSIDE])
    ((1,), (0, 2))
    """
    within: list[int] = []
    outside: list[int] = []
    for place, category in enumerate(categories):
        (outside if category is VatCategory.OUTSIDE else within).append(place)
    return tuple(tuple(group) for group in (within, outside) if group)


def _at_home(supply: Supply, law: VatLaw) -> Ruling[VatTreatment]:
    if supply.exempt is not None:
        treatment = VatTreatment(VatCategory.EXEMPT, Decimal(0), None, supply.exempt.reason)
        return Ruling(treatment, (supply.exempt.clause,), (), (supply.exempt.reason,))
    rate = rate_on(law, supply.rate, supply.on)
    category = VatCategory.STANDARD if rate.value else VatCategory.ZERO
    step = said(
        "Verkäufer und Käufer sitzen in {country}; es gilt der Satz des Landes.",
        "Seller and buyer are in {country}; the country's rate applies.",
        country=law.country,
    )
    treatment = VatTreatment(category, rate.value)
    return rate.map(lambda _: treatment).because(clauses=law.grounds.get(category, ()), working=(step,))


def _within_union(supply: Supply, law: VatLaw) -> Ruling[VatTreatment]:
    for name, given in (
        (Text("Käufers", "buyer"), supply.buyer_vat_id),
        (Text("Verkäufers", "seller"), supply.seller_vat_id),
    ):
        if not given:
            raise RefusalError(
                said(
                    "Für eine Rechnung ohne Umsatzsteuer nach {country} fehlt die Umsatzsteuer-"
                    "Identifikationsnummer des {name}.",
                    "An invoice without VAT to {country} needs the VAT identification number of the {name}.",
                    country=supply.buyer_country,
                    name=name,
                )
            )
    vat_number(supply.buyer_vat_id or "", country=supply.buyer_country)
    vat_number(supply.seller_vat_id or "", country=law.country)
    if supply.kind is SupplyKind.GOODS:
        step = Text(
            "Die Ware geht an ein Unternehmen in einem anderen Mitgliedstaat und ist hier steuerfrei.",
            "The goods go to a business in another member state and are exempt here.",
        )
        return _untaxed(VatCategory.INTRA_COMMUNITY, law, step)
    step = Text(
        "Die Leistung wird am Sitz des Käufers in einem anderen Mitgliedstaat erbracht; er schuldet die Steuer.",
        "The service is supplied where the buyer is established in another member state; the buyer owes the tax.",
    )
    return _untaxed(VatCategory.REVERSE_CHARGE, law, step)


def _beyond_union(supply: Supply, law: VatLaw) -> Ruling[VatTreatment]:
    if supply.kind is SupplyKind.GOODS:
        step = Text("Die Ware verlässt die Union.", "The goods leave the Union.")
        return _untaxed(VatCategory.EXPORT, law, step)
    step = Text(
        "Die Leistung wird am Sitz des Käufers außerhalb der Union erbracht und ist hier nicht steuerbar.",
        "The service is supplied where the buyer is established outside the Union and is not taxable here.",
    )
    return _untaxed(VatCategory.OUTSIDE, law, step)


def _untaxed(category: VatCategory, law: VatLaw, step: Text) -> Ruling[VatTreatment]:
    code, reason = _REASONS[category]
    if category is VatCategory.REVERSE_CHARGE and law.country == "FR":
        reason = _FRENCH_REVERSE_CHARGE
    percent = None if category is VatCategory.OUTSIDE else Decimal(0)
    return Ruling(VatTreatment(category, percent, code, reason), law.grounds.get(category, ()), (), (step,))

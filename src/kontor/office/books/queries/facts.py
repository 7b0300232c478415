"""Frozen facts that other apps are given about sellers, quotes and prices."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True)
class SellerCard:
    """A seller as it stands today."""

    id: uuid.UUID
    name: str
    street: str
    postcode: str
    city: str
    country: str
    vat_id: str
    tax_number: str
    registration: str
    legal_note: str
    email: str
    phone: str
    contact_name: str
    bank: str
    iban: str
    bic: str
    zone: str
    language: str
    currency: str


@dataclass(frozen=True, slots=True)
class IssuedQuote:
    """A quote as other apps know it; `file` is its PDF's blob."""

    id: uuid.UUID
    number: str
    file: uuid.UUID
    sha256: bytes
    per_period_minor: int
    once_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class QuotedPosition:
    """A position of an issued quote."""

    key: str
    kind: str
    unit: str
    interval: str
    module: str
    name: str
    quantity: Decimal
    price: Decimal
    amount: Money


@dataclass(frozen=True, slots=True)
class ConfirmedOrder:
    """An order confirmation; `file` is its PDF's blob."""

    id: uuid.UUID
    number: str
    issued_on: date
    file: uuid.UUID
    file_name: str


@dataclass(frozen=True, slots=True)
class MadePriceList:
    """A price list and its items by key."""

    id: uuid.UUID
    items: Mapping[str, uuid.UUID]

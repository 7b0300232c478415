"""A bank's account statement, proved, and the transactions on it."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True)
class Transaction:
    """
    One movement of money, as small as the bank tells it.

    position         1, 2, … through the statement, a batch counting each of its transactions
    key              the same for the same transaction in the same statement, whenever it is read again; never shared
    amount           signed: positive came in
    counterparty     who paid or was paid; for money that comes back, the customer whose payment it was
    end_to_end       the payer's own reference, "" where the bank says NOTPROVIDED
    remittance       the free text, its lines joined
    references       structured references: creditor reference first, then the documents named
    returned_reason  ISO code (AC04, AM04, MD06, …) where this takes an earlier payment back, else ""
    batch            part of an entry with several transactions
    first            position of the first transaction of the same entry
    group            payment information of the collection that the entry books, "" where the bank does not say
    charges          what the bank took for it in minor units, where it says so beside the amount
    """

    position: int
    key: str
    amount: Money
    booked_on: date
    value_on: date
    counterparty: str = ""
    iban: str = ""
    end_to_end: str = ""
    mandate: str = ""
    remittance: str = ""
    references: tuple[str, ...] = ()
    bank_reference: str = ""
    returned_reason: str = ""
    reversal: bool = False
    batch: bool = False
    first: int = 0
    group: str = ""
    charges: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """
    An account statement whose opening balance and entries give its closing balance.

    account  the IBAN, or the account's own number where it has none
    key      the same whenever the same statement is read again, even from another file
    """

    identification: str
    account: str
    opening: Money
    closing: Money
    opened_on: date
    closed_on: date
    key: str
    transactions: tuple[Transaction, ...]

    @property
    def currency(self) -> str:
        return self.opening.currency


def statement_key(account: str, identification: str, *, first: date, last: date) -> str:
    """Return what tells a statement from all others; the days are in it because banks begin to count anew each year."""
    return hashed(account, identification, first.isoformat(), last.isoformat())


def hashed(*parts: str) -> str:
    """Return 64 hexadecimal signs over the parts; no two lists of parts share them."""
    return sha256("\x1f".join(parts).encode()).hexdigest()

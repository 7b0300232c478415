"""What two sides agreed and what happened afterwards: the facts, in the order of their days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

LATE_ENOUGH = 60  # days, for a dispute or instalments
INSTALMENTS, APART = 3, 10


@dataclass(frozen=True)
class Item:
    """Something on the price list: `price` for one, `per` month, quarter, year or once."""

    key: str
    per: str
    price: Fraction


@dataclass(frozen=True)
class PriceList:
    """The prices that are official from a day on."""

    first: date
    items: Mapping[str, Item]


@dataclass(frozen=True)
class Wish:
    """
    Something that happens on a day.

    what   "more": `count` of `item` ordered and confirmed; "fewer": a written notice of that received
           "interval": another billing interval (`item`) chosen; "notice": sent on `sent`, received on `on`
           "cause": ended for cause with that day by the provider (`count` 1: the customer is to blame)
           "arrears": ended with that day since `due` was missed, after a threat received on `sent`
           "delay": a payment due on `due` is still missing; "force": an event told on `sent` still lasts
           "list": the official list is announced to whom it concerns; "index": prices by the index are
           "work": so many minutes (`count`) of work of the kind `item` beside what the contract includes
           "goodwill": so many cents (`count`) given back on the first line of the newest invoice
           "device": one is delivered; "defect": the latest one had one since `sent`, its price goes back ("rescission")
           or `count` cents of it; "terms": a change of the kind `item` is announced and received, naming the day `sent`
           "reply": the customer's answer to it, or its silence
           "reduction": the fee of `item` reduced by so many cents for a month that begins on `sent`
    """

    on: date
    what: str
    item: str = ""
    count: int = 0
    sent: date | None = None
    due: date | None = None


@dataclass(frozen=True)
class Use:
    """What was metered on a day: mailings sent, bytes that lie in store from then on, or one visitor by name."""

    on: date
    meter: str
    quantity: int
    subject: str = ""


@dataclass(frozen=True)
class Back:
    """
    A direct debit that brings nothing: the bank refuses it on its day, or it comes back so many `days` after.

    fee    what the bank takes for a returned one, in cents
    later  how many days after its return, or after the last day for payment, the invoice is paid by a transfer
    dead   whether the bank says that the account is closed, so that the mandate is of no use any more
    """

    days: int
    fee: int
    later: int
    dead: bool = False


@dataclass(frozen=True)
class Deal:
    """
    A contract as it was concluded.

    formed      the day it came into being; `named` the day the offer names for its start, None where it names none
    confirmed   the day of the order confirmation, where the pack knows one
    terms       what the pack says and what the offer agreed: initial, renewal, notice, interval, issued, lead, due,
                due_from ("issue" or "receipt"), to ("term_end" or "any_time"), dates
    bought      item -> how many
    receipts    how many days after its issue each invoice is received, in turn
    lateness    how many days after its due day each invoice is paid, in turn; 0 or less: in time
    parted      whether half of a late invoice comes in half of that time
    troubles    what else becomes of each invoice that is late by sixty days or more, in turn: "dispute", contested for
                the second third of that time; "plan", agreed after a third of it: three instalments ten days apart, and
                the rest in the end; "broken", a plan of which the first alone is paid; "" nothing
    mandate     whether the customer has given a direct debit mandate
    debited     whether debits are presented to the bank under it; else the customer pays before they are
    back        what becomes of each debit, in turn; None: the money comes
    uses        what was metered, by day
    """

    pack: str
    number: int
    formed: date
    confirmed: date
    named: date | None
    terms: Mapping[str, str]
    bought: Mapping[str, int]
    lists: tuple[PriceList, ...]
    country: str
    dates: tuple[date, ...] = ()
    wishes: tuple[Wish, ...] = ()
    receipts: tuple[int, ...] = (0,)
    lateness: tuple[int, ...] = (0,)
    parted: bool = False
    troubles: tuple[str, ...] = ("",)
    mandate: bool = False
    debited: bool = False
    back: tuple[Back | None, ...] = (None,)
    uses: tuple[Use, ...] = ()

    def trouble(self, number: int, lateness: int) -> str:
        """Return what else becomes of an invoice, by its place and by how many days it is paid late."""
        return self.troubles[number % len(self.troubles)] if lateness >= LATE_ENOUGH else ""

    def listed(self, item: str, on: date) -> Item:
        """Return what an item costs officially on a day."""
        return next(each for each in reversed(self.lists) if each.first <= on).items[item]

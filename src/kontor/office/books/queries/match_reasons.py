"""Why a payment fits an invoice, or does not: said in a sentence each, weighed by a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Reason:
    """
    One sign for or against.

    fits    "yes", "nearly" or "no"
    weight  how much it moves a proposal up or down
    """

    fits: Literal["yes", "nearly", "no"]
    text: Text
    weight: int


def reasons(
    *,
    money: Money,
    owed: Money,
    full: Sequence[str],
    short: Sequence[str],
    several: bool,
    account: Literal["ours", "another", "new"],
    same_name: bool,
) -> tuple[Reason, ...]:
    """
    Return what speaks for and against, in the order amount, text, account, name.

    owed         what the invoices have open together
    full, short  the numbers the payer wrote, whole or by their figures
    account      whether the account is this customer's, another's, or was never seen
    """
    found = [_amount(money, owed, several=several), _text(full, short, several=several), _account(account)]
    if same_name:
        found.append(Reason("yes", Text("Name: derselbe", "Name: the same"), 2))
    return tuple(found)


def _amount(money: Money, owed: Money, *, several: bool) -> Reason:
    if money == owed:
        exact = Text("Betrag: genau die Summe", "Amount: exactly the sum")
        return Reason(
            "yes", exact if several else Text("Betrag: genau, was offen ist", "Amount: exactly what is open"), 4
        )
    gap = abs(money - owed).text
    if money < owed:
        less = Text(f"Betrag: {gap.de} weniger als offen", f"Amount: {gap.en} less than is open")
        return Reason("nearly", less, 0)
    more = Text(f"Betrag: {gap.de} mehr als offen", f"Amount: {gap.en} more than is open")
    return Reason("nearly", more, 0)


def _text(full: Sequence[str], short: Sequence[str], *, several: bool) -> Reason:
    if not full and not short:
        them = "them" if several else "it"
        return Reason("no", Text("Verwendungszweck: nennt sie nicht", f"Reference: does not name {them}"), 0)
    names = ", ".join([*full, *short])
    said = Text(f"Verwendungszweck: nennt {names}", f"Reference: names {names}")
    if not short:
        return Reason("yes", said, 8)
    only = Text(f"{said.de}, nur mit der Ziffer", f"{said.en}, by its figures only")
    return Reason("nearly", only, 5)


def _account(account: Literal["ours", "another", "new"]) -> Reason:
    if account == "ours":
        return Reason("yes", Text("IBAN: von diesem Kunden bekannt", "IBAN: known to be this customer's"), 3)
    if account == "another":
        return Reason("no", Text("IBAN: gehört zu einem anderen Kunden", "IBAN: belongs to another customer"), -3)
    return Reason("nearly", Text("IBAN: noch nie gesehen", "IBAN: never seen before"), 0)

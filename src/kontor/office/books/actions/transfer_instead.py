"""Invoices that named a debit which no mandate allows any more: the customer is asked to transfer instead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actor import MACHINE
from kontor.office.books.models import Invoice
from kontor.office.parties import public as parties
from kontor.rulebook.money import Money

_MAIL: Final = {
    "de": (
        "{number}: Bitte überweisen",
        "Guten Tag,\n\n{number} nennt einen Einzug per SEPA-Lastschrift. Das Mandat {mandate} gilt an diesem Tag nicht "
        "mehr; wir buchen deshalb nichts ab.\n\nBitte überweisen Sie {amount}:\n\nEmpfänger: {name}\nIBAN: {iban}\n"
        "Verwendungszweck: {number}\n\nEin neues Mandat können Sie in Ihrem Konto erteilen.\n",
    ),
    "en": (
        "{number}: please transfer",
        "Hello,\n\n{number} names a SEPA direct debit. Mandate {mandate} is no longer in force on that day, so that we "
        "collect nothing.\n\nPlease transfer {amount}:\n\nPayee: {name}\nIBAN: {iban}\nReference: {number}\n\n"
        "You can give a new mandate in your account.\n",
    ),
}


def ask_for_transfer(rows: Sequence[Invoice], *, at: datetime) -> None:
    """Ask the customers of these direct-debit invoices to transfer what is due, each address once, and record it."""
    if not rows:
        return
    send_mails([mail for row in rows for mail in _mails(row)], at=at)
    record_many(
        Deed(verb="books.transfer_asked", thing=row, at=at, actor=MACHINE, after={"amount_minor": row.gross_minor})
        for row in rows
    )


def _mails(row: Invoice) -> list[NewMail]:
    told = {
        "number": row.number,
        "mandate": row.mandate.reference if row.mandate else "",
        "amount": Money(row.currency, row.gross_minor).spoken(row.language),
        "name": row.seller.name,
        "iban": row.seller.iban,
    }
    subject, text = (part.format(**told) for part in _MAIL[row.language])
    named = parties.invoice_addresses([row.party_id])[row.party_id]
    return [
        NewMail(to=to, to_name=row.customer_name, subject=subject, text=text, about=row, reply_to=row.seller.email)
        for to in named or filter(None, [parties.card(row.party_id).email])
    ]

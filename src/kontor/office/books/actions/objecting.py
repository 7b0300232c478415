"""Objections to the use of payment data: what nobody owes ends at once, what is owed is still paid (bookkeeping 11)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.timezone import localdate

from kontor.kernel.actor import Actor
from kontor.kernel.objecting import Objected
from kontor.kernel.wording import digits
from kontor.office.books.actions.mandates import revoke_mandate
from kontor.office.books.models import InvoiceBalance, MandateStanding
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said

BECAUSE = Text("Widerspruch der betroffenen Person", "objection of the person concerned")


def stop_payment_uses(_processing: str, emails: Sequence[str], *, at: datetime, actor: Actor) -> Objected:
    """
    End the mandates of whoever has these addresses and owes nothing; list what is open, and why that goes on.

    What is open is paid as the contract says (GDPR Art. 6 (1) (b)); its mandate stays until then.
    """
    balances = InvoiceBalance.objects.filter(_of("invoice__party__email", emails), open_minor__gt=0, cancelled_at=None)
    rows = list(balances.select_related("invoice").order_by("invoice__number"))
    owing = {row.invoice.party_id for row in rows}
    stopped, continued = [], [_open(row) for row in rows]
    standings = MandateStanding.objects.filter(_of("mandate__party__email", emails), revoked_on=None)
    for standing in standings.select_related("mandate").order_by("mandate__reference"):
        name = standing.mandate.reference
        if standing.mandate.party_id in owing:
            continued.append(
                said(
                    "Mandat {name}: bis das Offene bezahlt ist (Art. 6 Abs. 1 b DSGVO)",
                    "Mandate {name}: until what is open is paid (GDPR Art. 6 (1) (b))",
                    name=name,
                )
            )
        else:
            revoke_mandate(standing.mandate_id, by=BECAUSE.de, on=localdate(at), at=at, actor=actor)
            stopped.append(said("Mandat {name} ist widerrufen", "Mandate {name} is revoked", name=name))
    return Objected(tuple(stopped), tuple(continued))


def _open(row: InvoiceBalance) -> Text:
    currency = row.invoice.currency
    amount = Decimal(row.open_minor).scaleb(-digits(currency))
    due = day(row.due_on) if row.due_on else Text("—", "—")
    return said(
        "Rechnung {number}: {amount} {currency} offen, fällig am {due}; gehört zur Erfüllung des Vertrags "
        "(Art. 6 Abs. 1 b DSGVO)",
        "Invoice {number}: {amount} {currency} open, due on {due}; needed to carry out the contract "
        "(GDPR Art. 6 (1) (b))",
        number=row.invoice.number,
        amount=Text(f"{amount}".replace(".", ","), f"{amount}"),
        currency=currency,
        due=due,
    )


def _of(column: str, emails: Sequence[str]) -> Q:
    return reduce(or_, (Q(**{f"{column}__iexact": each}) for each in emails))

"""Notices that a customer gives on the platform, and those of colleagues that somebody authorised confirms."""

from datetime import date, datetime

from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.noticing import NewNotice, confirm_notice, give_notice
from kontor.office.contracts.models import Contract, ContractNotice
from kontor.office.contracts.queries.contacts import contract_day, may_declare
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.notice import Given
from kontor.rulebook.ending.told import Side
from kontor.rulebook.ruling import Text


def customer_notice(
    row: Contract, *, wished: date | None, given_by: str, email: str = "", at: datetime, actor: Actor
) -> ContractNotice:
    """
    Take a customer's notice given signed in on the platform: it is sent and received at this moment.

    email  of the person who gives it, "" for a key of the API, which is nobody whom the customer has named
    """
    today = contract_day(row, at)
    given = Given(Means.PLATFORM, sent=today, received=today, wished=wished)
    notice = NewNotice(given=given, side=Side.CUSTOMER, given_by=given_by, authorised=may_declare(row, email, on=today))
    return give_notice(row, notice, at=at, actor=actor)


def customer_confirms(row: ContractNotice, *, email: str, at: datetime, actor: Actor) -> ContractNotice:
    """Confirm a colleague's notice on the platform; EndingRefusedError for somebody who may not declare either."""
    today = contract_day(row.contract, at)
    if not may_declare(row.contract, email, on=today):
        raise EndingRefusedError(
            Text(
                "Bestätigen kann nur, wer für den Kunden Erklärungen abgibt.",
                "Only somebody who makes declarations for the customer may confirm it.",
            )
        )
    return confirm_notice(row.pk, on=today, proof=None, at=at, actor=actor)

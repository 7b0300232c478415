"""
From a mail to the request it belongs to; another customer's number never joins.

A mail is an answer to a request when it answers a mail of ours about it, or carries its number in the subject, and only
where its sender belongs to that request. Anything else is a request of its own.
"""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kontor.kernel.actor import Actor
from kontor.kernel.models import OutgoingMail
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.answering import hear_customer
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.models import Ticket
from kontor.office.desk.queries.belonging import party_of_address
from kontor.office.desk.queries.numbering import number_in
from kontor.office.messages.public import Inbound
from kontor.rulebook.ruling import Text

_COPIES: Final = 20  # who else is looked at; a mail to hundreds makes us write to no hundreds
_NO_SUBJECT: Final = {"de": "Ohne Betreff", "en": "Without subject"}


@dataclass(frozen=True, slots=True)
class Come:
    """
    A mail that a person wrote, as it came.

    ours      addresses under which we write; received  when it reached us
    lacks     said in the request where only the mail's beginning was taken in
    greeted   whether its sender gets a receipt
    """

    mail: Inbound
    ours: Collection[str]
    received: datetime
    lacks: Text | None = None
    greeted: bool = True


def file_mail(come: Come, *, at: datetime, actor: Actor) -> tuple[bool, Ticket]:
    """Add a mail to the request it belongs to, or open one; return whether it is a new one, and the request."""
    asked = _asked(come)
    if ticket := request_of(come.mail, asked.contract, at=at):
        told = replace(asked, contract=_running(ticket.contract_id, at), party=ticket.party_id)
        heard = hear_customer(ticket, told, at=at, actor=actor)
        return heard.pk != ticket.pk, heard
    return True, open_ticket(replace(asked, contract=_running(asked.contract, at)), at=at, actor=actor)


def language_of(sender: str, at: datetime) -> str:
    """Return in which language somebody is answered: their contract's."""
    return contracts.contract_of_sender(sender, party_of_address(sender, at=at))[1]


def _asked(come: Come) -> Asked:
    mail = come.mail
    party = party_of_address(mail.sender, at=come.received)
    contract, language = contracts.contract_of_sender(mail.sender, party)
    text = mail.text or mail.subject or "…"
    return Asked(
        subject=mail.subject or _NO_SUBJECT[language], html=mail.html, name=mail.name, message_id=mail.message_id,
        text=f"{text}\n\n{come.lacks.spoken(language)}" if come.lacks else text,
        email=mail.sender, channel=Ticket.Channel.EMAIL, reported=come.received, contract=contract, language=language,
        party=None if contract else party,  # who had a contract that ended is a stranger
        files=[(file.name, file.media_type, file.data) for file in mail.files], greeted=come.greeted,
        copies=[each for each in mail.others if each not in come.ours][:_COPIES], mail=uuid.UUID(mail.key[:32]),
    )  # fmt: skip


def _running(contract: uuid.UUID | None, at: datetime) -> uuid.UUID | None:
    """Return the contract while it runs: a former customer's mail is a stranger's."""
    return contract if contract and contracts.served(contract, at=at).running else None


def request_of(mail: Inbound, contract: uuid.UUID | None, *, at: datetime) -> Ticket | None:
    """Return the request a mail answers, where its sender belongs to it; None makes it a request of its own."""
    number = number_in(mail.subject)
    found = [*_by_our_mail(mail), *(Ticket.objects.filter(number=number) if number else ())]
    return next((ticket for ticket in found if _is_party_to(ticket, mail.sender, contract, at)), None)


def _by_our_mail(mail: Inbound) -> Iterator[Ticket]:
    """Yield the requests that our own mails, which this one answers, were about."""
    ids = [ours for each in mail.answers if (ours := our_id(each))]
    mails = OutgoingMail.objects.filter(pk__in=ids, about_kind="desk.Ticket", about_id__isnull=False)
    about = dict(mails.values_list("pk", "about_id"))
    tickets = Ticket.objects.in_bulk([each for each in about.values() if each])
    yield from (tickets[about[each]] for each in ids if each in about)


def our_id(message_id: str) -> uuid.UUID | None:
    """Return which mail of ours a Message-ID is; None for anybody else's."""
    try:
        return uuid.UUID(message_id.partition("@")[0])
    except ValueError:
        return None


def _is_party_to(ticket: Ticket, sender: str, contract: uuid.UUID | None, at: datetime) -> bool:
    """Tell whether a sender belongs to a request: who asked, who gets its copies, or somebody of the same customer."""
    if sender == ticket.requester_email.casefold() or sender in ticket.cc:
        return True
    return (
        ticket.party_id is not None
        and contract is not None
        and contracts.served(contract, at=at).party == ticket.party_id
    )

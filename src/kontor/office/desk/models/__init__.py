"""Requests with their logs and promises, what is said about them, how they come in, and what can be read instead."""

from kontor.office.desk.models.intake import DeskHabits, IncomingMail
from kontor.office.desk.models.mailboxes import Mailbox, SatisfactionQuestion
from kontor.office.desk.models.talk import (
    Proposal,
    ProposalAnswer,
    ReplyTemplate,
    Satisfaction,
    TicketFile,
    TicketMessage,
    TicketNote,
    TicketReader,
)
from kontor.office.desk.models.tickets import Ticket, TicketAlert, TicketLog, TicketPromise

__all__ = [
    "DeskHabits",
    "IncomingMail",
    "Mailbox",
    "Proposal",
    "ProposalAnswer",
    "ReplyTemplate",
    "Satisfaction",
    "SatisfactionQuestion",
    "Ticket",
    "TicketAlert",
    "TicketFile",
    "TicketLog",
    "TicketMessage",
    "TicketNote",
    "TicketPromise",
    "TicketReader",
]

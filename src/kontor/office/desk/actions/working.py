"""Working on a request: its class, who has it, workaround and remedy, closing, joining and splitting."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.answering import refuse_closed
from kontor.office.desk.actions.logbook import locked, log
from kontor.office.desk.actions.opening import UNCLASSIFIABLE, Asked, keep_class, open_ticket
from kontor.office.desk.actions.satisfaction import ask_later
from kontor.office.desk.actions.watching import chosen_watchers
from kontor.office.desk.models import HelpPlan, Ticket, TicketMessage
from kontor.office.desk.queries.coverage import ON_SITE, USE_QUESTION, covered_as, exclusions_of, forms_of_help
from kontor.rulebook.fault_class import FaultAnswers
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.ticket_log import REASONABLE, Logged, What

_STEPS = frozenset({What.WORK_STARTED, What.INFORMED, What.PLANNED, What.RESTORED, What.STARTED, What.COVERED})


@transaction.atomic
def classify_ticket(
    ticket_id: uuid.UUID, answers: FaultAnswers, *, reason: str, name: str, at: datetime, actor: Actor
) -> Ruling[str]:
    """
    Put a request into the class that the answers give; both promises are counted again from the report (visitor 2.3).

    RefusalError where a class is changed without a reason, or there is no contract to ask.
    """
    ticket = locked(ticket_id)
    refuse_closed(ticket)
    if ticket.contract_id is None:
        raise RefusalError(Text("Ohne Vertrag gibt es keine Klasse.", "Without a contract there is no class."))
    if ticket.class_key and not reason.strip():
        raise RefusalError(Text("Warum ändert sich die Klasse?", "Why does the class change?"))
    before = ticket.class_key
    ruling = keep_class(ticket, contracts.served(ticket.contract_id, at=at), answers, at=at)
    ticket.class_contested_at = None
    log(ticket, Logged(at, What.CLASSIFIED, ruling.value or UNCLASSIFIABLE), by=name, at=at)
    after = {"class": ruling.value, "reason": reason}
    _noted(
        "desk.classified", ticket, at=at, actor=actor, before={"class": before}, after=after, ruling=ticket.class_ruling
    )
    return ruling


@transaction.atomic
def contest_class(ticket: Ticket, *, words: str, name: str, at: datetime, actor: Actor) -> Ticket:
    """Note, as the customer, that the class is wrong and why; the desk looks again. RefusalError without words."""
    row = locked(ticket.pk)
    refuse_closed(row)
    if not words.strip():
        raise RefusalError(Text("Warum ist die Einstufung falsch?", "Why is the class wrong?"))
    row.class_contested_at = at
    row.save(update_fields=["class_contested_at"])
    TicketMessage.objects.create(
        ticket=row, customer_tenant_id=row.customer_tenant_id, ours=False, author=name, text=words, at=at
    )
    _noted("desk.class_contested", row, at=at, actor=actor, after={"words": words})
    return row


@transaction.atomic
def assign(ticket_id: uuid.UUID, person: uuid.UUID | None, *, name: str, at: datetime, actor: Actor) -> Ticket:
    """Give a request to somebody, or to nobody."""
    ticket = locked(ticket_id)
    before = ticket.assignee_name
    ticket.assignee, ticket.assignee_name = person, name if person else ""
    ticket.save(update_fields=["assignee", "assignee_name"])
    _noted("desk.assigned", ticket, at=at, actor=actor, before={"to": before}, after={"to": ticket.assignee_name})
    return ticket


@transaction.atomic
def tag(ticket_id: uuid.UUID, tags: Sequence[str], cc: Sequence[str], *, at: datetime, actor: Actor) -> Ticket:
    """
    Set the words under which the house finds a request, and who else gets its answers.

    RefusalError for an address that belongs to another customer.
    """
    ticket = locked(ticket_id)
    before = {"tags": ticket.tags, "cc": ticket.cc}
    ticket.tags = sorted({each.strip().lower() for each in tags if each.strip()})
    chosen = chosen_watchers(ticket, cc, at=at)
    dropped = set(ticket.cc) - set(chosen)
    ticket.cc, ticket.copied = chosen, sorted({*ticket.copied, *dropped} - set(chosen))
    ticket.save(update_fields=["tags", "cc", "copied"])
    _noted("desk.tagged", ticket, at=at, actor=actor, before=before, after={"tags": ticket.tags, "cc": ticket.cc})
    return ticket


@transaction.atomic
def take_step(ticket_id: uuid.UUID, what: What, *, detail: str = "", name: str, at: datetime, actor: Actor) -> Ticket:
    """Log one step of the work: begun, told, planned, restored, confirmed by the contact, covered after all."""
    assert what in _STEPS, f"{what} has an action of its own"
    ticket = locked(ticket_id)
    refuse_closed(ticket)
    if what is What.COVERED:
        ticket.coverage, ticket.exclusion = "", ""
    log(ticket, Logged(at, what, detail[:1000]), by=name, at=at)
    _noted(f"desk.{what.value}", ticket, at=at, actor=actor, after={"detail": detail})
    return ticket


@transaction.atomic
def work_around(ticket_id: uuid.UUID, *, why_not: str, name: str, at: datetime, actor: Actor) -> Ticket:
    """Note a workaround; it counts where the customer can be asked to use it, else `why_not` says why not."""
    ticket = locked(ticket_id)
    refuse_closed(ticket)
    log(ticket, Logged(at, What.WORKED_AROUND, why_not.strip()[:1000] or REASONABLE), by=name, at=at)
    _noted("desk.worked_around", ticket, at=at, actor=actor, after={"why_not": why_not})
    return ticket


@transaction.atomic
def triage(ticket_id: uuid.UUID, coverage: str, exclusion: str, *, name: str, at: datetime, actor: Actor) -> Ticket:
    """
    Say whether the contract covers a request; what it excludes is owed no more, and the customer is told why.

    coverage  a key of queries.coverage; exclusion  one of the contract's where it is excluded. RefusalError for others
    """
    ticket = locked(ticket_id)
    refuse_closed(ticket)
    known = exclusions_of(contracts.served(ticket.contract_id, at=at).pack) if ticket.contract_id else {}
    found = covered_as(coverage, exclusion, known)
    ticket.coverage, ticket.exclusion = coverage, exclusion if found.excluded else ""
    if found.excluded:
        reason = known[exclusion].text
        log(ticket, Logged(at, What.EXCLUDED, exclusion), by=name, at=at)
        TicketMessage.objects.create(
            ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, ours=True, automatic=True, author=name,
            text=Text(
                f"Der Vertrag umfasst das nicht: {reason.de} ({known[exclusion].clause}).",
                f"The contract does not cover this: {reason.en} ({known[exclusion].clause}).",
            ).spoken(ticket.language),
            at=at,
        )  # fmt: skip
    else:
        ticket.save(update_fields=["coverage", "exclusion"])
    _noted("desk.triaged", ticket, at=at, actor=actor, after={"coverage": coverage, "exclusion": exclusion})
    return ticket


@transaction.atomic
def close(ticket_id: uuid.UUID, *, how: str, name: str, at: datetime, actor: Actor) -> Ticket:
    """
    Close a request; before that somebody says whether it was covered, and how the customer was helped (leisure 8.1).

    how  a key of the contract's forms of help, or words where it lists none

    RefusalError where either is missing, and for a visit whose cost was never put to the customer (Annex 1, 1.3).
    """
    ticket = locked(ticket_id)
    refuse_closed(ticket)
    if ticket.contract_id is not None and not ticket.coverage:
        raise RefusalError(
            Text("Fällt die Anfrage unter den Vertrag? Das fehlt noch.", "Does the contract cover it? That is missing.")
        )
    if not how.strip():
        raise RefusalError(Text("Wie wurde geholfen?", "How was the customer helped?"))
    _refuse_unknown_help(ticket, how, at=at)
    entries = [] if ticket.coverage == USE_QUESTION else [Logged(at, What.RESTORED, how[:1000])]
    log(ticket, *entries, Logged(at, What.CLOSED, how[:1000]), by=name, at=at)
    ask_later(ticket, at=at)
    _noted("desk.closed", ticket, at=at, actor=actor, after={"how": how})
    return ticket


def _refuse_unknown_help(ticket: Ticket, how: str, *, at: datetime) -> None:
    forms = forms_of_help(contracts.served(ticket.contract_id, at=at).pack) if ticket.contract_id else {}
    if forms and how not in forms:
        german, english = (", ".join(each.spoken(way) for each in forms.values()) for way in ("de", "en"))
        raise RefusalError(Text(f"Der Vertrag kennt: {german}.", f"The contract knows: {english}."))
    if how == ON_SITE and not ticket.help_plans.filter(kind=HelpPlan.Kind.SITE).exists():
        raise RefusalError(
            Text(
                "Ein Besuch wird dem Kunden vorher mit seinen Kosten vorgelegt.",
                "A visit is put to the customer with its cost beforehand.",
            )
        )


@transaction.atomic
def reopen(ticket_id: uuid.UUID, *, name: str, at: datetime, actor: Actor) -> Ticket:
    """Take a closed request up again; RefusalError where it is open, or was joined to another."""
    ticket = locked(ticket_id)
    if ticket.closed_at is None or ticket.joined_to_id is not None:
        raise RefusalError(Text("Sie ist offen oder gehört zu einer anderen.", "It is open, or belongs to another."))
    log(ticket, Logged(at, What.REOPENED), by=name, at=at)
    _noted("desk.reopened", ticket, at=at, actor=actor)
    return ticket


@transaction.atomic
def join(ticket_id: uuid.UUID, into: int, *, name: str, at: datetime, actor: Actor) -> Ticket:
    """
    Join a request to another of the same customer, by its number: the earlier report counts, this one ends.

    RefusalError for another customer's, for itself, or where either is closed.
    """
    ticket = locked(ticket_id)
    other = Ticket.objects.select_for_update(of=("self",)).filter(number=into).first()
    refuse_closed(ticket)
    if other is None or other.pk == ticket.pk or other.closed_at is not None or _whose(other) != _whose(ticket):
        raise RefusalError(
            Text(
                "Verbinden lässt sich nur mit einer offenen Anfrage desselben Kunden.",
                "Only an open request of the same customer can be joined to.",
            )
        )
    log(other, Logged(at, What.MERGED, ticket.name, ticket.reported_at), by=name, at=at)
    ticket.joined_to = other
    log(ticket, Logged(at, What.JOINED, other.name), by=name, at=at)
    _noted("desk.joined", ticket, at=at, actor=actor, after={"to": other.number})
    return other


@transaction.atomic
def split(ticket_id: uuid.UUID, message_id: uuid.UUID, subject: str, *, at: datetime, actor: Actor) -> Ticket:
    """Make a request of its own from one message of the customer, reported when that message came."""
    ticket = locked(ticket_id)
    message = TicketMessage.objects.get(pk=message_id, ticket=ticket, ours=False)
    made = open_ticket(
        Asked(
            subject=subject or ticket.subject, text=message.text, name=message.author,
            email=message.author_email or ticket.requester_email, channel=Ticket.Channel(ticket.channel),
            reported=message.at, contract=ticket.contract_id, language=ticket.language, greeted=False,
        ),
        at=at, actor=actor,
    )  # fmt: skip
    _noted("desk.split", ticket, at=at, actor=actor, after={"into": made.number})
    return made


def _whose(ticket: Ticket) -> object:
    return ticket.party_id or ticket.requester_email.casefold()


def _noted(verb: str, ticket: Ticket, *, at: datetime, actor: Actor, **told: Any) -> None:
    record(verb, ticket, at=at, actor=actor, **told)
    publish("desk.moved", {"ticket": str(ticket.pk)}, at=at)

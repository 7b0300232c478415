"""Help beyond words: sessions from afar and visits that the customer consents to first, and solutions it tries."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.answering import Answer, answer_customer, hear_customer, refuse_closed
from kontor.office.desk.actions.logbook import locked
from kontor.office.desk.actions.opening import Asked
from kontor.office.desk.models import HelpAnswer, HelpGiven, HelpPlan, SolutionTrial, Ticket, TrialAnswer
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

TRAVEL = "travel"
_NO_CONSENT = Text("Der Kunde hat noch nicht zugestimmt.", "The customer has not consented yet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """
    What is meant to happen, and when; told  what the customer reads before it.

    minutes, rate  travel and work on site as expected, and the price of an hour; a session from afar costs nothing
    """

    kind: HelpPlan.Kind
    told: str
    at: datetime
    minutes: int = 0
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """
    What happened.

    tool_missing  the tool for access from afar was changed or gone
    offer         number of the signed offer by which travel is charged, where the contract demands one; "" else
    """

    began: datetime
    ended: datetime
    words: str = ""
    tool_missing: bool = False
    offer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A solution to try; course  where a training that is recommended stands, "" for none."""

    text: str
    course: str = ""


@transaction.atomic
def plan_help(ticket_id: uuid.UUID, planned: Planned, *, name: str, at: datetime, actor: Actor) -> HelpPlan:
    """
    Tell the customer of a session or a visit, with what travel is expected to cost, and wait for its consent.

    RefusalError without words or contract, for a visit without time and price, or a session from afar with one.
    """
    ticket = locked(ticket_id)
    refuse_closed(ticket)
    if ticket.contract_id is None or not planned.told.strip():
        raise RefusalError(Text("Was geschieht, unter welchem Vertrag?", "What happens, under which contract?"))
    site = planned.kind == HelpPlan.Kind.SITE
    if site != bool(planned.minutes and planned.rate):
        raise RefusalError(
            Text(
                "Ein Besuch nennt Zeit und Stundensatz, eine Fernwartung nichts.", "A visit names time and hourly rate."
            )
        )
    under = contracts.served(ticket.contract_id, at=at)
    if site and TRAVEL not in under.charged:
        raise RefusalError(Text("Der Vertrag kennt keine Reisekosten.", "The contract knows no travel costs."))
    made = HelpPlan.objects.create(
        ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, kind=planned.kind, told=planned.told, agent=name,
        planned_at=planned.at, minutes=planned.minutes, rate=planned.rate, currency=under.currency, at=at,
    )  # fmt: skip
    answer_customer(ticket_id, Answer(text=planned.told), name=name, at=at, actor=actor)
    record("desk.help_planned", ticket, at=at, actor=actor, after={"kind": planned.kind, "on": planned.at})
    return made


def answer_plan(plan: HelpPlan, *, accept: bool, name: str, at: datetime, actor: Actor) -> HelpAnswer:
    """Consent to a session or a visit with its cost, or decline, as the customer on its page."""
    return _answered(plan, accept=accept, name=name, how=HelpAnswer.How.PAGE, at=at, actor=actor)


def note_consent(plan_id: uuid.UUID, *, who: str, at: datetime, actor: Actor) -> HelpAnswer:
    """Note that the customer consented by word of mouth; RefusalError without who did, or for what costs something."""
    plan = HelpPlan.objects.select_related("ticket").get(pk=plan_id)
    if plan.rate is not None:
        raise RefusalError(
            Text("Was etwas kostet, sagt der Kunde auf seiner Seite zu.", "What costs money is accepted on its page.")
        )
    if not who.strip():
        raise RefusalError(Text("Wer hat zugestimmt?", "Who consented?"))
    return _answered(plan, accept=True, name=who.strip(), how=HelpAnswer.How.WORD, at=at, actor=actor)


@transaction.atomic
def note_help(plan_id: uuid.UUID, done: Done, *, name: str, at: datetime, actor: Actor) -> HelpGiven:
    """
    Note what became of a session or a visit; travel and work on site are charged with the contract's next invoice.

    A tool that is missing is told to the customer as well. RefusalError before the customer consented, or began before.
    """
    plan = HelpPlan.objects.select_related("ticket").get(pk=plan_id)
    ticket = locked(plan.ticket_id)
    consent = plan.answers.filter(accepted=True).first()
    if consent is None or done.began < consent.at:
        raise RefusalError(_NO_CONSENT)
    if done.ended < done.began or plan.given.exists():
        raise RefusalError(Text("Ende nach dem Beginn, und nur einmal.", "It ends after it begins, and once."))
    cost = _charged(plan, consent, done, at=at, actor=actor)
    made = HelpGiven.objects.create(
        plan=plan, customer_tenant_id=plan.customer_tenant_id, began_at=done.began, ended_at=done.ended, agent=name,
        words=done.words, tool_missing=done.tool_missing, amount_minor=cost.minor, currency=cost.currency, at=at,
    )  # fmt: skip
    if done.tool_missing:
        told = Text(
            "Das Werkzeug für die Fernwartung fehlt oder wurde verändert. Bitte richten Sie es wieder ein.",
            "The tool for remote access is missing or was changed. Please set it up again.",
        )
        answer_customer(ticket.pk, Answer(text=told.spoken(ticket.language)), name=name, at=at, actor=actor)
    after = {"kind": plan.kind, "from": done.began, "to": done.ended, "amount": cost.bare()}
    record("desk.help_given", ticket, at=at, actor=actor, after=after)
    return made


@transaction.atomic
def propose_solution(
    ticket_id: uuid.UUID, solution: Solution, *, name: str, at: datetime, actor: Actor
) -> SolutionTrial:
    """Send a solution to try, or recommend a course; the request waits for whether it worked. RefusalError for none."""
    ticket = locked(ticket_id)
    refuse_closed(ticket)
    if not solution.text.strip():
        raise RefusalError(Text("Was soll der Kunde versuchen?", "What is the customer to try?"))
    text = f"{solution.text}\n\n{solution.course}".strip()
    asks = Text("Hat es geholfen?", "Did it work?").spoken(ticket.language)
    answer_customer(ticket_id, Answer(text=text, asks=asks), name=name, at=at, actor=actor)
    return SolutionTrial.objects.create(
        ticket=ticket, customer_tenant_id=ticket.customer_tenant_id, text=text, training=bool(solution.course), at=at
    )


@transaction.atomic
def answer_trial(trial: SolutionTrial, *, worked: bool, name: str, at: datetime, actor: Actor) -> TrialAnswer:
    """Say, as the customer, whether a solution worked, once; RefusalError a second time."""
    ticket = locked(trial.ticket_id)
    if TrialAnswer.objects.filter(trial=trial).exists():
        raise RefusalError(Text("Das haben Sie schon gesagt.", "You have said that already."))
    made = TrialAnswer.objects.create(
        trial=trial, customer_tenant_id=trial.customer_tenant_id, worked=worked, by=name, at=at
    )
    record("desk.trial_answered", ticket, at=at, actor=actor, after={"worked": worked})
    said = Text("Es hat geholfen.", "It worked.") if worked else Text("Es hat nicht geholfen.", "It did not work.")
    asked = Asked(
        subject=ticket.subject, text=said.spoken(ticket.language), name=name, email=ticket.requester_email,
        channel=Ticket.Channel.PAGE, reported=at, contract=ticket.contract_id,
    )  # fmt: skip
    hear_customer(ticket, asked, at=at, actor=actor)
    return made


@transaction.atomic
def expect_more(ticket_id: uuid.UUID, reason: str, estimate: str, *, name: str, at: datetime, actor: Actor) -> Ticket:
    """Tell the customer, before it is done, what may make additional work necessary, and what it will take."""
    if not reason.strip() or not estimate.strip():
        raise RefusalError(Text("Warum, und wie viel?", "Why, and how much?"))
    ticket = Ticket.objects.get(pk=ticket_id)
    told = Text(
        f"Es kann zusätzliche Arbeit nötig werden: {reason}\n\nErwarteter Aufwand: {estimate}",
        f"Additional work may become necessary: {reason}\n\nExpected effort: {estimate}",
    )
    answer_customer(ticket_id, Answer(text=told.spoken(ticket.language)), name=name, at=at, actor=actor)
    record("desk.more_expected", ticket, at=at, actor=actor, after={"reason": reason, "estimate": estimate})
    return ticket


@transaction.atomic
def _answered(
    plan: HelpPlan, *, accept: bool, name: str, how: HelpAnswer.How, at: datetime, actor: Actor
) -> HelpAnswer:
    locked(plan.ticket_id)
    if HelpAnswer.objects.filter(plan=plan).exists():
        raise RefusalError(Text("Das ist schon beantwortet.", "That has been answered already."))
    made = HelpAnswer.objects.create(
        plan=plan, customer_tenant_id=plan.customer_tenant_id, accepted=accept, by=name, how=how, at=at
    )
    record("desk.help_answered", plan.ticket, at=at, actor=actor, after={"accepted": accept, "by": name, "how": how})
    publish("desk.moved", {"ticket": str(plan.ticket_id)}, at=at)
    return made


def _charged(plan: HelpPlan, consent: HelpAnswer, done: Done, *, at: datetime, actor: Actor) -> Money:
    if plan.rate is None or done.offer:
        return Money(plan.currency, 0)
    assert plan.ticket.contract_id is not None, "help is planned under a contract"
    return contracts.charge_work(
        plan.ticket.contract_id, f"help-{plan.pk}", kind=TRAVEL, on=done.began.date(), minutes=plan.minutes,
        rate=plan.rate, rate_source=plan.ticket.name, request=plan.ticket.name, approved_by=consent.by,
        approved_on=consent.at.date(), at=at, actor=actor,
    )  # fmt: skip

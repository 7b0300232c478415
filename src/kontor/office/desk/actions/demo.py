"""The demo's requests: one at each stage, under each contract that runs, made as people would have made them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from kontor.kernel.actor import MACHINE
from kontor.office.contracts import public as contracts
from kontor.office.contracts.public import Served
from kontor.office.desk.actions.answering import Answer, answer_customer, hear_customer, write_note
from kontor.office.desk.actions.demo_centre import make_centres
from kontor.office.desk.actions.demo_mail import make_demo_mail
from kontor.office.desk.actions.handling import keep_view
from kontor.office.desk.actions.helping import Planned, plan_help
from kontor.office.desk.actions.linking import keep_problem, link
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.actions.replies import keep_template
from kontor.office.desk.actions.working import assign, close, take_step, triage, work_around
from kontor.office.desk.models import HelpPlan, Ticket
from kontor.office.desk.queries.staff import Colleague, colleagues
from kontor.rulebook.fault_class import Effect, FaultAnswers
from kontor.rulebook.ticket_log import What

Channel = Ticket.Channel
_NEVER: Final = FaultAnswers(Effect.PREVENTED, workaround=False, reproducible=True)
_PARTLY: Final = FaultAnswers(Effect.IMPAIRED, workaround=True, reproducible=True)
_HARDLY: Final = FaultAnswers(Effect.MINOR, reproducible=True)
_ASKED: Final = FaultAnswers(Effect.QUESTION)


@dataclass(frozen=True, slots=True)
class Story:
    """A request and what became of it; hours_ago: when it came."""

    subject: str
    text: str
    answers: FaultAnswers
    hours_ago: float
    then: str = ""
    channel: Channel = Channel.EMAIL


_STORIES: Final[Mapping[str, tuple[Story, ...]]] = {
    "visitor": (
        Story("Besucherausweise kommen leer aus dem Drucker", "Seit dem Update heute früh kommen die Ausweise am"
              " Terminal 2 leer heraus. Der Drucker selbst druckt eine Testseite.", _PARTLY, 24.7, "note"),
        Story("Check-in am Haupttor zeigt nur Schwarz", "Niemand kann sich anmelden, wir schreiben von Hand.",
              _NEVER, 4.4, "", Channel.PHONE),
        Story("Wegweiser zeigt alten Raumplan", "Raum 2.14 heißt seit Montag anders.", _HARDLY, 22, "ours"),
        Story("Texte ins Französische übersetzen", "Können Sie unsere Begrüßung übersetzen?", _ASKED, 30, "excluded"),
    ),
    "leisure": (
        Story("Kasse bucht Gutscheine doppelt", "An beiden Kassen, seit dem Wochenende.", _NEVER, 18, "ours"),
        Story("Rundenzeiten um eine Stelle zu kurz", "Die Anzeige an der Bahn zeigt nur zwei Stellen.", _HARDLY, 90),
        Story("Startliste druckt Umlaute falsch", "Aus Müller wird MÃ¼ller.", _PARTLY, 40, "around"),
    ),
    "dealership": (
        Story("Führerschein wird bei Gegenlicht nicht erkannt", "Am Fenster klappt es fast nie.", _ASKED, 23.2, "ours"),
        Story("Probefahrt lässt sich nicht abschließen", "Die Unterschrift verschwindet.", _ASKED, 50, "closed"),
    ),
    "crm": (
        Story("Export der Verkäufe bricht ab", "Nach etwa tausend Zeilen ist Schluss.", _PARTLY, 27, "asked"),
    ),
}  # fmt: skip


def make_demo(at: datetime) -> None:
    """Make requests under the contracts that run, in the house's tenant."""
    for title, german, english in (
        ("Eingang und nächster Schritt", "Guten Tag {name},\n\nwir haben {number} nachgestellt und arbeiten daran.",
         "Hello {name},\n\nwe have reproduced {number} and are working on it."),
        ("Rückfrage", "Guten Tag {name},\n\nzu {number} brauchen wir noch eine Angabe: ",
         "Hello {name},\n\nfor {number} we need one more thing: "),
    ):  # fmt: skip
        keep_template(None, title=title, text_de=german, text_en=english, at=at - timedelta(days=20), actor=MACHINE)
    people = colleagues(at=at)
    taken: set[str] = set()
    for under in contracts.served_all(at=at):
        if not under.running or under.pack.key in taken:
            continue
        taken.add(under.pack.key)
        for number, story in enumerate(_STORIES.get(under.pack.key, ())):
            _tell(under, story, people[number % len(people)], at)
    make_demo_mail(at)
    make_centres(at)
    _behind(people[0], at)


def _behind(colleague: Colleague, at: datetime) -> None:
    """Write down what lies behind the first request, and plan a look at it from afar."""
    who: dict[str, Any] = {"at": at, "actor": MACHINE}
    for first in Ticket.objects.filter(closed_at=None, contract__isnull=False).order_by("number")[:1]:
        problem = keep_problem(
            None, title="Leere Ausweise nach dem Update", cause="", workaround="Vom Terminal 1 aus drucken.",
            release="", solved=False, **who,
        )  # fmt: skip
        link(first.pk, f"PROBLEM:{problem.pk}", name=colleague.name, **who)
        told = "Wir möchten uns das Terminal aus der Ferne ansehen. Stimmen Sie zu?"
        planned = Planned(kind=HelpPlan.Kind.REMOTE, told=told, at=at + timedelta(hours=3))
        plan_help(first.pk, planned, name=colleague.name, **who)
    keep_view(colleague.id, colleague.name, title="Am Telefon", query="view=all&channel=PHONE", shared=True, **who)


def _tell(under: Served, story: Story, colleague: Colleague, at: datetime) -> None:
    came = at - timedelta(hours=story.hours_ago)
    asked = Asked(
        subject=story.subject, text=story.text, name=under.customer_name, email=min(under.contacts, default=""),
        channel=story.channel, reported=came, contract=under.id, answers=story.answers, help_consulted=True,
    )  # fmt: skip
    ticket = open_ticket(asked, at=came, actor=MACHINE)
    who: dict[str, Any] = {"name": colleague.name, "actor": MACHINE}
    soon = came + timedelta(minutes=40)
    if story.then:
        assign(ticket.pk, colleague.id, at=soon, **who)
    if story.then == "note":
        write_note(
            ticket.pk,
            "Es gibt eine Umgehung (von Hand), die Hauptfunktion ist eingeschränkt.",
            mentions=(),
            at=soon,
            **who,
        )
    elif story.then in {"ours", "asked", "closed"}:
        question = "Welche Fassung steht unten rechts?" if story.then == "asked" else ""
        answer = Answer(text=question or "Wir sehen es uns an.", asks=question, begins=True)
        answer_customer(ticket.pk, answer, at=soon, **who)
    elif story.then == "excluded":
        triage(ticket.pk, "excluded", "translation", at=soon, **who)
    elif story.then == "around":
        take_step(ticket.pk, What.WORK_STARTED, at=soon, **who)
        work_around(ticket.pk, why_not="", at=soon, **who)
    if story.then == "closed":
        thanks = Asked(
            subject=story.subject, text="Jetzt geht es, danke.", name=asked.name, email=asked.email,
            channel=story.channel, reported=soon + timedelta(hours=2), contract=under.id,
        )  # fmt: skip
        hear_customer(ticket, thanks, at=thanks.reported, actor=MACHINE)
        triage(ticket.pk, "use_question", "", at=thanks.reported, **who)
        close(ticket.pk, how="Erklärt", at=thanks.reported, **who)

"""The demo's flows: how a visitor of the house is received, with cases on their way, and one that is being written."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from kontor.kernel.actor import MACHINE, Actor
from kontor.office.flows.actions.running import Begin, go, start
from kontor.office.flows.actions.writing import publish, write
from kontor.office.flows.formats.definition import Condition, Effect, Flow, State, Value, Way
from kontor.office.questionnaires import public as questionnaires
from kontor.rulebook.ruling import Text

HOUR: Final = 60
RECEPTION: Final = Flow(
    values=(
        Value(key="host", kind="text", label=Text("Wer besucht wird", "Who is visited")),
        Value(key="works", kind="yes_no", label=Text("Arbeitet im Haus", "Works in the building")),
        Value(key="people", kind="number", label=Text("Wie viele kommen", "How many come")),
    ),
    states=(
        State(key="announced", kind="task", label=Text("Angemeldet", "Announced"),
              hint=Text("Sobald der Besuch am Empfang steht: Ausweis ansehen, dann weiter.",
                        "As soon as the visit stands at the desk: look at a document, then go on.")),
        State(key="which", kind="choice", label=Text("Wird gearbeitet?", "Is work done?")),
        State(key="briefing", kind="task", label=Text("Unterweisung", "Briefing"),
              hint=Text("Die Unterweisung in der Sprache des Besuchs durchgehen.",
                        "Go through the briefing in the visitor's language.")),
        State(key="inside", kind="wait", label=Text("Im Haus", "In the building"),
              effects=(Effect(effect="flows.raise", told=(("name", "visit.arrived"),)),)),
        State(key="left", kind="end", label=Text("Gegangen", "Left")),
        State(key="assumed", kind="end", label=Text("Vermutlich gegangen", "Assumed out")),
        State(key="refused", kind="end", label=Text("Nicht eingelassen", "Not let in")),
    ),
    ways=(
        Way(key="arrived", source="announced", target="which", trigger="person", label=Text("Ist da", "Is here")),
        Way(key="not_come", source="announced", target="refused", trigger="time", minutes=24 * HOUR,
            label=Text("Nicht gekommen", "Did not come")),
        Way(key="for_work", source="which", target="briefing", trigger="always", label=Text("Arbeitet", "Works"),
            conditions=(Condition(value="works", relation="is", to=True),)),
        Way(key="for_talk", source="which", target="inside", trigger="always", label=Text("sonst", "otherwise")),
        Way(key="passed", source="briefing", target="inside", trigger="person",
            label=Text("Bestanden", "Passed")),
        Way(key="again", source="briefing", target="announced", trigger="person",
            label=Text("Noch einmal anmelden", "Announce again")),
        Way(key="sent_off", source="briefing", target="refused", trigger="person",
            label=Text("Nicht bestanden", "Not passed")),
        Way(key="out", source="inside", target="left", trigger="person", label=Text("Ist gegangen", "Has left")),
        Way(key="evening", source="inside", target="assumed", trigger="time", minutes=12 * HOUR,
            label=Text("Zwölf Stunden im Haus", "Twelve hours inside")),
    ),
)  # fmt: skip
_RETURN: Final = Flow(
    states=(
        State(key="received", kind="task", label=Text("Gerät angekommen", "Device arrived")),
        State(key="done", kind="end", label=Text("Erledigt", "Done")),
    ),
    ways=(
        Way(key="checked", source="received", target="done", trigger="person", label=Text("Geprüft", "Checked")),
    ),
)  # fmt: skip
_CASES: Final = (
    ("Nele Brandt, Brandt Elektro", {"host": "Jonas Alder", "works": True, "people": 2}, 40, ("arrived",)),
    ("Omar Haddad, Haddad Logistik", {"host": "Mira Alder", "works": False, "people": 1}, 95, ("arrived",)),
    ("Lea Vogt", {"host": "Jonas Alder", "works": False, "people": 1}, 30 * HOUR, ("arrived", "out")),
    ("Tomas Krüger, Krüger Bau", {"host": "Jonas Alder", "works": True, "people": 4}, 10, ()),
)  # fmt: skip


def make_demo(at: datetime) -> None:
    """Receive visitors of the house by a flow, some of them on their way, and begin another flow."""
    then = at - timedelta(days=20)
    desk = Actor("PERSON", None, "Ida Kramer")
    made = write(Text("Empfang eines Besuchs", "Receiving a visit"), definition=_asking(), at=then, actor=MACHINE)
    publish(made.pk, at=then, actor=MACHINE)
    for title, values, minutes, ways in _CASES:
        begun = at - timedelta(minutes=minutes)
        case = start(made.pk, Begin(title=title, values=values), at=begun, actor=desk)
        for place, way in enumerate(ways, start=1):
            case = go(case.pk, way, case.number, at=begun + timedelta(minutes=5 * place), actor=desk)
    write(Text("Rückgabe eines Geräts", "Return of a device"), definition=_RETURN, at=at, actor=MACHINE)


def _asking() -> Flow:
    """Let the briefing ask the first questionnaire that there is, and the case know what the visit is for."""
    asked = questionnaires.asked()
    if not asked:
        return RECEPTION
    purpose = Value(key="purpose", kind="text", label=Text("Zweck", "Purpose"))
    key, answers = str(asked[0][0]), (("purpose", "purpose"),)
    states = (
        replace(each, questionnaire=key, answers=answers) if each.key == "briefing" else each
        for each in RECEPTION.states
    )
    return replace(RECEPTION, values=(*RECEPTION.values, purpose), states=tuple(states))

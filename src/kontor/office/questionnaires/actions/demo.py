"""The demo's questionnaires: what a visitor of the house is asked, and one that is being written."""

from datetime import datetime, timedelta
from typing import Final

from kontor.kernel.actor import MACHINE, Actor
from kontor.office.questionnaires.actions.answering import Given, keep_answers
from kontor.office.questionnaires.actions.writing import publish, write
from kontor.office.questionnaires.formats.definition import Definition, Option, Question, Shown
from kontor.office.questionnaires.formats.pictures import written_name
from kontor.rulebook.ruling import Text


def _option(value: str, german: str, english: str) -> Option:
    return Option(value=value, label=Text(german, english))


VISIT: Final = Definition((
    Question(key="name", kind="text", label=Text("Ihr Name", "Your name"), required=True),
    Question(key="company", kind="text", label=Text("Ihr Unternehmen", "Your company")),
    Question(key="email", kind="email", label=Text("E-Mail-Adresse", "E-mail address"),
             hint=Text("Für den WLAN-Zugang; danach wird sie gelöscht.", "For the Wi-Fi; it is deleted afterwards.")),
    Question(key="purpose", kind="one_of", label=Text("Was führt Sie her?", "What brings you here?"), required=True,
             options=(_option("meeting", "Ein Gespräch", "A meeting"),
                      _option("work", "Arbeiten im Haus", "Work in the building"),
                      _option("delivery", "Eine Lieferung", "A delivery"))),
    Question(key="works", kind="some_of", label=Text("Welche Arbeiten?", "Which work?"), required=True,
             options=(_option("electric", "Elektrik", "Electrics"), _option("heat", "Heißarbeiten", "Hot work"),
                      _option("height", "Arbeiten in der Höhe", "Work at height")),
             shown=Shown(question="purpose", value="work")),
    Question(key="rules", kind="notice", label=Text("Im Haus", "In the building"),
             hint=Text("Bei Alarm gehen Sie zum Sammelplatz am Kai, nicht zum Parkplatz. Aufzüge bleiben stehen. "
                       "Fotografiert wird nur mit Erlaubnis.",
                       "When the alarm sounds, go to the assembly point at the quay, not to the car park. Lifts stop. "
                       "Photos only with permission.")),
    Question(key="alarm", kind="one_of", required=True, right="quay",
             label=Text("Wohin gehen Sie bei Alarm?", "Where do you go when the alarm sounds?"),
             options=(_option("car_park", "Zum Parkplatz", "To the car park"),
                      _option("quay", "Zum Kai", "To the quay"),
                      _option("lift", "Zum Aufzug", "To the lift"))),
    Question(key="agreed", kind="agree", required=True,
             label=Text("Ich halte mich an die Hausordnung.", "I keep to the house rules.")),
    Question(key="signature", kind="signature", label=Text("Ihre Unterschrift", "Your signature"), required=True),
), "interest")  # fmt: skip
_RETURN: Final = Definition((
    Question(key="serial", kind="text", label=Text("Seriennummer", "Serial number"), required=True),
    Question(key="state", kind="photo", label=Text("Foto des Geräts", "Photo of the device")),
))  # fmt: skip
_CAME: Final = (
    ("Nele Brandt", {"company": "Brandt Elektro GmbH", "purpose": "work", "works": ["electric", "height"]}, 4),
    ("Omar Haddad", {"company": "Haddad Logistik", "purpose": "delivery"}, 2),
    ("Lea Vogt", {"purpose": "meeting", "email": "lea.vogt@vogt.example"}, 1),
)


def make_demo(at: datetime) -> None:
    """Ask visitors of the house by a questionnaire with a briefing and a signature, and begin another."""
    then = at - timedelta(days=20)
    made = write(Text("Besuch im Haus", "Visit to the house"), definition=VISIT, at=then, actor=MACHINE)
    version = publish(made.pk, at=then, actor=MACHINE)
    for name, told, days in _CAME:
        given = Given(
            answers={"name": name, **told, "alarm": "quay", "agreed": True},
            pictures={"signature": written_name(name)}, language="de",
        )  # fmt: skip
        keep_answers(version.pk, given, at=at - timedelta(days=days), actor=Actor("OUTSIDE", None, name))
    write(Text("Rückgabe eines Geräts", "Return of a device"), definition=_RETURN, at=at, actor=MACHINE)

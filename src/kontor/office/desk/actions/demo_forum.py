"""The demo's forums: what customers ask and tell each other, answered by others and by our own people."""

from datetime import datetime, timedelta
from typing import Final

from kontor.kernel.actor import MACHINE
from kontor.office.desk.actions.centre_door import actor_of
from kontor.office.desk.actions.forum import Writer, begin_topic, mark_answered, write_post
from kontor.office.desk.models import CentrePerson

_IDA: Final = Writer(name="Ida Lindwurm", email="ida@kontor.example", actor=MACHINE)
_AYLA: Final = Writer(name="Ayla Birke", email="ayla@birke.example", actor=MACHINE)


def make_house_forum(at: datetime) -> None:
    """Begin the house's forum."""
    begin_topic(
        "Was im Dezember neu ist",
        "Das Kundencenter hat ein Forum: Fragen Sie andere, die mit Kontor arbeiten; wir lesen mit und antworten.",
        writer=_IDA, at=at,
    )  # fmt: skip


def make_shop_forum(at: datetime) -> None:
    """Let the shop's two customers ask; one question is answered, by the other and by the shop."""
    eva, max_ = (_of(f"{name}@erle.example") for name in ("eva", "max"))
    rolls = begin_topic(
        "Welche Etikettenrollen halten im Kühlraum?",
        "Unsere Etiketten lösen sich bei 4 °C nach zwei Tagen. Hat jemand eine Sorte, die hält?",
        writer=max_, at=at + timedelta(days=8),
    )  # fmt: skip
    write_post(
        rolls.pk, "Wir nehmen die Rollen mit Acrylkleber; seit dem Sommer löst sich nichts mehr.", writer=eva,
        at=at + timedelta(days=8, hours=3),
    )  # fmt: skip
    write_post(
        rolls.pk, "Das ist die Sorte AK-70 aus unserem Sortiment; sie hält bis minus 20 °C.", writer=_AYLA,
        at=at + timedelta(days=9),
    )  # fmt: skip
    mark_answered(rolls.pk, answered=True, at=at + timedelta(days=9, hours=1), actor=max_.actor)
    begin_topic(
        "Scanner liest beschädigte Codes nicht",
        "Beim Wareneingang sind manche Codes zerkratzt. Wie macht ihr das: neu drucken oder von Hand eingeben?",
        writer=eva, at=at + timedelta(days=17),
    )  # fmt: skip


def _of(email: str) -> Writer:
    person = CentrePerson.objects.get(email=email)
    return Writer(name=person.name, email=person.email, actor=actor_of(person), person=person)

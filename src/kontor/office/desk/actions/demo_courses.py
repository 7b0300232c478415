"""The demo's courses: how to begin with Kontor, with a video of our own, and how to use a label printer."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from kontor.kernel.actor import MACHINE
from kontor.office.desk.actions.centre_door import confirm
from kontor.office.desk.actions.courses import Planned, Taught, write_course, write_lesson
from kontor.office.desk.actions.learning import join_course, try_lesson
from kontor.office.desk.models import CentrePerson, Course

_VIDEO: Final = Path(__file__).resolve().parents[1] / "assets" / "first_steps.webm"
_CUES: Final = (
    "WEBVTT\n\n00:00.000 --> 00:03.000\n{0}\n\n00:03.000 --> 00:06.000\n{1}\n\n00:06.000 --> 00:09.000\n{2}\n"
)
_OPEN: Final[dict[str, Any]] = {"state": "PUBLISHED", "audience": "CUSTOMERS"}
_FIRST: Final = Planned(
    **_OPEN, title_de="Kontor in zwanzig Minuten", title_en="Kontor in twenty minutes",
    summary_de="Anmelden, Menschen einladen, und was „Warum?“ erzählt.",
    summary_en="Sign in, invite people, and what “Why?” tells.",
)  # fmt: skip
_SECOND: Final = Planned(
    **_OPEN, title_de="Fristen lesen und nutzen", title_en="Read and use promised times",
    summary_de="Was zugesagt ist, wann eine Uhr steht, und was ein Verstoß kostet.",
    summary_en="What is promised, when a clock stands, and what a breach costs.",
)  # fmt: skip
_LESSONS: Final = (
    Taught(
        place=1, title_de="Der erste Tag", title_en="The first day",
        text_de="Melden Sie sich an, laden Sie Ihre Leute ein und lesen Sie „Warum?“ neben jeder Zahl.",
        text_en="Sign in, invite your people and read “Why?” beside each figure.",
        captions_de=_CUES.format("Melden Sie sich an.", "Laden Sie Ihre Leute ein.", "Lesen Sie „Warum?“."),
        captions_en=_CUES.format("Sign in.", "Invite your people.", "Read “Why?”."),
    ),
    Taught(
        place=2, title_de="Rollen und Rechte", title_en="Roles and rights",
        text_de="Jede Person hat eine Rolle; eine Rolle hat Rechte.\n\nEin Recht kann auf Standorte begrenzt sein.",
        text_en="Each person has a role; a role has rights.\n\nA right can be limited to sites.",
        quiz_de="? Was begrenzt ein Recht?\n+ der Standort\n- das Wetter\n? Wer hat sie?\n- die Person\n+ ihre Rolle",
        quiz_en="? What limits a right?\n+ the site\n- the weather\n? Who has rights?\n- the person\n+ its role",
    ),
    Taught(
        place=3, title_de="Hilfe finden", title_en="Find help",
        text_de="Im Kundencenter stehen Artikel, Kurzanleitungen und Ihre Anfragen.",
        text_en="The customer centre has articles, short manuals and your requests.",
        quiz_de="? Wo stehen Ihre Anfragen?\n+ im Kundencenter\n- im Keller",
        quiz_en="? Where are your requests?\n+ in the customer centre\n- in the cellar",
    ),
)  # fmt: skip
_SHOP: Final = Planned(
    **_OPEN, title_de="Etiketten ohne Ärger", title_en="Labels without trouble",
    summary_de="Den Drucker einrichten und eine Rolle wechseln.",
    summary_en="Set up the printer and change a roll.",
)  # fmt: skip
_SHOP_LESSONS: Final = (
    Taught(
        place=1, title_de="Einrichten", title_en="Set up",
        text_de="Anstecken, Format 100 × 50 wählen, Testseite drucken.",
        text_en="Plug it in, choose the format 100 × 50, print the test page.",
        quiz_de="? Welches Format?\n+ 100 × 50\n- 30 × 30", quiz_en="? Which format?\n+ 100 × 50\n- 30 × 30",
    ),
    Taught(
        place=2, title_de="Rolle wechseln", title_en="Change the roll",
        text_de="Klappe auf, alte Rolle heraus, neue hinein, Klappe zu.",
        text_en="Open the lid, take the old roll out, put the new one in, close the lid.",
    ),
)  # fmt: skip


def make_house_courses(at: datetime) -> None:
    """Write the house's two courses; the second needs the first."""
    first = _write(_FIRST, _LESSONS, at, video=("first_steps.webm", _VIDEO.read_bytes()))
    _write(replace(_SECOND, needs=first.pk), (_LESSONS[2],), at)


def make_shop_courses(at: datetime) -> None:
    """Write the shop's course; one of its customers has completed it, another is on the way."""
    course = _write(_SHOP, _SHOP_LESSONS, at)
    lessons = list(course.lessons.order_by("place"))
    for email, done in (("eva@erle.example", lessons), ("max@erle.example", lessons[:1])):
        person = CentrePerson.objects.get(email=email)
        confirm(person, at=at + timedelta(days=1))
        taken = join_course(course, person, at=at + timedelta(days=1))
        for number, each in enumerate(done, 2):
            try_lesson(taken, each, {0: {0}}, at=at + timedelta(days=number))


def _write(
    planned: Planned, lessons: tuple[Taught, ...], at: datetime, video: tuple[str, bytes] | None = None
) -> Course:
    course = write_course(None, planned, at=at, actor=MACHINE)
    for each in lessons:
        with_video = video if each.captions_de else None
        write_lesson(course.pk, None, each, at=at, actor=MACHINE, video=with_video)
    return course

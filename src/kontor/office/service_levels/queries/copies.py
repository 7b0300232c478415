"""The status page as one file that stands by itself: both languages, no script, nothing fetched."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from kontor.office.service_levels.queries.news import NOTE_WORDS
from kontor.office.service_levels.queries.status import DAYS_SHOWN, Planned, Shown, StatusFacts
from kontor.rulebook.probing import State
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import moment, said

_STATES: Final = {
    State.UP: Text("verfügbar", "up"),
    State.DOWN: Text("gestört", "down"),
    State.UNKNOWN: Text("unbekannt", "unknown"),
}
_TITLE: Final = Text("Status des Dienstes", "Status of the service")
_PARTS: Final = Text("Bestandteile", "Components")
_WORKS: Final = Text("Geplante Arbeiten", "Planned work")
_OUTAGES: Final = said("Ausfälle der letzten {n} Tage", "Outages of the last {n} days", n=DAYS_SHOWN)
_NONE: Final = Text("keine", "none")
_GOES_ON: Final = Text("dauert an", "going on")
_STOPS: Final = Text("in dieser Zeit nicht nutzbar", "cannot be used meanwhile")
_STAYS: Final = Text("bleibt nutzbar", "stays usable")


def status_copy(facts: StatusFacts, *, zone: str, address: str) -> str:
    """Return the page as HTML, moments by the house's clocks; `address` is where the living page stands."""
    said_ = [_page(facts, language, zone, address) for language in ("de", "en")]
    return render_to_string("service_levels/copy.html", {"house": facts.house, "pages": said_})


def _page(facts: StatusFacts, language: str, zone: str, address: str) -> dict[str, Any]:
    def local(at: datetime) -> str:
        return moment(at.astimezone(ZoneInfo(zone))).spoken(language)

    def outage(each: Shown) -> dict[str, Any]:
        until = _GOES_ON.spoken(language) if each.ended_at is None else local(each.ended_at)
        notes = [
            (NOTE_WORDS[note.state].spoken(language), note.text.spoken(language), local(note.at)) for note in each.notes
        ]
        return {"names": each.names.spoken(language), "from": local(each.started_at), "to": until, "notes": notes}

    def work(each: Planned) -> dict[str, str]:
        effect = (_STOPS if each.stops else _STAYS).spoken(language)
        reasons = each.reasons.spoken(language)
        told = {"title": each.title.spoken(language), "from": local(each.starts_at), "to": local(each.ends_at)}
        return told | {"effect": f"{effect}, {reasons}" if reasons else effect}

    as_of = said(
        "{house}, Stand {at}. Diese Kopie ist auch da, wenn der Dienst es nicht ist.",
        "{house}, as of {at}. This copy is there even where the service is not.",
        house=facts.house, at=Text(local(facts.at), local(facts.at)),
    )  # fmt: skip
    words = {"title": _TITLE, "parts": _PARTS, "works": _WORKS, "outages": _OUTAGES, "none": _NONE, "as_of": as_of}
    return {
        "language": language, "address": address, **{key: text.spoken(language) for key, text in words.items()},
        "part_rows": [
            (name.spoken(language), _STATES[state].spoken(language), state.value) for name, state in facts.parts
        ],
        "work_rows": [work(each) for each in facts.works], "outage_rows": [outage(each) for each in facts.outages],
    }  # fmt: skip

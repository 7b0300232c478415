"""What news of the status page says: its words from outages and work, and its body for webhooks."""

import json
from typing import Final
from zoneinfo import ZoneInfo

from kontor.office.service_levels.models import Maintenance, Outage, OutageNote, StatusNews
from kontor.office.service_levels.queries.letters import announced_mail
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import moment, said

TYPE: Final = "service_levels.status_news"
NOTE_WORDS: Final = {
    OutageNote.State.INVESTIGATING.value: Text("wird untersucht", "being looked into"),
    OutageNote.State.IDENTIFIED.value: Text("Ursache gefunden", "cause found"),
    OutageNote.State.WATCHING.value: Text("unter Beobachtung", "being watched"),
    OutageNote.State.SOLVED.value: Text("behoben", "solved"),
}


def note_words(note: OutageNote, outage: Outage, *, zone: str) -> tuple[Text, Text]:
    """Return subject and text of a note on an outage."""
    rows = [each.component for each in outage.components.select_related("component") if each.component.public]
    names = Text(", ".join(each.name_de for each in rows), ", ".join(each.name_en for each in rows))
    subject = said("Störung, {names}: {state}", "Outage, {names}: {state}", names=names, state=NOTE_WORDS[note.state])
    text = said(
        "{words}\n\nSeit {start}.", "{words}\n\nSince {start}.",
        words=Text(note.text_de, note.text_en), start=moment(outage.started_at.astimezone(ZoneInfo(zone))),
    )  # fmt: skip
    return subject, text


def work_words(row: Maintenance, *, zone: str, cancelled: bool = False) -> tuple[Text, Text]:
    """Return subject and text of work that was announced or cancelled."""
    if cancelled:
        title = Text(row.title_de, row.title_en)
        start = moment(row.starts_at.astimezone(ZoneInfo(zone)))
        return (
            said("Wartung abgesagt: {title}", "Maintenance cancelled: {title}", title=title),
            said("Die Arbeiten am {start} fallen aus.", "The work on {start} will not be done.", start=start),
        )
    letters = {each: announced_mail(row, language=each, zone=zone) for each in ("de", "en")}
    return Text(letters["de"].subject, letters["en"].subject), Text(letters["de"].text, letters["en"].text)


def body_of(news: StatusNews) -> bytes:
    """Return a webhook message's body: type, moment, and the words in both languages."""
    data = {
        "id": str(news.pk), "kind": news.kind, "about": str(news.about),
        "subject": {"de": news.subject_de, "en": news.subject_en}, "text": {"de": news.text_de, "en": news.text_en},
    }  # fmt: skip
    told = {"type": TYPE, "timestamp": news.at.isoformat(), "data": data}
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()

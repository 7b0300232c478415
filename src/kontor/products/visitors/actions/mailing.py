"""Writing to visitors and hosts, with the code to show and an entry for their calendar."""

import uuid
import zoneinfo
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from kontor.kernel.actions import credentials
from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actor import MACHINE
from kontor.kernel.links import absolute
from kontor.products.visitors.actions.happening import Attempt, note
from kontor.products.visitors.actions.keys import code_for, newest_key
from kontor.products.visitors.formats import calendars, symbols
from kontor.products.visitors.formats.mail_words import BROUGHT, PlaceholderMissingError, Words, filled
from kontor.products.visitors.models import MailTemplate, SigningKey, SiteRules, Visit
from kontor.products.visitors.queries.codes import rules_of
from kontor.rulebook.wording import day

SCOPE: Final = "visitors.invitation"
CALENDAR: Final = "text/calendar; charset=utf-8; method="


def write_mails(visit_ids: Sequence[uuid.UUID], occasion: str, *, at: datetime) -> int:
    """
    Write to the visitors of these visits; the number that were written to.

    A visit of which a text names something unknown is not written to: its page says what is missing.
    """
    rows = Visit.objects.select_for_update(of=("self",)).select_related("site", "type", "group")
    visits = list(rows.filter(pk__in=visit_ids).exclude(email="").order_by("pk"))
    texts, key = _texts(occasion), newest_key(at=at)
    rules = {visit.site_id: rules_of(visit.site) for visit in visits}
    mails = [
        mail
        for visit in visits
        if (mail := _mail(visit, occasion, texts, key=key, rules=rules[visit.site_id], at=at)) is not None
    ]
    send_mails(mails, at=at)
    return len(mails)


def tell_host(visit_id: uuid.UUID, *, at: datetime) -> bool:
    """Write to whoever receives a visitor that they are here; False where nobody's address is known."""
    visit = Visit.objects.select_related("site", "type", "group").get(pk=visit_id)
    if not visit.host_email:
        return False
    language = visit.site.tenant.language
    words = _chosen(_texts("arrived"), visit, language)
    values = _values(visit, language) | {
        "time": _clock(visit.in_at or at, visit), "link": absolute("visitors:visit", visit.pk),
    }  # fmt: skip
    subject, text = filled(words, values)
    send_mails([NewMail(to=visit.host_email, to_name=visit.host_name, subject=subject, text=text, about=visit)], at=at)
    return True


def _mail(
    visit: Visit, occasion: str, texts: dict[tuple[uuid.UUID | None, str], Words], *, key: SigningKey,
    rules: SiteRules, at: datetime,
) -> NewMail | None:  # fmt: skip
    values = _values(visit, visit.language)
    words = _chosen(texts, visit, visit.language)
    cancelled = occasion == "cancelled"
    if "{link}" in words.text and not cancelled:
        secret = credentials.issue(SCOPE, visit.pk, expires_at=visit.ends_at, at=at)
        values["link"] = absolute("visitors:come", secret)
    try:
        subject, text = filled(words, values)
    except PlaceholderMissingError as missing:
        note(visit, "not_written", Attempt(way="time", at=at, actor=MACHINE), {"missing": missing.name})
        return None
    entry = calendars.written(_entry(visit, subject, text, values, at=at), cancelled=cancelled)
    files = [("besuch.ics", CALENDAR + ("CANCEL" if cancelled else "REQUEST"), entry)]
    if not cancelled:
        files.append(("code.png", "image/png", symbols.png(code_for(visit, key, rules))))
    return NewMail(
        to=visit.email, to_name=visit.name, subject=subject, text=text, attachments=files, about=visit,
        reply_to=visit.host_email,
    )  # fmt: skip


def _texts(occasion: str) -> dict[tuple[uuid.UUID | None, str], Words]:
    """Return the words of an occasion by kind of visit and language; the product's own stand under no kind."""
    found: dict[tuple[uuid.UUID | None, str], Words] = {
        (None, language): words for (of, language), words in BROUGHT.items() if of == occasion
    }
    for row in MailTemplate.objects.filter(occasion=occasion):
        found[row.type_id, row.language] = Words(row.subject, row.text)
    return found


def _chosen(texts: dict[tuple[uuid.UUID | None, str], Words], visit: Visit, language: str) -> Words:
    return texts.get((visit.type_id, language)) or texts[None, language]


def _values(visit: Visit, language: str) -> dict[str, str]:
    site = visit.site
    begins = visit.begins_at.astimezone(zoneinfo.ZoneInfo(site.zone))
    address = ", ".join(part for part in (site.street, f"{site.postcode} {site.city}".strip()) if part)
    return {
        "name": visit.name, "company": visit.company, "host": visit.host_name or site.tenant.name,
        "title": visit.group.title if visit.group else "", "site": site.name, "address": address or site.name,
        "day": day(begins.date()).spoken(language), "time": _clock(visit.begins_at, visit),
        "until": _clock(visit.ends_at, visit), "pin": visit.pin,
    }  # fmt: skip


def _clock(at: datetime, visit: Visit) -> str:
    return at.astimezone(zoneinfo.ZoneInfo(visit.site.zone)).strftime("%H:%M")


def _entry(visit: Visit, subject: str, text: str, values: dict[str, str], *, at: datetime) -> calendars.Entry:
    return calendars.Entry(
        uid=calendars.uid_of(visit.pk, visit.uid), sequence=visit.sequence, begins_at=visit.begins_at,
        ends_at=visit.ends_at, title=values["title"] or subject, place=f"{values['site']}, {values['address']}",
        text=text, organiser=(visit.host_name, visit.host_email), guest=(visit.name, visit.email), made_at=at,
    )  # fmt: skip

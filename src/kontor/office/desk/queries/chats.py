"""What a chat keeps of whoever chats, what they are told of it beforehand, and what is counted without them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.db.models import Count
from django.db.models.functions import TruncDate
from ua_parser import parse

from kontor.office.desk.models import ChatActivity, ChatProfile, Ticket
from kontor.rulebook.ruling import Text

# bookkeeping, 13 Intercom: the elements that may be noted; whatever else was pressed is none of our business
ELEMENTS: Final[Mapping[str, Text]] = {
    "articles": Text("Hilfeartikel", "Help articles"),
    "courses": Text("Kurse", "Courses"),
    "forum": Text("Forum", "Forum"),
    "requests": Text("Meine Anfragen", "My requests"),
    "profile": Text("Profil", "Profile"),
    "sign-in": Text("Anmelden", "Sign in"),
    "chat": Text("Chat", "Chat"),
}
PAGES: Final[Mapping[str, Text]] = {
    "centre:home": ELEMENTS["articles"],
    "centre:article": Text("Ein Hilfeartikel", "A help article"),
    "centre:courses": ELEMENTS["courses"],
    "centre:course": Text("Ein Kurs", "A course"),
    "centre:sign-in": ELEMENTS["sign-in"],
    "centre:chat": ELEMENTS["chat"],
    "centre:shared": Text("Das Gespräch", "The conversation"),
    "centre:request": Text("Das Gespräch", "The conversation"),
}
KEPT: Final = Text(
    "Wir behalten Ihre E-Mail-Adresse, die IP-Adresse Ihres Anschlusses und das Betriebssystem Ihres Geräts, bis Ihre "
    "Anfrage gelöscht wird. Mehr nur, wenn Sie es hier erlauben.",
    "We keep your e-mail address, the IP address of your connection and your device's operating system until your "
    "request is deleted. More only if you allow it here.",
)
ALLOWED: Final = Text(
    "Sie dürfen notieren, welche Seiten ich während des Chats öffne und welche Schaltflächen ich drücke. Das kann ich "
    "jederzeit beenden; dann wird es gelöscht.",
    "You may note which pages I open during the chat and which buttons I press. I can end that at any time; it is "
    "deleted then.",
)


def words_key() -> str:
    """Return the SHA-256 of what people read before they begin: German first, a zero byte between the parts."""
    parts = (KEPT.de, KEPT.en, ALLOWED.de, ALLOWED.en)
    return hashlib.sha256(b"\0".join(part.encode() for part in parts)).hexdigest()


def system_of(agent: str) -> str:
    """
    Return what a device runs by what its browser says of it, by the system's name alone; "" where it does not say.

    >>> system_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36")
    'Windows'
    """
    found = parse(agent).os
    return found.family[:40] if found else ""


def chat_of(ticket: Ticket) -> tuple[ChatProfile, list[tuple[ChatActivity, Text]]] | None:
    """Return what is known of whoever chats, the newest activity first in words; None where no chat is."""
    if ticket.channel != Ticket.Channel.CHAT:
        return None
    profile = ChatProfile.objects.filter(ticket_id=ticket.pk).first()
    if profile is None:
        return None
    words = {**PAGES, **ELEMENTS}
    rows = profile.noted.order_by("-at", "-pk")[:50]
    return profile, [(row, words.get(row.what, Text(row.what, row.what))) for row in rows]


def analysis(first: date, last: date) -> Sequence[tuple[date, str, str, int]]:
    """
    Count what was opened, pressed and run during chats of these days, all chats of a day together.

    Rows of day, kind ("PAGE", "ELEMENT", "SYSTEM"), name and how often: nothing in them tells one visitor from another,
    so no address, mail or key can stand there (bookkeeping, 13 Intercom: "anonymised").
    """
    days = {"at__date__gte": first, "at__date__lte": last}
    done = ChatActivity.objects.filter(**days).annotate(on=TruncDate("at")).values("on", "kind", "what")
    ran = ChatProfile.objects.filter(**days).annotate(on=TruncDate("at")).values("on", "system")
    rows = [(row["on"], row["kind"], row["what"], row["times"]) for row in done.annotate(times=Count("pk"))]
    rows += [(row["on"], "SYSTEM", row["system"], row["times"]) for row in ran.annotate(times=Count("pk"))]
    return sorted(rows)

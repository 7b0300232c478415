"""What somebody allowed beyond the necessary cookies, whatever became of the cookies themselves (bookkeeping 9)."""

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from kontor.kernel import registry
from kontor.kernel.client import refuses_tracking
from kontor.kernel.wording import language
from kontor.office.privacy.models import CookieChoice
from kontor.rulebook.ruling import Text

COOKIE: Final = "kontor_cookies"  # what this browser chose: signed, so that nobody can choose for somebody else
VISITOR: Final = "kontor_analysis"  # the browser's random number; there only while analysis is allowed
ASKED_AGAIN_AFTER: Final = timedelta(days=180)
PAGE: Final = "privacy:cookies"
KEPT: Final = "cookies"  # the session's key for its person's choice


@dataclass(frozen=True, slots=True)
class Use:
    """Something for which cookies may be set: what for, which, and for how long."""

    key: str
    title: Text
    purpose: Text
    cookies: Text


NECESSARY: Final = Use(
    "necessary",
    Text("Notwendig", "Necessary"),
    Text(
        "Anmelden, Unbefugte fernhalten, Sprache, Aussehen und diese Auswahl merken. Ein Profil entsteht daraus nicht.",
        "Signing in, keeping others out, remembering language, look and this choice. No profile is made of it.",
    ),
    Text(
        "sessionid und csrftoken bis zur Abmeldung, kontor_language, kontor_theme und kontor_density auf Ihren Klick, "
        "kontor_cookies 180 Tage",
        "sessionid and csrftoken until you sign out, kontor_language, kontor_theme and kontor_density when you click, "
        "kontor_cookies for 180 days",
    ),
)
USES: Final = (
    Use(
        "analysis",
        Text("Analyse", "Analysis"),
        Text(
            "Wir zählen, welche Seiten wie oft geöffnet werden, um sie zu verbessern. Gezählt wird hier, nie anderswo.",
            "We count which pages are opened how often, to make them better. It is counted here, never by others.",
        ),
        Text("kontor_analysis: eine Zufallszahl, 180 Tage", "kontor_analysis: a random number, for 180 days"),
    ),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    What is allowed in this browser for whoever sits before it.

    by  "browser" (its cookie), "person" (kept for who is signed in), "header" (the browser refuses by itself)
    """

    allowed: frozenset[str]
    by: str


def offered() -> tuple[Use, ...]:
    """
    Return what this installation would do beyond the necessary: KONTOR_COOKIES; mostly nothing.

    What stands in no register of processing is never offered, so it never runs (bookkeeping 8-14).
    """
    known = registry.processings()
    return tuple(use for use in USES if use.key in settings.KONTOR_COOKIES and use.key in known)


@cache
def wording(keys: tuple[str, ...]) -> tuple[str, Text]:
    """Return the words that people read before they choose, with their SHA-256: German first, a zero byte between."""
    told = [NECESSARY, *(use for use in USES if use.key in keys)]
    text = Text(*("\n".join(_said(use, spoken) for use in told) for spoken in ("de", "en")))
    return hashlib.sha256(text.de.encode() + b"\0" + text.en.encode()).hexdigest(), text


def _said(use: Use, spoken: str) -> str:
    return f"{use.title.spoken(spoken)}: {use.purpose.spoken(spoken)} ({use.cookies.spoken(spoken)})"


def text_key() -> str:
    """Return the hash of the words that count today: who agreed to others is asked again."""
    return wording(tuple(use.key for use in offered()))[0]


def chosen(request: HttpRequest) -> Chosen | None:
    """
    Return what is allowed here, None where nobody has chosen yet.

    A refusal kept for the person counts although the cookie that said so is gone (Safari deletes it after seven days),
    and one made in this browser counts although the person allowed it elsewhere: allowed is what both allow.
    """
    if refuses_tracking(request):
        return Chosen(frozenset(), "header")
    here, own = _of_browser(request), _of_person(request)
    if own is None:
        return None if here is None else Chosen(here, "browser")
    return Chosen(own if here is None else own & here, "person")


def allows(request: HttpRequest, use: str) -> bool:
    """Tell whether something beyond the necessary may happen: it is offered, and somebody allowed it."""
    if use not in {each.key for each in offered()}:
        return False
    found = chosen(request)
    return found is not None and use in found.allowed


def refused_since(visitor: uuid.UUID) -> bool:
    """Tell whether somebody who chose in this browser refuses by now, in another one or by an objection."""
    people = CookieChoice.objects.filter(visitor=visitor).exclude(person=None).values("person")
    newest = CookieChoice.objects.filter(person__in=people).order_by("person", "-made_at", "-pk").distinct("person")
    return any("analysis" not in each.allowed for each in newest)


def signed(allowed: Collection[str]) -> str:
    """Return what the browser's cookie holds."""
    return signing.dumps({"text": text_key(), "allowed": sorted(allowed)}, salt=COOKIE)


def visitor_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the browser's random number, None where it has none, or something that is none."""
    try:
        return uuid.UUID(request.COOKIES.get(VISITOR, ""))
    except ValueError:
        return None


def _of_browser(request: HttpRequest) -> frozenset[str] | None:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=ASKED_AGAIN_AFTER)
    except signing.BadSignature:
        return None
    return frozenset(kept["allowed"]) if kept["text"] == text_key() else None


def _of_person(request: HttpRequest) -> frozenset[str] | None:
    """What the person allowed, asked of the database once in a session; a refusal of older words stays a refusal."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    if KEPT not in request.session:
        newest = CookieChoice.objects.filter(person=user.pk).order_by("-made_at", "-pk").first()
        request.session[KEPT] = [newest.text_id, newest.allowed] if newest else None
    kept = request.session[KEPT]
    if kept is None:
        return None
    text, allowed = kept
    return frozenset(allowed) if text == text_key() or not allowed else None


def page_of(said: str) -> str:
    """Return the name of the page that ours said was opened, "" for what a stranger made up."""
    try:
        return signing.Signer(salt=VISITOR).unsign(said)
    except signing.BadSignature:
        return ""


def note(request: HttpRequest) -> dict[str, Any] | None:
    """Return what a page says at its foot: the question where nobody has chosen, what is counted where it may be."""
    if not settings.KONTOR_COOKIES:
        return None
    found, here = chosen(request), request.resolver_match.view_name if request.resolver_match else ""
    if found is None and here == PAGE:
        return None  # the question stands on that page itself
    if found is None:
        return {"ask": True, "uses": offered(), "language": language()}
    if "analysis" in found.allowed and here and request.method == "GET":
        return {"ask": False, "page": signing.Signer(salt=VISITOR).sign(here)}
    return None

"""In which browsers somebody is signed in, as a person can recognise them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ua_parser import parse

from kontor.kernel.models import Session
from kontor.kernel.sessions import digest_of

_DESK, _HAND = "device-desktop", "device-mobile"
_PHONES = frozenset({"iOS", "Android"})


@dataclass(frozen=True, slots=True)
class SignedIn:
    """
    One session.

    key     what it is kept under, not its cookie
    device  browser and system in words
    here    whether it is the one that asks
    """

    key: str
    device: str
    icon: str
    method: str
    address: str | None
    began_at: datetime
    last_used_at: datetime
    here: bool


def sessions_of(person: uuid.UUID, *, cookie: str | None, at: datetime) -> list[SignedIn]:
    """Return all sessions of a person that are not over, the one that asks first; one query."""
    return list(_told(Session.objects.filter(person=person), cookie=cookie, at=at))


def sessions_in(tenant: uuid.UUID, person: uuid.UUID, *, at: datetime) -> list[SignedIn]:
    """Return the sessions in which a person works for this tenant; one query."""
    return list(_told(Session.objects.filter(person=person, working_in=tenant), cookie=None, at=at))


def _told(rows: QuerySet[Session], *, cookie: str | None, at: datetime) -> Iterator[SignedIn]:
    here = digest_of(cookie) if cookie else ""
    for row in sorted(
        rows.filter(expire_date__gt=at).order_by("-last_used_at"), key=lambda row: row.session_key != here
    ):
        device, icon = _device(row.agent)
        yield SignedIn(
            row.session_key,
            device,
            icon,
            way_in(row.method),
            row.address,
            row.began_at,
            row.last_used_at,
            row.session_key == here,
        )


def way_in(method: str) -> str:
    """Return in words how somebody showed who they are: "password", "passkey", "oidc:<provider>", "saml:<provider>"."""
    kind, _sep, provider = method.partition(":")
    words = {
        "password": _("with a password"),
        "passkey": _("with a passkey"),
        "oidc": _("through OpenID Connect"),
        "saml": _("through SAML"),
    }
    said = words.get(kind, method)
    return f"{said} ({provider})" if provider and kind in words else said


def _device(agent: str) -> tuple[str, str]:
    found = parse(agent)
    browser = found.user_agent.family if found.user_agent else _("Unknown browser")
    system = found.os.family if found.os else ""
    told = _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
    return told, _HAND if system in _PHONES else _DESK

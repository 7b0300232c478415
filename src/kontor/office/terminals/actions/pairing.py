"""Pairing devices with a tenant, changing what they show, and parting from them."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.record import record
from kontor.kernel.actions.tenants import open_site
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Site
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.terminals.models import Pairing, Printer, Terminal
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

SCOPE: Final = "terminals.device"
CODE_VALID: Final = timedelta(minutes=10)  # FW-007
_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without 0, 1, I and O, which look alike on glass
_LENGTH: Final = 8  # 32^8 codes: of a hundred open at once, a guess meets one in 11 thousand million
_AT_ONCE: Final = 20  # codes open from one network address
_DEMO: Final = (("Hamburg", "Empfang"), ("Lübeck", "Tor 2"))
_LASTING: Final = timedelta(days=3653)  # a device that serves longer is paired anew


class PairingRefusedError(RefusalError):
    """No device is paired by this; nothing was changed."""


class TooManyCodesError(RefusalError):
    """From this network address too many codes are open."""


@transaction.atomic
def offer_code(*, address: str, at: datetime) -> str:
    """
    Return the secret of a device that wants to be paired: it shows `code_of` it, and asks what became of that.

    address  of the network it asks from, kept as a keyed hash. TooManyCodesError beyond twenty open ones of it.
    """
    Pairing.objects.filter(expires_at__lte=at).delete()
    source = _keyed("address", address)
    if Pairing.objects.filter(address=source).count() >= _AT_ONCE:
        raise TooManyCodesError(
            Text(
                "Von diesem Netz aus warten schon 20 Geräte auf ihre Kopplung. Bitte in zehn Minuten erneut versuchen.",
                "20 devices of this network are waiting to be paired already. Please try again in ten minutes.",
            )
        )
    secret = secrets.token_urlsafe(32)
    Pairing.objects.create(
        code=_keyed("code", _code(secret)), secret=_keyed("secret", secret), address=source, made_at=at,
        expires_at=at + CODE_VALID,
    )  # fmt: skip
    return secret


def code_of(secret: str, *, at: datetime) -> str:
    """Return the code that the bearer of this secret shows, "" where it has none or its time is over."""
    waits = Pairing.objects.filter(secret=_keyed("secret", secret), expires_at__gt=at, terminal=None).exists()
    code = _code(secret)
    return f"{code[:4]}-{code[4:]}" if waits else ""


@transaction.atomic
def pair(
    code: str, *, site: Site, name: str, kind: str, serial: str, pages: Sequence[str], language: str, at: datetime,
    actor: Actor,
) -> Terminal:  # fmt: skip
    """
    Make the device that shows this code a terminal of the current tenant at a site.

    PairingRefusedError for a code that is unknown, over or used, and where name or serial number are taken.
    """
    typed = "".join(each for each in code.upper() if each.isalnum())
    waiting = Pairing.objects.select_for_update().filter(code=_keyed("code", typed), terminal=None).first()
    if waiting is None or waiting.expires_at <= at:
        german = "Dieser Code ist nicht bekannt oder abgelaufen. Das Gerät zeigt nach zehn Minuten einen neuen."
        english = "This code is not known or has expired. After ten minutes the device shows a new one."
        raise PairingRefusedError(Text(german, english))
    try:
        with transaction.atomic():
            terminal = Terminal.objects.create(
                site=site, name=name, kind=kind, serial=serial, pages=list(pages), language=language, paired_at=at
            )
    except IntegrityError as taken:
        raise PairingRefusedError(
            Text(
                "Ein Terminal dieses Namens oder dieser Seriennummer gibt es schon.",
                "There is a terminal of this name or serial number already.",
            )
        ) from taken
    waiting.tenant_id, waiting.terminal = current_tenant(), terminal.pk
    waiting.save(update_fields=["tenant", "terminal"])
    told = {"name": name, "site": str(site.pk), "serial": serial, "pages": list(pages)}
    record("terminals.paired", terminal, at=at, actor=actor, clause="1.3", after=told)
    return terminal


@transaction.atomic
def ask_for_token(secret: str, *, at: datetime) -> str | None:
    """
    Return the token of the device that shows a code, None as long as nobody has typed it.

    Asked again, where the answer was lost, it is a new token and the one before is worth nothing. PairingRefusedError
    once the code's time is over.
    """
    waiting = Pairing.objects.select_for_update().filter(secret=_keyed("secret", secret), expires_at__gt=at).first()
    if waiting is None:
        raise PairingRefusedError(Text("Dieser Code ist abgelaufen.", "This code has expired."))
    if waiting.terminal is None:
        return None
    assert waiting.tenant_id is not None, "noted together with the terminal"
    with as_tenant(waiting.tenant_id):
        if not Terminal.objects.filter(pk=waiting.terminal, unpaired_at=None).exists():
            raise PairingRefusedError(Text("Dieses Gerät wurde entkoppelt.", "This device was unpaired."))
        credentials.revoke(SCOPE, waiting.terminal, at=at)
        return credentials.issue(SCOPE, waiting.terminal, expires_at=at + _LASTING, at=at)


def beat(terminal_id: uuid.UUID, *, agent: str, at: datetime) -> None:
    """Note that a terminal was heard of, and what it says of its software."""
    Terminal.objects.filter(pk=terminal_id).update(seen_at=at, agent=agent[:200])


@transaction.atomic
def change_terminal(
    terminal_id: uuid.UUID, *, site: Site, name: str, kind: str, serial: str, pages: Sequence[str], language: str,
    idle_seconds: int, printer: Printer | None = None, at: datetime, actor: Actor,
) -> Terminal:  # fmt: skip
    """Change where a terminal stands and what it shows; it learns of it at its next beat."""
    terminal = _held(terminal_id)
    told = {
        "site_id": site.pk, "name": name, "kind": kind, "serial": serial, "pages": list(pages), "language": language,
        "idle_seconds": idle_seconds, "printer_id": printer.pk if printer else None,
    }  # fmt: skip
    before = {key: getattr(terminal, key) for key in told}
    for key, value in told.items():
        setattr(terminal, key, value)
    terminal.revision += 1
    try:
        with transaction.atomic():
            terminal.save()
    except IntegrityError as taken:
        german = "Ein anderes Terminal hat diesen Namen oder diese Seriennummer."
        raise PairingRefusedError(Text(german, "Another terminal has this name or serial number.")) from taken
    record("terminals.changed", terminal, at=at, actor=actor, before=before, after=told)
    return terminal


@transaction.atomic
def restart(terminal_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Ask a terminal to start anew; it does so at its next beat."""
    terminal = _held(terminal_id)
    terminal.restart += 1
    terminal.save(update_fields=["restart"])
    record("terminals.restart_asked", terminal, at=at, actor=actor)


@transaction.atomic
def unpair(terminal_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Part from a terminal: its token is worth nothing from now on, and what was on its glass goes at its next beat."""
    terminal = _held(terminal_id)
    terminal.unpaired_at = at
    terminal.save(update_fields=["unpaired_at"])
    credentials.revoke(SCOPE, terminal.pk, at=at)
    record("terminals.unpaired", terminal, at=at, actor=actor, clause="1.3")


def _code(secret: str) -> str:
    """Five bits for each character: a page that is shown anew shows the code it showed before."""
    bits = int.from_bytes(_keyed("shown", secret)[:_LENGTH])
    return "".join(_ALPHABET[bits >> (5 * place) & 31] for place in range(_LENGTH))


def _held(terminal_id: uuid.UUID) -> Terminal:
    return Terminal.objects.select_for_update().get(pk=terminal_id, unpaired_at=None)


def _keyed(what: str, value: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"terminals {what} {value}".encode(), hashlib.sha256)


def pair_in_demo(serials: Sequence[str], *, at: datetime) -> None:
    """Open two sites of the current tenant and pair a device at each; the second was not heard of yet."""
    for place, (serial, (site, name)) in enumerate(zip(serials, _DEMO, strict=True)):
        stands = open_site(name=site, at=at, actor=MACHINE, zone="Europe/Berlin", city=site, country="DE")
        secret = offer_code(address="demo", at=at)
        made = pair(
            code_of(secret, at=at), site=stands, name=name, kind=Terminal.Kind.KIOSK, serial=serial,
            pages=["terminals.standby"], language="de", at=at, actor=MACHINE,
        )  # fmt: skip
        ask_for_token(secret, at=at)
        if not place:
            beat(made.pk, agent="KioskOS 12.4", at=at + timedelta(minutes=5))

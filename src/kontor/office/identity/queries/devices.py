"""
What an app says of the device it runs on, and whether a tenant lets such a device in.

All of it is the app's own word: whoever controls the device can have it say anything. It keeps out the careless, not
the determined. A verdict that can be trusted comes from the maker alone; a tenant may insist on one
(`AccessPolicy.device_integrity`), signed by the service that the house names (KONTOR_DEVICE_KEYS). Where it names none,
such a tenant lets no app in. It vouches for the device's integrity, for nothing else that the app says. A browser says
nothing of it.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from kontor.kernel.models import AccessPolicy, Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.models import Device, Instruction
from kontor.office.identity.queries.clients import Client, Coming, house_day, judge, lines_on
from kontor.office.identity.queries.instructions import commitment_of, newest
from kontor.office.identity.queries.security import policy_here
from kontor.rulebook.ruling import Text

LOCKS: Final[Mapping[str, Text]] = {
    "password": Text("Kennwort", "Password"),
    "pin": Text("PIN", "PIN"),
    "pattern": Text("Muster", "Pattern"),
    "biometrics": Text("Biometrie", "Biometrics"),
}
NO_LOCK: Final = Text("keine", "none")
INTACT: Final = "intact"
FOUND: Final[Mapping[str, Text]] = {
    INTACT: Text("nichts gefunden", "nothing found"),
    "rooted": Text("Root-Zugriff", "rooted"),
    "jailbroken": Text("Jailbreak", "jailbroken"),
    "custom_rom": Text("fremdes Betriebssystem", "custom ROM"),
    "integrity_apps": Text("Apps, die das Gerät unsicher machen", "apps that impair the device"),
}
UNKNOWN: Final = "DEVICE_UNKNOWN"
INTEGRITY: Final = "DEVICE_INTEGRITY"
BETA: Final = "DEVICE_BETA"
SYSTEM: Final = "DEVICE_SYSTEM"
LOCK: Final = "DEVICE_LOCK"
PRIVATE: Final = "DEVICE_PRIVATE"
RULES: Final = "DEVICE_RULES"
CLAUSES: Final[Mapping[str, str]] = {
    INTEGRITY: "dealership §3 Nr.2a",
    BETA: "dealership §3 Nr.2b",
    SYSTEM: "dealership §3 Nr.2b",
    LOCK: "dealership §3 Nr.3b",
    PRIVATE: "dealership §4",
    RULES: "dealership §4",
}
_SHORT: Final[Mapping[str, Text]] = {
    UNKNOWN: Text("nichts gemeldet", "nothing reported"),
    INTEGRITY: Text("verändert", "tampered with"),
    BETA: Text("Beta-System", "beta system"),
    SYSTEM: Text("System zu alt", "system too old"),
    LOCK: Text("Gerätesperre", "device lock"),
    PRIVATE: Text("privat", "private"),
    RULES: Text("Regeln offen", "rules open"),
}
_WHY: Final[Mapping[str, Text]] = {
    UNKNOWN: Text(
        "Die App hat noch nicht gesagt, auf welchem Gerät sie läuft. Starten Sie sie neu.",
        "The app has not said yet on which device it runs. Start it again.",
    ),
    INTEGRITY: Text(
        "Dieses Gerät ist verändert, oder es lässt sich nicht prüfen, ob es das ist. So läuft die App hier nicht.",
        "This device was tampered with, or it cannot be checked whether it was. The app does not run here like that.",
    ),
    BETA: Text(
        "Dieses Gerät läuft mit einer Beta-Version. Die App läuft nur auf veröffentlichten Versionen; im Browser "
        "kommen Sie herein.",
        "This device runs a beta version. The app runs on released versions only; in the browser you are let in.",
    ),
    SYSTEM: Text(
        "Das Betriebssystem dieses Geräts wird nicht mehr unterstützt. Aktualisieren Sie es.",
        "The operating system of this device is not supported any more. Update it.",
    ),
    PRIVATE: Text(
        "Ihre Firma lässt keine privaten Geräte zu.",
        "Your company allows no private devices.",
    ),
    RULES: Text(
        "Für private Geräte gelten Regeln, die Sie vorher annehmen.",
        "Private devices have rules that you accept first.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an app says of its device; the fields are those of `Device`."""

    device: str
    model: str
    system: str
    version: str
    beta: bool
    integrity: str
    lock: str
    patch_on: date | None
    private: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The code under which a device is refused, "" where it is let in; and what will be refused from a day on."""

    code: str
    coming: tuple[Coming, ...] = ()


def judge_device(said: Facts | Device, person: uuid.UUID, *, at: datetime, vouched: bool = False) -> Found:
    """
    Hold what an app says against what every app, the house's list and the tenant's policy ask; four queries.

    Manipulated devices and betas are refused for everybody; lock, strictness and private devices are the tenant's.

    vouched  this session has shown a verdict for the device that holds
    """
    policy = policy_here()
    seen = judge(Client(app=True, system=said.system, system_version=said.version), lines_on(house_day(at)))
    if said.integrity != INTACT or (policy.device_integrity and not vouched):
        return Found(INTEGRITY)
    if said.beta:
        return Found(BETA)
    if not seen.let_in:
        return Found(SYSTEM)
    if policy.device_locks and said.lock not in policy.device_locks:
        return Found(LOCK)
    return Found(_private(person, policy) if said.private else "", seen.coming)


def device_code(membership: uuid.UUID, person: uuid.UUID, name: str, *, at: datetime, vouched: bool = False) -> Found:
    """Judge the device that a session named; UNKNOWN where none was reported here."""
    row = Device.objects.filter(membership=membership, device=name).first() if name else None
    return judge_device(row, person, at=at, vouched=vouched) if row else Found(UNKNOWN)


def refusal_words(code: str) -> Text:
    """Return in a sentence why a device is refused."""
    if code != LOCK:
        return _WHY[code]
    allowed = [LOCKS[kind] for kind in policy_here().device_locks]
    return Text(
        f"Ihre Firma verlangt eine Gerätesperre. Zulässig: {', '.join(each.de for each in allowed)}.",
        f"Your company demands a device lock. Allowed: {', '.join(each.en for each in allowed)}.",
    )


def code_words(code: str) -> Text:
    """Return a code in a word or two, as a list shows it."""
    return _SHORT[code]


def oldest_patch(policy: AccessPolicy, today: date) -> date | None:
    """Return the oldest patch level that is recent enough for a tenant on a day; None where it does not ask."""
    return today - timedelta(days=policy.patch_days) if policy.patch_days is not None else None


def outdated(rows: QuerySet[Any], oldest: date | None) -> QuerySet[Any]:
    """Return those devices whose patch level is older than that; none where nothing is asked."""
    return rows.filter(patch_on__lt=oldest) if oldest else rows.none()


def to_remind(oldest: date | None) -> QuerySet[Any]:
    """Return outdated devices about whose patch level nobody was written to yet, with their people."""
    rows = outdated(Device.objects.select_related("membership__user"), oldest)
    return rows.exclude(reminded_for=F("patch_on")).order_by("pk")


def tenant_day(at: datetime) -> date:
    """Return the day in the current tenant's zone."""
    return at.astimezone(ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)).date()


def _private(person: uuid.UUID, policy: AccessPolicy) -> str:
    rules = newest(Instruction.Topic.OWN_DEVICES)
    if not policy.own_devices or rules is None:
        return PRIVATE
    return "" if commitment_of(person, rules) else RULES

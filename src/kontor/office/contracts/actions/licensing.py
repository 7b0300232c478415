"""Activating computers under a licence, within its number and at its sites; releasing and locking them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.licensing_keys import deliver_keys, take_turns
from kontor.office.contracts.models import (
    Activation,
    Amendment,
    BackupCopy,
    Contract,
    LicenceNotice,
    SiteReport,
    Suspension,
)
from kontor.office.contracts.queries.licences import (
    Granting,
    active_on,
    covers,
    day_of,
    grantings,
    network_of,
    waiting_sites,
)
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.licence import Answer, Request, licence_terms, location_known, may_activate
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack


class LicenceRefusedError(RefusalError):
    """Nothing is activated, released or locked like this; `key` for programs, `clause` where one says so."""

    def __init__(self, text: Text, *, key: str = "refused", clause: str = "") -> None:
        super().__init__(text)
        self.key, self.clause = key, clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """
    What a computer says when it asks for activation.

    fingerprint  what tells it from others; only its hash is kept
    label        what people call it
    address      from which it asks
    lost         the activation of the destroyed original that the backup copy replaces, None for an original
    """

    product: str
    site: str
    fingerprint: str
    label: str
    address: str = ""
    lost: Any = None


@dataclass(frozen=True, slots=True)
class Activated:
    """An activation, whether it is new, and how many of how many places are taken."""

    row: Activation
    new: bool
    used: int
    places: int


@transaction.atomic
def activate(contract: Contract, asking: Asking, *, at: datetime, actor: Actor) -> Activated:
    """
    Activate a computer; the same computer again is the activation there is. Of two who want the last place one gets it.

    LicenceRefusedError beyond the number, at a site the licence does not name, before its first or after its last day,
    for a locked computer, while services are suspended, and for a backup copy that is not registered.
    """
    take_turns(f"activation {contract.pk}")
    deliver_keys(contract.pk, at=at, actor=actor)
    pack, granting = pack_of_terms(contract.terms), _granting(contract, asking.product, at=at)
    if asking.lost is not None:
        _give_up_original(contract, asking, pack, at=at, actor=actor)
    rows = active_on(contract, asking.product)
    ruling = _decided(contract, asking, granting, rows, at=at)
    known = next((row for row in rows if row.computer == hashed(contract, asking.fingerprint)), None)
    places = granting.licence.computers
    if known is not None:
        return Activated(known, new=False, used=len(rows), places=places)
    made = _made(contract, asking, ruling, at=at)
    after = {"product": made.product, "site": made.site, "label": made.label, "from_copy": made.from_copy}
    record("contracts.computer_activated", contract, at=at, actor=actor, ruling=made.ruling, after=after)
    publish("contracts.licence_moved", {"contract": str(contract.pk)}, at=at)
    _notice_location(contract, asking, pack, at=at, actor=actor)
    return Activated(made, new=True, used=len(rows) + 1, places=places)


@transaction.atomic
def release(activation: Activation, *, reason: str, at: datetime, actor: Actor) -> Activation:
    """Free the place of a computer; LicenceRefusedError for a locked one, and where it is free already."""
    row = _held(activation)
    if row.locked_at is not None:
        german = "Ein gesperrter Rechner gibt seinen Platz nicht frei."
        raise LicenceRefusedError(Text(german, "A locked computer does not free its place."), key="locked")
    row.released_at, row.release_reason = at, reason
    row.save(update_fields=["released_at", "release_reason"])
    record(
        "contracts.computer_released", row.contract, at=at, actor=actor, after={"label": row.label, "reason": reason}
    )
    publish("contracts.licence_moved", {"contract": str(row.contract_id)}, at=at)
    return row


@transaction.atomic
def lock(activation: Activation, *, reason: str, at: datetime, actor: Actor) -> Activation:
    """Lock a computer: it is not activated again until it is unlocked."""
    row = _held(activation)
    row.locked_at, row.lock_reason = at, reason
    row.save(update_fields=["locked_at", "lock_reason"])
    record("contracts.computer_locked", row.contract, at=at, actor=actor, after={"label": row.label, "reason": reason})
    publish("contracts.licence_moved", {"contract": str(row.contract_id)}, at=at)
    return row


@transaction.atomic
def unlock(activation: Activation, *, reason: str, at: datetime, actor: Actor) -> Activation:
    """Lift the lock of a computer; its place is still its own."""
    row = _held(activation)
    row.locked_at, row.lock_reason = None, ""
    row.save(update_fields=["locked_at", "lock_reason"])
    after = {"label": row.label, "reason": reason}
    record("contracts.computer_unlocked", row.contract, at=at, actor=actor, after=after)
    publish("contracts.licence_moved", {"contract": str(row.contract_id)}, at=at)
    return row


def hashed(contract: Contract, fingerprint: str) -> str:
    """Return what is kept of a computer's fingerprint: its hash, another one in each contract."""
    return hashlib.sha256(f"{contract.pk} {fingerprint}".encode()).hexdigest()


def _granting(contract: Contract, product: str, *, at: datetime) -> Granting:
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    found = next((each for each in grantings(contract, rows, at=at) if each.licence.product == product), None)
    if found is None:
        terms = licence_terms(pack_of_terms(contract.terms)).computers_limited
        raise LicenceRefusedError(
            Text(
                f"„{product}“ ist nicht lizenziert; es braucht ein angenommenes Angebot.",
                f"“{product}” is not licensed; it needs an accepted offer.",
            ),
            key="not_licensed",
            clause=terms.clause.number if terms else "",
        )
    return found


def _decided(
    contract: Contract, asking: Asking, granting: Granting, rows: Sequence[Activation], *, at: datetime
) -> Ruling[Answer]:
    pack, computer = pack_of_terms(contract.terms), hashed(contract, asking.fingerprint)
    ruling = may_activate(
        pack,
        granting.licence,
        Request(asking.site, computer, locked=any(row.computer == computer and row.locked_at for row in rows)),
        on=day_of(pack, at),
        active=[row.computer for row in rows],
        waiting={report.name for report in waiting_sites(contract, sites=granting.licence.sites)},
        suspended=Suspension.objects.filter(contract=contract, lifted_at=None).exists(),
    )
    if not ruling.value.activates:
        clause = str(ruling.clauses[0]) if ruling.clauses else ""
        raise LicenceRefusedError(ruling.working[-1], key=ruling.value.value, clause=clause)
    return ruling


def _made(contract: Contract, asking: Asking, ruling: Ruling[Answer], *, at: datetime) -> Activation:
    stored = store_ruling(
        ruling, question="contracts.activation", pack=contract.pack, version=contract.version,
        customer_tenant=contract.customer_tenant_id, at=at,
    )  # fmt: skip
    return Activation.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, product=asking.product, site=asking.site,
        computer=hashed(contract, asking.fingerprint), label=asking.label, from_copy=asking.lost is not None,
        activated_at=at, ruling=stored,
    )  # fmt: skip


def _give_up_original(contract: Contract, asking: Asking, pack: TermsPack, *, at: datetime, actor: Actor) -> None:
    """Use the registered backup copy: the destroyed original loses its place, and the copy is used up."""
    copy = BackupCopy.objects.filter(contract=contract, product=asking.product, used_at=None).first()
    original = Activation.objects.filter(
        pk=asking.lost, contract=contract, product=asking.product, released_at=None
    ).first()
    if copy is None or original is None:
        rule = licence_terms(pack).backup_copies
        german = "Eine Sicherungskopie ersetzt ein aktiviertes Original und muss eingetragen sein."
        english = "A backup copy replaces an activated original, and must be registered."
        raise LicenceRefusedError(Text(german, english), key="no_copy", clause=rule.clause.number if rule else "")
    release(original, reason="Durch die Sicherungskopie ersetzt / replaced by the backup copy", at=at, actor=actor)
    copy.used_at = at
    copy.save(update_fields=["used_at"])


def _notice_location(contract: Contract, asking: Asking, pack: TermsPack, *, at: datetime, actor: Actor) -> None:
    network = network_of(asking.address)
    if not network:
        return
    reported = SiteReport.objects.filter(contract=contract, name=asking.site).exclude(network="")
    known = any(covers(each, asking.address) for each in reported.values_list("network", flat=True))
    ruling = location_known(pack, asking.site, reported=[network] if known else [], network=network)
    if ruling.value:
        return
    stored = store_ruling(ruling, question="contracts.activation_network", pack=contract.pack,
                          version=contract.version, at=at)  # fmt: skip
    LicenceNotice.objects.create(
        contract=contract, product=asking.product, site=asking.site, network=network, label=asking.label,
        ruling=stored, at=at,
    )  # fmt: skip
    record("contracts.network_noticed", contract, at=at, actor=actor, ruling=stored, after={"network": network})
    publish("contracts.network_noticed", {"contract": str(contract.pk)}, at=at)


def _held(activation: Activation) -> Activation:
    take_turns(f"activation {activation.contract_id}")
    row: Activation = (
        Activation.objects.select_for_update(of=("self",)).select_related("contract").get(pk=activation.pk)
    )
    if row.released_at is not None:
        raise LicenceRefusedError(Text("Dieser Platz ist schon frei.", "This place is free already."), key="released")
    return row

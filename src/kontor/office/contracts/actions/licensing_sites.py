"""What a customer reports about its licences: a new site, a site's network, its backup copy; and notices settled."""

import ipaddress
import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.licensing import LicenceRefusedError
from kontor.office.contracts.actions.licensing_keys import take_turns
from kontor.office.contracts.models import BackupCopy, Contract, LicenceNotice, SiteReport
from kontor.office.contracts.queries.licences import sites_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.licence import may_copy
from kontor.rulebook.ruling import Text


@transaction.atomic
def report_site(
    contract: Contract, *, name: str, address: str, network: str, by: str, at: datetime, actor: Actor
) -> SiteReport:
    """
    Take the report of a site: a new one waits for an amendment, of a known one the network is noted.

    LicenceRefusedError for a network that is none, and a known site without anything new.
    """
    plain = _network(network)
    if name in sites_of(contract) and not plain:
        raise LicenceRefusedError(
            Text("Dieser Standort ist schon bekannt.", "This site is known already."), key="known_site"
        )
    made = SiteReport.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, name=name, address=address, network=plain,
        reported_by=by, at=at,
    )  # fmt: skip
    record("contracts.site_reported", contract, at=at, actor=actor, after={"name": name, "network": plain})
    publish("contracts.licence_moved", {"contract": str(contract.pk)}, at=at)
    return made


@transaction.atomic
def register_copy(
    contract: Contract, *, product: str, label: str, notices: bool, by: str, at: datetime, actor: Actor
) -> BackupCopy:
    """Register the backup copy a customer keeps; LicenceRefusedError beyond the number, or without its notices."""
    take_turns(f"activation {contract.pk}")
    kept = BackupCopy.objects.filter(contract=contract, product=product, used_at=None).count()
    ruling = may_copy(pack_of_terms(contract.terms), kept=kept, notices=notices, provided=False)
    if not ruling.value:
        clause = ruling.clauses[0].number if ruling.clauses else ""
        raise LicenceRefusedError(ruling.working[-1], key="no_copy", clause=clause)
    stored = store_ruling(
        ruling, question="contracts.backup_copy", pack=contract.pack, version=contract.version,
        customer_tenant=contract.customer_tenant_id, at=at,
    )  # fmt: skip
    made = BackupCopy.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, product=product, label=label,
        registered_by=by, ruling=stored, at=at,
    )  # fmt: skip
    record("contracts.copy_registered", contract, at=at, actor=actor, ruling=stored, after={"label": label})
    publish("contracts.licence_moved", {"contract": str(contract.pk)}, at=at)
    return made


@transaction.atomic
def settle_notice(notice_id: uuid.UUID, *, settled: str, at: datetime, actor: Actor) -> LicenceNotice:
    """Note what became of a notice; LicenceRefusedError where that is noted already."""
    row = LicenceNotice.objects.select_for_update(of=("self",)).select_related("contract").get(pk=notice_id)
    if row.settled_at is not None:
        raise LicenceRefusedError(Text("Das ist schon geklärt.", "This is settled already."), key="settled")
    row.settled_at, row.settled = at, settled
    row.save(update_fields=["settled_at", "settled"])
    record("contracts.licence_notice_settled", row.contract, at=at, actor=actor, after={"settled": settled})
    return row


def _network(told: str) -> str:
    if not told:
        return ""
    try:
        return str(ipaddress.ip_network(told, strict=False))
    except ValueError as error:
        raise LicenceRefusedError(
            Text("Das ist kein Netz wie 192.0.2.0/24.", "This is no network such as 192.0.2.0/24."), key="network"
        ) from error

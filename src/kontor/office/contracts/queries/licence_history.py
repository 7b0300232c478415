"""What happened to the licences of a contract: keys delivered, computers activated and released, copies, sites."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from kontor.kernel.components import Moment
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.office.contracts.models import Activation, BackupCopy, Contract, LicenceKey, SiteReport
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.ruling import Text

KEPT = 60  # entries a page shows; older ones stand in the record


def licence_history(
    contract: Contract,
    *,
    keys: Sequence[LicenceKey],
    activations: Sequence[Activation],
    copies: Sequence[BackupCopy],
    sites: Sequence[SiteReport],
) -> list[Moment]:
    """Return the entries, the latest first, each with its decision; one query."""
    zone = ZoneInfo(pack_of_terms(contract.terms).zone)
    why = reasons_by_id({each.ruling for listed in (keys, activations, copies) for each in listed})

    def entries() -> Iterator[tuple[datetime, Moment]]:
        for key in keys:
            title = Text(f"Schlüssel {key.says['number']} geliefert", f"Key {key.says['number']} delivered")
            yield key.at, Moment(key.at.astimezone(zone).date(), title, icon="key", ruling=why.get(key.ruling))
        for row in activations:
            on = row.activated_at.astimezone(zone).date()
            title = Text(f"{row.label} aktiviert", f"{row.label} activated")
            yield (
                row.activated_at,
                Moment(on, title, row.site, tone="good", icon="device-desktop", ruling=why.get(row.ruling)),
            )
            if row.released_at:
                on = row.released_at.astimezone(zone).date()
                title = Text(f"{row.label} freigegeben", f"{row.label} released")
                yield row.released_at, Moment(on, title, row.release_reason, icon="player-stop")
        for copy in copies:
            on = copy.at.astimezone(zone).date()
            title = Text("Sicherungskopie eingetragen", "Backup copy registered")
            yield copy.at, Moment(on, title, copy.label, icon="copy", ruling=why.get(copy.ruling))
        for site in sites:
            title = Text(f"Standort {site.name} gemeldet", f"Site {site.name} reported")
            yield site.at, Moment(site.at.astimezone(zone).date(), title, site.network, icon="map-pin")

    found = sorted(entries(), key=lambda entry: entry[0], reverse=True)
    return [moment for _, moment in found[:KEPT]]

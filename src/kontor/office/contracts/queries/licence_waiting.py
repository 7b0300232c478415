"""What the licences of many contracts wait for: an amendment for a reported site, a word on an unreported network."""

import uuid
from collections.abc import Collection

from django.db.models import QuerySet

from kontor.office.contracts.models import LicenceNotice, SiteReport
from kontor.rulebook.ruling import Text


def open_reports(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[tuple[Text, str]]]:
    """Return, as the house, what waits by contract: what it is, and where; two queries."""
    found: dict[uuid.UUID, list[tuple[Text, str]]] = {}
    for site in site_rows(contracts).select_related("contract").order_by("at"):
        if site.name not in {each["name"] for each in site.contract.terms["sites"]}:
            text = Text("Gemeldeter Standort wartet auf einen Nachtrag", "A reported site waits for an amendment")
            found.setdefault(site.contract_id, []).append((text, site.name))
    for row in network_rows(contracts).order_by("at"):
        text = Text("Rechner aus ungemeldetem Netz aktiviert", "A computer was activated from an unreported network")
        found.setdefault(row.contract_id, []).append((text, f"{row.label}, {row.site}"))
    return found


def site_rows(contracts: Collection[uuid.UUID]) -> QuerySet[SiteReport]:
    """Return the reported sites of contracts that no amendment names, unread."""
    return SiteReport.objects.filter(contract_id__in=contracts, amendment=None)


def network_rows(contracts: Collection[uuid.UUID]) -> QuerySet[LicenceNotice]:
    """Return the notices of computers in unreported networks that wait for a word, unread."""
    return LicenceNotice.objects.filter(contract_id__in=contracts, settled_at=None)

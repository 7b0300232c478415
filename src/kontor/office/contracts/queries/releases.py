"""Releases of a product, what is known of a candidate, and who is given what was published."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kontor.office.contracts.models import Contract, Release, ReleaseFile, ReleaseInstallation, ReleaseOffer
from kontor.office.contracts.queries.state import amendments_by_contract, contract_state
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.release import Candidate, Removed, Standing, given_to, install_now, price_of
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack


@dataclass(frozen=True, slots=True)
class Given:
    """A contract that is given releases, and why."""

    contract: Contract
    ruling: Ruling[bool]


@dataclass(frozen=True, slots=True)
class Published:
    """A release of a product as others see it; `on` None while it is a candidate."""

    id: uuid.UUID
    version: str
    on: date | None


def published_of(product: str) -> list[Published]:
    """Return a product's releases, the latest first; one query."""
    rows = Release.objects.filter(product=product).order_by("-at", "-pk")
    return [Published(row.pk, row.version, row.released_on) for row in rows]


def candidate_of(release: Release) -> Candidate:
    """Return what is known of a release; three queries."""
    checks = list(release.checks.order_by("key"))
    roles = set(release.files.values_list("role", flat=True))
    return Candidate(
        passed=tuple(each.key for each in checks if each.passed),
        failed=tuple(each.title for each in checks if not each.passed),
        removed=tuple(
            Removed(Text(each.name_de, each.name_en), bool(each.replacement)) for each in release.removed.order_by("pk")
        ),
        documented=ReleaseFile.Role.DOCUMENTATION in roles,
        reported=ReleaseFile.Role.REPORT in roles,
    )


def entitled(product: str, on: date) -> Iterator[Given]:
    """Yield the contracts under a product's terms that are given its releases on a day; two queries."""
    contracts = list(Contract.objects.filter(pack=product, start_on__lte=on).order_by("number"))
    rows = amendments_by_contract([contract.pk for contract in contracts])
    for contract in contracts:
        ruling = given_to(positions_on(contract, rows[contract.pk], on), pack_of_terms(contract.terms))
        if ruling.value:
            yield Given(contract, ruling)


def positions_on(contract: Contract, rows: Sequence[object], on: date) -> frozenset[str]:
    """Return the keys of what a contract holds on a day; nothing once it has ended."""
    state = contract_state(rows, on, pack=contract.pack, version=contract.version).value  # type: ignore[arg-type]
    if state.ends is not None and state.ends < on:
        return frozenset()
    return frozenset(each.key for each in state.positions if each.quantity > 0)


def releases() -> Sequence[Release]:
    """Return all releases of the house, the newest first."""
    return list(Release.objects.order_by("-at", "-pk"))


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A release at a customer: what was said of its installation, whether it goes now, and what it costs."""

    offer: ReleaseOffer
    row: ReleaseInstallation | None
    ruling: Ruling[bool]
    price: Ruling[Decimal] | None


def installations_of(
    contract: Contract, *, own: bool, at: datetime, today: date, pack: TermsPack | None = None
) -> list[Outstanding]:
    """Return each release of a contract with its installation, the newest first; two queries."""
    known = pack or pack_of_terms(contract.terms)
    rows = ReleaseInstallation.objects.all() if own else ReleaseInstallation.received.all()
    found = {row.offer_id: row for row in rows.filter(offer__contract_id=contract.pk)}
    return [
        Outstanding(
            offer,
            row := found.get(offer.pk),
            install_now(offer.kind, _standing(row), known, at=at, today=today),
            price_of(known),
        )
        for offer in offers_of(contract.pk, own=own)
    ]


def _standing(row: ReleaseInstallation | None) -> Standing:
    if row is None:
        return Standing()
    return Standing(row.planned_at, row.postponed_until, row.installed_at is not None)


def offers_of(contract_id: uuid.UUID, *, own: bool) -> list[ReleaseOffer]:
    """Return the releases that a contract's customer was given, the newest first; one query."""
    rows = ReleaseOffer.objects.all() if own else ReleaseOffer.received.all()
    return list(rows.filter(contract_id=contract_id).order_by("-released_on", "-at", "-pk"))

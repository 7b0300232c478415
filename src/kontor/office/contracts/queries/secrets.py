"""The confidential papers of a contract: who may open each, who did, and with whom it may be shared."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch

from kontor.office.contracts.models import (
    ConfidentialOpening,
    ConfidentialPaper,
    ConfidentialReader,
    ConfidentialSharing,
)

SHOWN: Final = 20  # openings of a paper on the page; the record keeps all


@dataclass(frozen=True, slots=True)
class Secret:
    """A confidential paper with those on its list, the latest openings first, and what was asked about sharing it."""

    row: ConfidentialPaper
    readers: Sequence[ConfidentialReader]
    openings: Sequence[ConfidentialOpening]
    sharings: Sequence[ConfidentialSharing]

    def opens_to(self, email: str) -> bool:
        """Whether somebody is on the list."""
        return email.casefold() in {reader.email for reader in self.readers}


def secrets_of(contract_id: uuid.UUID, *, own: bool) -> list[Secret]:
    """Return a contract's confidential papers, the latest first, as one side sees them; four queries."""
    papers = ConfidentialPaper.objects if own else ConfidentialPaper.received
    readers = ConfidentialReader.objects if own else ConfidentialReader.received
    openings = ConfidentialOpening.objects if own else ConfidentialOpening.received
    sharings = ConfidentialSharing.objects if own else ConfidentialSharing.received
    rows = papers.filter(contract_id=contract_id).order_by("-at", "-pk").prefetch_related(
        Prefetch("readers", readers.filter(until=None).order_by("email")),
        Prefetch("openings", openings.order_by("-at", "-pk")),
        Prefetch("sharings", sharings.order_by("-asked_at", "-pk")),
    )  # fmt: skip
    return [
        Secret(row, list(row.readers.all()), list(row.openings.all())[:SHOWN], list(row.sharings.all())) for row in rows
    ]

"""Releases for local installations: what is to be installed now, its files, and that it was."""

import uuid
from datetime import date, datetime

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from ninja import Schema

from kontor.kernel.actions.answering import answer
from kontor.kernel.api import Call, Page, ProblemError
from kontor.kernel.api.schemas import Body, FileGiven
from kontor.kernel.wording import spoken
from kontor.office.contracts.api.licences import ACTIVATE, Label
from kontor.office.contracts.api.mounted import endpoints, opened
from kontor.office.contracts.models import ReleaseOffer
from kontor.office.contracts.queries.releases import Outstanding, installations_of
from kontor.rulebook.refusal import RefusalError


class ReleaseFileShown(Schema):
    """A file of a release."""

    role: str
    name: str
    size: int
    sha256: str


class ReleaseShown(Schema):
    """
    A release for an installation.

    install     whether it is to be installed now, at this connection
    price       "0.00" where the terms include it, null where they say nothing
    postponable whether the terms let the customer postpone it
    """

    id: uuid.UUID
    version: str
    kind: str
    released_on: date
    install: bool
    because: str
    planned_at: datetime | None
    postponed_until: date | None
    installed_at: datetime | None
    postponable: bool
    price: str | None
    clauses: list[str]
    files: list[ReleaseFileShown]


class Installed(Body):
    """What the installation calls itself."""

    where: Label


class Postponed(Body):
    """The first day on which it may be installed."""

    until: date


@endpoints.reads("/received/contracts/{uuid:contract_id}/releases", permission=ACTIVATE, answers=Page[ReleaseShown])
def list_releases(request: Call, contract_id: uuid.UUID) -> Page[ReleaseShown]:
    """List the releases of a contract, the newest first; an installation asks at each connection to the internet."""
    found = opened(request, contract_id)
    outstanding = installations_of(found.contract, own=False, at=request.at, today=found.today)
    return Page[ReleaseShown](items=[_shown(each) for each in outstanding])


@endpoints.gives(
    "/received/releases/{uuid:offer_id}/files/{sha256}", permission=ACTIVATE, media_types=["application/octet-stream"]
)
def fetch_release_file(request: Call, offer_id: uuid.UUID, sha256: str) -> FileGiven:
    """Give a file of a release by its digest; recorded on both sides."""
    try:
        name, media_type, content = answer(
            "contracts.release_file", offer_id, at=request.at, actor=request.actor, sha256=sha256
        )
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return FileGiven(name, media_type, content)


@endpoints.writes("/received/releases/{uuid:offer_id}/installed", permission=ACTIVATE, answers=ReleaseShown)
def release_installed(request: Call, offer_id: uuid.UUID, told: Installed) -> ReleaseShown:
    """Note that a release was installed; told again it changes nothing."""
    return _told(request, offer_id, "contracts.release_installed", where=told.where)


@endpoints.writes("/received/releases/{uuid:offer_id}/postpone", permission=ACTIVATE, answers=ReleaseShown)
def postpone_release(request: Call, offer_id: uuid.UUID, told: Postponed) -> ReleaseShown:
    """Postpone a release; 409 with the clause where the terms let nobody delay it."""
    return _told(request, offer_id, "contracts.release_postponed", until=told.until)


def _told(request: Call, offer_id: uuid.UUID, action: str, **given: object) -> ReleaseShown:
    try:
        answer(action, offer_id, at=request.at, actor=request.actor, **given)
    except RefusalError as refused:
        raise ProblemError(409, "release-refused", spoken(refused.text)) from refused
    offer = ReleaseOffer.received.get(pk=offer_id)
    found = opened(request, offer.contract_id)
    outstanding = installations_of(found.contract, own=False, at=request.at, today=found.today)
    return _shown(next(each for each in outstanding if each.offer.pk == offer_id))


def _shown(each: Outstanding) -> ReleaseShown:
    offer, row, price = each.offer, each.row, each.price
    clauses = dict.fromkeys((*each.ruling.clauses, *(price.clauses if price else ())))
    return ReleaseShown(
        id=offer.pk, version=offer.version, kind=offer.kind, released_on=offer.released_on, install=each.ruling.value,
        because=spoken(each.ruling.working[-1]), planned_at=row.planned_at if row else None,
        postponed_until=row.postponed_until if row else None, installed_at=row.installed_at if row else None,
        postponable=offer.postponable, price=str(price.value) if price else None,
        clauses=[clause.number for clause in clauses], files=[ReleaseFileShown(**file) for file in offer.files],
    )  # fmt: skip

"""Licences over the API: computers ask for activation and give their place back; keys and who holds which place."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext
from ninja import Schema
from pydantic import Field

from kontor.kernel.actions.answering import answer
from kontor.kernel.api import WHY, Call, Line, Page, ProblemError, Truth, Why
from kontor.kernel.api.schemas import Body
from kontor.kernel.client import client_address
from kontor.kernel.links import absolute
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.office.contracts.actions.licensing import Activated, Asking, LicenceRefusedError
from kontor.office.contracts.api.mounted import ACCOUNT, SEE, endpoints, opened, rows_of
from kontor.office.contracts.models import Activation, LicenceKey
from kontor.office.contracts.queries.licences import latest_keys

ACTIVATE = "contracts.activate"
Product = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[a-z0-9_]+$")]
Fingerprint = Annotated[str, Field(min_length=8, max_length=200, pattern=r"^[!-~]+$")]
Site = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
Label = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]


class NewActivation(Body):
    """
    A computer that asks to be activated.

    computer   what tells it from others; only a hash of it is kept
    destroyed  the activation of the original that the backup copy replaces, where the copy was installed
    """

    product: Product
    site: Site
    computer: Fingerprint
    label: Label
    destroyed: uuid.UUID | None = None


class Release(Body):
    """Why a place is given back."""

    reason: Line


class ActivationShown(Schema):
    """A computer that holds a place of a licence, or held it until `released_at`."""

    id: uuid.UUID
    product: str
    site: str
    label: str
    from_copy: bool
    locked: bool
    activated_at: datetime
    released_at: datetime | None
    why: Why | None = None


class ActivationGiven(Schema):
    """An activation with the licence key for the computer; `used` of `places` are taken. `known`: it was before."""

    activation: ActivationShown
    key: str
    known: bool
    used: int
    places: int


class KeyShown(Schema):
    """The newest licence key of a product, signed (a JSON Web Signature), and what it says."""

    number: str
    product: str
    says: dict[str, Any]
    key: str
    why: Why | None = None


@endpoints.reads_both("/contracts/{uuid:contract_id}/licence-keys", house=SEE, customer=ACCOUNT, answers=Page[KeyShown])
def list_licence_keys(request: Call, contract_id: uuid.UUID, why: Truth = WHY) -> Page[KeyShown]:
    """List the licence keys that count, one for each product."""
    rows = latest_keys(opened(request, contract_id).contract.pk, own=request.own)
    reasons = reasons_by_id({row.ruling for row in rows}) if why else {}
    return Page[KeyShown](
        items=[
            KeyShown(
                number=row.says["number"], product=row.product, says=row.says, key=row.text,
                why=_why(reasons.get(row.ruling)),
            )
            for row in rows
        ]
    )  # fmt: skip


@endpoints.reads_both(
    "/contracts/{uuid:contract_id}/activations", house=SEE, customer=ACCOUNT, answers=Page[ActivationShown]
)
def list_activations(request: Call, contract_id: uuid.UUID, why: Truth = WHY) -> Page[ActivationShown]:
    """List the computers that hold or held a place, the first first."""
    contract = opened(request, contract_id).contract
    rows = list(rows_of(request, Activation).filter(contract_id=contract.pk).order_by("activated_at", "pk"))
    reasons = reasons_by_id({row.ruling for row in rows}) if why else {}
    return Page[ActivationShown](items=[_shown(row, reasons.get(row.ruling)) for row in rows])


@endpoints.writes(
    "/received/contracts/{uuid:contract_id}/activations", permission=ACTIVATE, answers=ActivationGiven, status=201
)
def activate_computer(request: Call, contract_id: uuid.UUID, told: NewActivation) -> ActivationGiven:
    """Activate a computer at a named site; refused beyond the number of computers, elsewhere, and after the end."""
    asking = Asking(
        product=told.product, site=told.site, fingerprint=told.computer, label=told.label, lost=told.destroyed,
        address=client_address(request),
    )  # fmt: skip
    try:
        given: Activated = answer(
            "contracts.activate_computer", contract_id, asking=asking, at=request.at, actor=request.actor
        )
    except LicenceRefusedError as refused:
        raise _problem(refused, contract_id) from refused
    key = LicenceKey.received.filter(contract_id=contract_id, product=told.product).order_by("-number")
    return ActivationGiven(
        activation=_shown(given.row, None), key=key.values_list("text", flat=True)[0], known=not given.new,
        used=given.used, places=given.places,
    )  # fmt: skip


@endpoints.writes("/received/activations/{uuid:activation_id}/release", permission=ACTIVATE, answers=ActivationShown)
def release_computer(request: Call, activation_id: uuid.UUID, told: Release) -> ActivationShown:
    """Give a computer's place back."""
    row = Activation.received.get(pk=activation_id)
    try:
        released = answer(
            "contracts.release_computer", activation_id, reason=told.reason, at=request.at, actor=request.actor
        )
    except LicenceRefusedError as refused:
        raise _problem(refused, row.contract_id) from refused
    return _shown(released, None)


def _problem(refused: LicenceRefusedError, contract_id: uuid.UUID) -> ProblemError:
    """Return a refusal with its clause, and where more is offered."""
    page = absolute("contracts:account-licences", contract_id)
    faults = [("clause", refused.clause)] if refused.clause else []
    says = gettext("Offers and places of this licence: %(page)s") % {"page": page}
    return ProblemError(
        409, f"licence-{refused.key.replace('_', '-')}", refused.text, faults=[*faults, ("offer", says)]
    )


def _shown(row: Activation, reasons: Reasons | None) -> ActivationShown:
    return ActivationShown(
        id=row.pk, product=row.product, site=row.site, label=row.label, from_copy=row.from_copy,
        locked=row.locked_at is not None, activated_at=row.activated_at, released_at=row.released_at,
        why=_why(reasons),
    )  # fmt: skip


def _why(reasons: Reasons | None) -> Why | None:
    return Why.of(reasons) if reasons else None

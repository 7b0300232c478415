"""What tests of endings share: a contract signed on a fixed day, its bills, and notices with their proof."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import billing, conclusion
from kontor.office.contracts.actions.noticing import NewNotice, Upload
from kontor.office.contracts.models import Contract
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.notice import Given
from kontor.rulebook.ending.told import Side
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_party, send

LETTER = Upload(name="kuendigung.pdf", media_type="application/pdf", content=b"%PDF-1.7 letter")


def signed(house: House, *, agreed: Mapping[str, Any] | None = None, **given: Any) -> Contract:
    """Return a contract concluded on 2 November 2026 that begins on 1 December."""
    offer = send(house, make_draft(house, make_party(house), agreed=agreed, **given))
    accept(house, offer)
    if house.pack == "visitor":
        with as_tenant(house.tenant.pk):
            conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
    run_jobs()
    with as_tenant(house.tenant.pk):
        return Contract.objects.select_related("offer").get(offer=offer)


def billed(house: House, contract: Contract, until: date) -> None:
    """Bill a contract until a day, as its run does."""
    at = noon(until)
    with as_tenant(house.tenant.pk):
        run = billing.start_run_of([contract.pk], until=until, at=at, actor=house.actor)
        billing.bill_contracts(run.pk, [contract.pk], at=at)


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 11, tzinfo=UTC)


def letter(received: date | None, **given: Any) -> NewNotice:
    """Return a customer's letter with its proof."""
    told = {"sent": None, "wished": None, "parts": (), "means": Means.LETTER} | given
    means, by, authorised = told.pop("means"), told.pop("given_by", "Jonas Alder"), told.pop("authorised", True)
    return NewNotice(
        given=Given(means, received=received, **told), side=Side.CUSTOMER, given_by=by, proof=LETTER,
        authorised=authorised,
    )  # fmt: skip

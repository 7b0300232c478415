"""Where each sub-processor stands: bound by contract, lawfully placed, and for which customers on."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from kontor.kernel.countries import country_name
from kontor.kernel.models import Blob
from kontor.kernel.wording import language
from kontor.office.privacy.models import Subprocessor, SubprocessorNotice
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.subprocessors import Change, Standing, standing
from kontor.rulebook.transfers import Ground, Transfer, transfer

_UNBOUND = Text(
    "Ohne Vertrag mit gleichen Pflichten wird nichts verarbeitet.",
    "Without a contract of equal duties nothing is processed.",
)

_NOT_THEN = Text("An diesem Tag wirkt er für den Kunden nicht mit.", "On that day it does not act for this customer.")


def change_of(notice: SubprocessorNotice) -> Change:
    """Return a notice as the rule reads it."""
    return Change(
        mode=notice.mode or None,  # type: ignore[arg-type]
        received_on=notice.received_on,
        within=Duration.parse(notice.within) if notice.within else None,
        effective_on=notice.effective_on,
        objected_on=notice.objected_on,
        approved_on=notice.approved_at.date() if notice.approved_at else None,
    )


def standing_of(notice: SubprocessorNotice, on: date) -> Ruling[Standing]:
    """Decide where a notice stands on a day."""
    return standing(change_of(notice), on=on, clauses=[Clause(*each) for each in notice.clauses])


def placed(found: Subprocessor, on: date, *, instructed: bool = False) -> Ruling[Transfer]:
    """Decide whether a sub-processor's place is lawful on a day."""
    documented = found.ground_document_id is not None
    ground = Ground(found.ground, found.ground_since, found.ground_until, found.instruction, documented)
    return transfer(found.country, ground if found.ground else None, on=on, instructed=instructed)


def hindrance(found: Subprocessor, on: date, *, instructed: bool = False) -> Text | None:
    """Return why a sub-processor may touch nobody's data on a day, None where nothing hinders it."""
    if found.agreement_on is None or found.agreement_on > on:
        return _UNBOUND
    decided = placed(found, on, instructed=instructed)
    return None if decided.value in {Transfer.NONE, Transfer.GROUNDED} else decided.working[-1]


def may_touch(found: Subprocessor, contract: uuid.UUID, on: date) -> bool:
    """Tell whether a sub-processor may touch the data under a contract on a day: bound, placed, begun, accepted."""
    return refusal(found, contract, on) is None


def refusal(found: Subprocessor, contract: uuid.UUID, on: date) -> Text | None:
    """Return why a sub-processor may not touch the data under a contract on a day; None where it may."""
    notice = SubprocessorNotice.objects.filter(subprocessor=found, contract=contract).first()
    if notice is None or on < found.effective_on or (found.ended_on is not None and found.ended_on < on):
        return _NOT_THEN
    if (why := hindrance(found, on, instructed=notice.instructed)) is not None:
        return why
    decided = standing_of(notice, on)
    return None if decided.value is Standing.ACCEPTED else decided.working[-1]


def active_for(contract: uuid.UUID, on: date) -> list[Subprocessor]:
    """Return those who may touch the data under a contract on a day, by name."""
    return [each for each in Subprocessor.objects.order_by("name") if may_touch(each, contract, on)]


def safeguards_on(on: date) -> list[Blob]:
    """Return the documents of what secures the places outside the EEA on a day, by the sub-processor's name."""
    rows = Subprocessor.objects.filter(Q(ended_on=None) | Q(ended_on__gte=on)).select_related("ground_document")
    return [
        each.ground_document
        for each in rows.order_by("name")
        if each.ground_document is not None and placed(each, on).value is Transfer.GROUNDED
    ]


@dataclass(frozen=True, slots=True)
class Partner:
    """A sub-processor as everybody may read of it: with the five things that annex IV names."""

    name: str
    address: str
    place: str
    task: Text
    access: str


def acting_on(on: date) -> list[Partner]:
    """Return who processes or will process on the house's behalf and has not ended, by name."""
    rows = Subprocessor.objects.filter(Q(ended_on=None) | Q(ended_on__gte=on)).order_by("name")
    return [
        Partner(each.name, each.address, country_name(each.country, language()), Text(each.task_de, each.task_en),
                each.access)
        for each in rows
    ]  # fmt: skip

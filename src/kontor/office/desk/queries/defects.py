"""Defects as pages show them and actions ask about them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts import public as contracts
from kontor.office.desk.models import Defect, DefectAnswer, DefectPeriod, DefectReduction
from kontor.rulebook import terms
from kontor.rulebook.defect import INSTRUCTION, Facts, clauses_of, notice, remedied, stands_in_the_way
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.terms import TermsPack


@dataclass(frozen=True, slots=True)
class Case:
    """
    A defect as a page shows it.

    notice    how many days late it was told, with why; barred  what stands in the way of its claims
    asks      the customer is to say whether the instructions are reasonable
    reduced   month, amount, why
    """

    it: Defect
    part: str
    notice: Ruling[int]
    barred: list[Text]
    remedy: Text | None
    answer: DefectAnswer | None
    asks: bool
    periods: list[DefectPeriod]
    reduced: list[tuple[Any, Money, Any]]


def facts_of(defect: Defect) -> Facts:
    """Return what the rulebook wants to know of a defect."""
    late = None if not defect.late else defect.late == Defect.Late.ADMITTED
    return Facts(
        noticed_on=defect.noticed_on,
        reported_on=defect.reported_on,
        late=late,
        interfered=defect.interfered,
        proved=bool(defect.proof),
    )


def remedies_of(defect: Defect, *, at: datetime) -> dict[str, Text]:
    """Return the remedies that the defect's contract knows: key -> words."""
    assert defect.ticket.contract_id is not None, "a defect is one of a contract"
    return _remedies(contracts.served(defect.ticket.contract_id, at=at).pack)


def is_remedied(defect: Defect) -> bool:
    """Tell whether the remedy of a defect counts, with the customer's answer where one is needed."""
    answer = defect.answers.filter(remedy_at=defect.remedy_at).first() if defect.remedy_at else None
    return remedied(defect.remedy, reasonable=answer.reasonable if answer else None)


def case_of(ticket: Any) -> Case | None:
    """Return the defect of a request, to its supplier or its customer; None where it is none."""
    own = ticket.tenant_id == current_tenant()
    seen = "objects" if own else "received"
    defect = getattr(Defect, seen).filter(ticket_id=ticket.pk).first()
    if defect is None:
        return None
    pack = terms.load(ticket.pack, version=ticket.version)
    answer = getattr(DefectAnswer, seen).filter(defect_id=defect.pk, remedy_at=defect.remedy_at).first()
    rows = list(getattr(DefectReduction, seen).filter(defect_id=defect.pk).order_by("month"))
    why = reasons_by_id({row.ruling for row in rows})
    return Case(
        it=defect,
        part=defect.position,
        notice=notice(defect.noticed_on, defect.reported_on, clauses=clauses_of(pack.defects)),
        barred=stands_in_the_way(facts_of(defect)),
        remedy=_remedies(pack).get(defect.remedy),
        answer=answer,
        asks=defect.remedy == INSTRUCTION and answer is None,
        periods=list(getattr(DefectPeriod, seen).filter(defect_id=defect.pk).order_by("number")),
        reduced=[(row.month, Money(row.currency, row.amount_minor), why.get(row.ruling)) for row in rows],
    )


def _remedies(pack: TermsPack) -> dict[str, Text]:
    listed = pack.defects.remedies if pack.defects else None
    return {item.key: Text(item.de, item.en) for item in (listed.value if listed else ())}

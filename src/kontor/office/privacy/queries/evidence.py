"""What proves to an auditor how personal data is kept here: of this tenant alone, or of one customer's contract."""

import csv
import io
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.forms.models import model_to_dict

from kontor.kernel.models import RecordEntry
from kontor.kernel.wording import language, spoken
from kontor.office.privacy.models import (
    AgreementSignature,
    Breach,
    BreachNotice,
    Instruction,
    MeasureReview,
    ProcessingAgreement,
    Subprocessor,
    SubprocessorNotice,
)
from kontor.office.privacy.queries.measures import measures
from kontor.office.privacy.queries.register import entries, kept_label
from kontor.office.privacy.queries.trail_page import trail, who

_YEAR: Final = timedelta(days=366)
_AT_MOST: Final = 20_000
_ACCESS: Final = ("identity.support_", "identity.came_in", "identity.locked", "kernel.auditor_viewed")


def of_tenant(*, is_house: bool, at: datetime) -> dict[str, Any]:
    """Return the files about the current tenant; a customer's hold what its provider shares with it."""
    papers: Any = "objects" if is_house else "received"
    files = {
        "record.json": _record(),
        "agreements.json": _rows(getattr(ProcessingAgreement, papers).all()),
        "signatures.json": _rows(getattr(AgreementSignature, papers).all()),
        "instructions.json": _rows(getattr(Instruction, papers).all()),
        "sub-processors.json": _rows(getattr(SubprocessorNotice, papers).all()),
        "incidents.json": _rows(Breach.objects.all()),
        "incident-notices.json": _rows(getattr(BreachNotice, papers).all()),
        "access.csv": _access(trail().filter(at__gte=at - _YEAR)),
    }
    return files | {"measures.json": _measures(at.date())} if is_house else files


def of_contract(contract: uuid.UUID, customer: uuid.UUID, *, at: datetime) -> dict[str, Any]:
    """Return, as the house, the files about one customer's contract, and nothing of another customer."""
    agreements = ProcessingAgreement.objects.filter(contract=contract)
    about = trail().filter(at__gte=at - _YEAR, object_id=customer)
    notices = SubprocessorNotice.objects.filter(contract=contract)
    return {
        "agreements.json": _rows(agreements),
        "signatures.json": _rows(AgreementSignature.objects.filter(agreement__in=agreements)),
        "instructions.json": _rows(Instruction.objects.filter(agreement__in=agreements)),
        "measures.json": _measures(at.date()),
        "sub-processors.json": [
            *_rows(Subprocessor.objects.filter(pk__in=notices.values("subprocessor"))), *_rows(notices),
        ],
        "incident-notices.json": _rows(BreachNotice.objects.filter(customer_tenant=customer)),
        "record.json": [each for each in _record() if each["role"] == "processor"],
        "access.csv": _access(about),
    }  # fmt: skip


def _record() -> list[dict[str, Any]]:
    lang = language()
    return [
        {
            "key": entry.key, "title": spoken(entry.processing.title), "purpose": spoken(entry.processing.purpose),
            "persons": [spoken(each) for each in entry.persons], "basis": entry.processing.basis,
            "categories": [spoken(each) for each in entry.categories], "role": entry.processing.role,
            "recipients": spoken(entry.processing.recipients),
            "kept": [kept_label(each).spoken(lang) for each in entry.kept],
        }
        for entry in entries()
    ]  # fmt: skip


def _measures(on: date) -> list[dict[str, Any]]:
    reviews = MeasureReview.objects.order_by("reviewed_on", "pk")
    past: dict[str, list[str]] = {}
    for row in reviews:
        past.setdefault(row.measure, []).append(f"{row.reviewed_on} {row.reviewed_by}: {row.evidence}")
    return [
        {
            "key": each.key, "title": spoken(each.title), "clauses": [str(clause) for clause in each.clauses],
            "owner": each.owner, "evidence": each.evidence, "reviewed_on": each.reviewed_on,
            "review_by": each.review_by, "overdue": each.overdue, "reviews": past.get(each.key, []),
        }
        for each in measures(on)
    ]  # fmt: skip


def _rows(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Return rows as they stand, bytes in hex."""
    told = [{"id": row.pk, **model_to_dict(row)} for row in rows]
    return [
        {name: value.hex() if isinstance(value, bytes | memoryview) else value for name, value in row.items()}
        for row in told
    ]


def _access(rows: QuerySet[RecordEntry]) -> str:
    """Return who came in and who looked, the newest last, as a file for a spreadsheet."""
    wanted = Q(verb__endswith="looked_at")
    for prefix in _ACCESS:
        wanted |= Q(verb__startswith=prefix)
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(["at", "who", "deed", "table", "key"])
    for row in rows.filter(wanted).order_by("at", "pk")[:_AT_MOST]:
        lines.writerow([row.at.isoformat(), who(row).lstrip("=+-@"), row.verb, row.object_kind, row.object_id])
    return out.getvalue()

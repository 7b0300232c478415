"""
Notice over the API: what holds, what was given, giving it as the customer where the form allows, and recording as the
house what came in by other ways.
"""

import base64
import binascii
import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from ninja import Schema
from ninja.schema import DjangoGetter
from pydantic import AfterValidator, Field, model_validator

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.api import WHY, Call, Day, Line, Page, ProblemError, Truth, Why
from kontor.kernel.api.schemas import Body
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import noticing
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.api.mounted import ACCOUNT, CHANGE_OWN, SEE, endpoints, opened
from kontor.office.contracts.models import ContractNotice
from kontor.office.contracts.queries.ending import ends_of, notices_of, rule_of
from kontor.rulebook.ending.form import Means, has_form
from kontor.rulebook.ending.notice import Given, decide_notice
from kontor.rulebook.ending.told import Side
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.terms import NoAnswerError

END = "contracts.end"
LARGEST = 7 * 2**20  # bytes of a proof: in base64 within the ten megabytes of a body


def _readable(content: str) -> str:
    try:
        found = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as unreadable:
        raise ValueError("is not base64") from unreadable
    if not found.startswith(b"%PDF-"):
        raise ValueError("is no PDF")
    return content


class NoticeRules(Schema):
    """
    What holds for notice.

    form          what the contract demands, in words
    on_platform   whether it can be given signed in, and so by the API
    would_end_on  the last day of the contract if notice of the demanded form were sent and received today
    notice_by     the last day for the term that runs; null where notice may be given at any time
    """

    form: str
    on_platform: bool
    ends_on: date | None
    notice_by: date | None
    would_end_on: date | None
    why: Why | None = None


class NoticeShown(Schema):
    """A notice as it was given, and what it does: "in_time", "late", "early", "awaited", "refused", "unauthorised"."""

    id: uuid.UUID
    side: str
    means: str
    sent_on: date | None
    received_on: date | None
    outcome: str
    counted_on: date | None
    ends_on: date | None
    withdrawn_on: date | None
    clause: str
    at: datetime
    why: Why | None = None


class NewNotice(Body):
    """The end that is wished, null for the earliest."""

    wished_on: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_an_object(cls, told: Any) -> Any:
        """Nothing in it is required, so that the library would read anything at all as an empty one."""
        body = told._obj if isinstance(told, DjangoGetter) else told  # noqa: SLF001  the library's own wrapping
        if not isinstance(body, dict):
            raise ValueError("is no object")  # noqa: TRY004  what the library turns into a refusal
        return told


class Proof(Body):
    """What proves a notice: the letter, the return receipt or the mail, as a PDF in base64."""

    name: Annotated[Line, Field(max_length=200)]
    content: Annotated[str, Field(max_length=LARGEST * 4 // 3 + 4, min_length=8), AfterValidator(_readable)]


class RecordedNotice(Schema):
    """
    A notice that came in or went out by another way than the platform.

    side                   who gave it
    sent_on, received_on   as far as they are known; at least one of them
    wished_on              the day that the notice names
    parts                  keys of positions, where only these are given up and the terms allow it
    """

    side: Literal["customer", "provider"]
    means: Literal["letter", "registered_letter", "email"]
    sent_on: Day | None = None
    received_on: Day | None = None
    given_by: Annotated[Line, Field(max_length=200)]
    wished_on: Day | None = None
    parts: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[!-~]+$")]], Field(max_length=50)
    ] = []
    proof: Proof


class Receipt(Body):
    """The day on which a notice that was only sent was received, and what proves it."""

    received_on: Day
    proof: Proof | None = None


@endpoints.reads_both("/contracts/{uuid:contract_id}/notice", house=SEE, customer=ACCOUNT, answers=NoticeRules)
def notice_rules(request: Call, contract_id: uuid.UUID, why: Truth = WHY) -> NoticeRules:
    """Say what holds for notice, and what one of today would do."""
    found = opened(request, contract_id)
    rule = rule_of(found.contract, found.rows, found.today)
    fitting = next(each for each in Means if has_form(each, rule.form, email_is_written=rule.email_is_written))
    decided = decide_notice(rule, Given(fitting, sent=found.today, received=found.today))
    return NoticeRules(
        form=spoken(rule.form.spoken),
        on_platform=has_form(Means.PLATFORM, rule.form, email_is_written=rule.email_is_written),
        ends_on=ends_of(found.contract, found.rows),
        notice_by=decided.value.notice_by,
        would_end_on=decided.value.ends,
        why=Why.of(decided.map(lambda it: it.ends)) if why else None,
    )


@endpoints.reads_both("/contracts/{uuid:contract_id}/notices", house=SEE, customer=ACCOUNT, answers=Page[NoticeShown])
def list_notices(request: Call, contract_id: uuid.UUID, why: Truth = WHY) -> Page[NoticeShown]:
    """List the notices of a contract, the latest first."""
    found = opened(request, contract_id)
    notices = notices_of(found.contract, own=request.own)
    reasons = reasons_by_id({row.ruling for row in notices.rows}) if why else {}
    taken = {key: row.withdrawn_on for key, row in notices.withdrawn.items()}
    return Page[NoticeShown](items=[_shown(row, taken.get(row.pk), reasons.get(row.ruling)) for row in notices.rows])


@endpoints.writes(
    "/received/contracts/{uuid:contract_id}/notices", permission=CHANGE_OWN, answers=NoticeShown, status=201
)
def give_notice(request: Call, contract_id: uuid.UUID, told: NewNotice) -> NoticeShown:
    """Give notice as the customer; sent and received at this moment. 409 where the contract demands another form."""
    found = opened(request, contract_id)
    rule = rule_of(found.contract, found.rows, found.today)
    if not has_form(Means.PLATFORM, rule.form, email_is_written=rule.email_is_written):
        detail = gettext("This contract demands another form of notice: %(form)s.") % {"form": spoken(rule.form.spoken)}
        raise ProblemError(409, "form", detail)
    try:
        given = answer(
            "contracts.notice_by_customer", contract_id, at=request.at, actor=request.actor, wished=told.wished_on,
            given_by=request.api_key.name,
        )  # fmt: skip
    except EndingRefusedError as refused:
        raise ProblemError(409, "refused", refused.text) from refused
    return _shown(given, None, reasons_by_id({given.ruling}).get(given.ruling))


@endpoints.writes("/contracts/{uuid:contract_id}/notices", permission=END, answers=NoticeShown, status=201)
def record_notice(request: Call, contract_id: uuid.UUID, told: RecordedNotice) -> NoticeShown:
    """
    Record as the house a notice of either side with its proof; it does what the contract says of its form and day.

    What lacks the form is kept and changes nothing ("refused"). 409 where the contract ends already or knows no notice
    of parts.
    """
    found = opened(request, contract_id)
    try:
        given = Given(
            Means(told.means), sent=told.sent_on, received=told.received_on, wished=told.wished_on,
            parts=tuple(told.parts),
        )  # fmt: skip
        notice = noticing.NewNotice(
            given=given, side=Side(told.side), given_by=told.given_by, proof=_uploaded(told.proof)
        )
        made = noticing.give_notice(found.contract, notice, at=request.at, actor=request.actor)
    except (RefusalError, EndingRefusedError, NoAnswerError) as refused:
        raise ProblemError(409, "refused", refused.text) from refused
    except QuotaExceededError as full:
        raise ProblemError(409, "full", str(full)) from full
    return _shown(made, None, reasons_by_id({made.ruling}).get(made.ruling))


@endpoints.writes("/notices/{uuid:notice_id}/receipt", permission=END, answers=NoticeShown, status=201)
def record_receipt(request: Call, notice_id: uuid.UUID, told: Receipt) -> NoticeShown:
    """Note as the house the day on which a notice was received; 409 where it is known already."""
    get_object_or_404(ContractNotice, pk=notice_id)
    try:
        made = noticing.note_receipt(
            notice_id, received_on=told.received_on, proof=_uploaded(told.proof) if told.proof else None,
            at=request.at, actor=request.actor,
        )  # fmt: skip
    except (RefusalError, EndingRefusedError, NoAnswerError) as refused:
        raise ProblemError(409, "refused", refused.text) from refused
    except QuotaExceededError as full:
        raise ProblemError(409, "full", str(full)) from full
    return _shown(made, None, reasons_by_id({made.ruling}).get(made.ruling))


def _uploaded(proof: Proof) -> noticing.Upload:
    return noticing.Upload(
        name=proof.name, media_type="application/pdf", content=base64.b64decode(proof.content, validate=True)
    )


def _shown(row: ContractNotice, withdrawn_on: date | None, reasons: Reasons | None) -> NoticeShown:
    return NoticeShown(
        id=row.pk, side=row.side, means=row.means, sent_on=row.sent_on, received_on=row.received_on,
        outcome=row.outcome, counted_on=row.counted_on, ends_on=row.ends_on, withdrawn_on=withdrawn_on,
        clause=row.clause, at=row.at, why=Why.of(reasons) if reasons else None,
    )  # fmt: skip

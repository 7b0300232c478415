"""Notice over the API: what holds, what was given, and giving it as the customer where the form allows."""

import uuid
from datetime import date, datetime

from django.utils.translation import gettext
from ninja import Schema

from kontor.kernel.actions.answering import answer
from kontor.kernel.api import WHY, Call, Day, Page, ProblemError, Truth, Why
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.api.mounted import ACCOUNT, CHANGE_OWN, SEE, endpoints, opened
from kontor.office.contracts.models import ContractNotice
from kontor.office.contracts.queries.ending import ends_of, notices_of, rule_of
from kontor.rulebook.ending.form import Means, has_form
from kontor.rulebook.ending.notice import Given, decide_notice


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
    """A notice as it was given, and what it does: "in_time", "late", "early", "awaited" or "refused"."""

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


class NewNotice(Schema):
    """The end that is wished, null for the earliest."""

    wished_on: Day | None = None


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


def _shown(row: ContractNotice, withdrawn_on: date | None, reasons: Reasons | None) -> NoticeShown:
    return NoticeShown(
        id=row.pk, side=row.side, means=row.means, sent_on=row.sent_on, received_on=row.received_on,
        outcome=row.outcome, counted_on=row.counted_on, ends_on=row.ends_on, withdrawn_on=withdrawn_on,
        clause=row.clause, at=row.at, why=Why.of(reasons) if reasons else None,
    )  # fmt: skip

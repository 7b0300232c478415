"""Notice and ending of a contract: what holds, what was given, what is to be done; for the house and its customer."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.ending_tasks import do_task
from kontor.office.contracts.actions.noticing import give_notice, note_receipt, withdraw_notice
from kontor.office.contracts.forms.endings import NoticeForm, ReceiptForm, WithdrawalForm, upload
from kontor.office.contracts.models import ContractNotice, EndingCase, EndingTask
from kontor.office.contracts.queries.contacts import may_declare
from kontor.office.contracts.queries.ending import ends_of, notices_of, rule_of
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.unlocking import added_names
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE, sent_file
from kontor.rulebook.ending.duties import PROVED
from kontor.rulebook.ending.form import Means, has_form
from kontor.rulebook.ending.kinds import SHAPES, kinds_of
from kontor.rulebook.ending.notice import Given, NoticeRule, decide_notice
from kontor.rulebook.ending.told import Side
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import NoAnswerError

END = "contracts.end"
_OUTCOMES = {
    "in_time": (Text("rechtzeitig", "in time"), "good"),
    "late": (Text("verspätet", "late"), "warn"),
    "early": (Text("vor Vertragsbeginn", "before the contract"), "info"),
    "awaited": (Text("Zugang offen", "receipt awaited"), "info"),
    "refused": (Text("ohne Wirkung", "without effect"), "bad"),
    "unauthorised": (Text("nicht berechtigt", "not authorised"), "bad"),
}


@requires(SEE)
@require_GET
def ending(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the house what holds for notice, what was given, the cases and what is to be done."""
    opened = opened_own(request, contract_id)
    cases = EndingCase.objects.filter(contract=opened.contract).order_by("-at")
    context = _context(request, opened) | {
        "may_end": request.standing.may(END),
        "cases": [(case, SHAPES[kind].title) for case in cases for kind in SHAPES if kind.value == case.kind],
        "kinds": _kinds(opened),
    }
    return render(request, "contracts/ending.html", context)


@requires(ACCOUNT)
@require_GET
def received_ending(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show a customer what holds for notice, what a notice of today would do, and how it is given."""
    return render(request, "contracts/ending.html", _context(request, opened_received(request, contract_id)))


@requires(ACCOUNT)
@require_POST
def received_notice(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Give notice as the customer, signed in, where the contract's form lets them."""
    opened = opened_received(request, contract_id)
    rule = rule_of(opened.contract, opened.rows, opened.today)
    if has_form(Means.PLATFORM, rule.form, email_is_written=rule.email_is_written):
        answer(
            "contracts.notice_by_customer",
            contract_id,
            at=request.at,
            actor=request.actor,
            wished=None,
            given_by=request.user.name,
            email=request.user.email,
        )
    return redirect("contracts:account-ending", contract_id)


@requires(END)
@require_http_methods(["GET", "POST"])
def notice_new(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Record a notice with its proof, on behalf of either side."""
    opened = opened_own(request, contract_id)
    form = NoticeForm(
        request.POST or None,
        request.FILES or None,
        sides={Side.CUSTOMER.value: opened.contract.customer_name, Side.PROVIDER.value: opened.contract.seller_name},
        parts=_parts(opened),
        initial={"side": Side.CUSTOMER.value},
    )
    if request.method == "POST" and form.is_valid():
        try:
            give_notice(opened.contract, form.told(), at=request.at, actor=request.actor)
        except (RefusalError, EndingRefusedError, NoAnswerError) as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("proof", str(full))
        else:
            return redirect("contracts:ending", contract_id)
    context = _framed(request, opened) | {"form": form, "form_title": _("Record a notice")}
    return render(request, "contracts/ending_form.html", context, status=422 if form.errors else 200)


@requires(END)
@require_http_methods(["GET", "POST"])
def receipt(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Note when a notice was received."""
    notice = get_object_or_404(ContractNotice, pk=notice_id)
    form = ReceiptForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            note_receipt(
                notice_id,
                received_on=told["received_on"],
                proof=upload(told["proof"]),
                at=request.at,
                actor=request.actor,
            )
        except (RefusalError, EndingRefusedError) as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:ending", notice.contract_id)
    context = _framed(request, opened_own(request, notice.contract_id)) | {
        "form": form,
        "form_title": _("Note the receipt"),
    }
    return render(request, "contracts/ending_form.html", context, status=422 if form.errors else 200)


@requires(END)
@require_http_methods(["GET", "POST"])
def withdraw(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Take a notice back, with the other side's consent."""
    notice = get_object_or_404(ContractNotice, pk=notice_id)
    form = WithdrawalForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            withdraw_notice(
                notice_id,
                on=told["on"],
                consented_on=told["consented_on"],
                proof=upload(told["proof"]),
                at=request.at,
                actor=request.actor,
            )
        except EndingRefusedError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:ending", notice.contract_id)
    context = _framed(request, opened_own(request, notice.contract_id)) | {
        "form": form,
        "form_title": _("Withdraw the notice"),
    }
    return render(request, "contracts/ending_form.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def notice_file(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the proof of a notice."""
    row = get_object_or_404(ContractNotice.objects.select_related("proof").exclude(proof=None), pk=notice_id)
    assert row.proof is not None, "the query asks for those with a proof"
    return sent_file(row.proof)


@requires(END)
@require_POST
def task_done(request: TenantRequest, task_id: uuid.UUID) -> HttpResponseBase:
    """Note that a task after the end is done."""
    task = get_object_or_404(EndingTask, pk=task_id)
    if not task.done_on and not task.dropped_on and task.key not in PROVED:
        opened = opened_own(request, task.contract_id)
        note = request.POST.get("note", "")[:300]
        do_task(task_id, note=note, on=opened.today, at=request.at, actor=request.actor)
    return redirect("contracts:ending", task.contract_id)


def _context(request: TenantRequest, opened: Opened) -> dict[str, Any]:
    contract = opened.contract
    notices = notices_of(contract, own=opened.own)
    tasks = (EndingTask.objects if opened.own else EndingTask.received).filter(contract_id=contract.pk, dropped_on=None)
    why = reasons_by_id([row.ruling for row in notices.rows])
    names = contract.terms["names"] | added_names(opened.rows)
    received = {row.receipt_of_id for row in notices.rows}
    ends = ends_of(contract, opened.rows)
    waiting = {row.pk for row in notices.rows if ends is None and row.pk not in received}
    declares = opened.own or may_declare(contract, request.user.email, on=opened.today)
    return _framed(request, opened) | {
        "ends": ends,
        "rule": _rule(opened),
        "notices": [
            _shown(row, notices.withdrawn.get(row.pk), why, names, waits=row.pk in waiting, declares=declares)
            for row in notices.rows
        ],
        "tasks": [
            (
                task,
                Text(task.text_de, task.text_en),
                Clause(contract.pack, task.clause, contract.version),
                _to_prove(task, opened),
            )
            for task in tasks.order_by("due_on", "key")
        ],
    }


def _to_prove(task: EndingTask, opened: Opened) -> str:
    """Return the page on which a task is proved, "" where it needs no proof or is another's."""
    if task.key not in PROVED or task.done_on or (not opened.own and task.side != Side.CUSTOMER.value):
        return ""
    name = "contracts:ending-task-prove" if opened.own else "contracts:account-ending-task-prove"
    return reverse(name, args=[task.pk])


def _framed(request: TenantRequest, opened: Opened) -> dict[str, Any]:
    return contract_frame(request, opened, active="ending")


def _rule(opened: Opened) -> dict[str, Any] | None:
    """Return what holds for notice and what one of today would do; None where the terms do not say."""
    try:
        rule = rule_of(opened.contract, opened.rows, opened.today)
    except NoAnswerError:
        return None
    by_platform = has_form(Means.PLATFORM, rule.form, email_is_written=rule.email_is_written)
    answered = decide_notice(rule, Given(_fitting(rule), sent=opened.today, received=opened.today))
    return {
        "rule": rule,
        "form_clause": rule.form_clauses[0] if rule.form_clauses else None,
        "today": answered,
        "notice_by": answered.map(lambda it: it.notice_by) if answered.value.notice_by else None,
        "by_platform": by_platform,
        "hands_in": opened.contract.terms["notice_seller"],
    }


def _fitting(rule: NoticeRule) -> Means:
    """Return a way of sending that has the form the contract demands."""
    return next(each for each in Means if has_form(each, rule.form, email_is_written=rule.email_is_written))


def _shown(
    row: ContractNotice, withdrawn: Any, why: Any, names: dict[str, str], *, waits: bool, declares: bool
) -> dict[str, Any]:
    label, tone = _OUTCOMES[row.outcome]
    if withdrawn is not None:
        label, tone = Text("zurückgenommen", "withdrawn"), ""
    return {
        "row": row,
        "means": Means(row.means).spoken,
        "label": label,
        "tone": tone,
        "withdrawn": withdrawn,
        "why": why.get(row.ruling),
        "parts": [names.get(key, key) for key in row.parts],
        "waits": waits and row.outcome == "awaited" and withdrawn is None,
        "confirms": waits and row.outcome == "unauthorised" and withdrawn is None and declares,
    }


def _parts(opened: Opened) -> dict[str, str]:
    state = history_of(opened.contract, opened.rows).state(max(opened.today, opened.contract.start_on))
    names = opened.contract.terms["names"] | added_names(opened.rows)
    partial = pack_of_terms(opened.contract.terms).notice
    if partial is None or partial.partial is None or not partial.partial.value:
        return {}
    return {each.key: names.get(each.key, each.key) for each in state.positions if each.quantity}


def _kinds(opened: Opened) -> list[tuple[str, str, Text]]:
    """Return the cases that can be begun: kind, side, words; none once the contract has ended."""
    ends = ends_of(opened.contract, opened.rows)
    if ends is not None and ends < opened.today:
        return []
    known = kinds_of(pack_of_terms(opened.contract.terms))
    return [(kind.value, side.value, _begin(kind, side)) for kind in known for side in SHAPES[kind].sides]


def _begin(kind: Any, side: Side) -> Text:
    title = SHAPES[kind].title
    if len(SHAPES[kind].sides) == 1:
        return title
    by = {Side.PROVIDER: Text("durch uns", "by us"), Side.CUSTOMER: Text("durch den Kunden", "by the customer")}[side]
    return Text(f"{title.de}, {by.de}", f"{title.en}, {by.en}")

"""The registers of a contract: for the house and its customer, and how staff keep them."""

import uuid
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Badge
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.registers import note_facts, open_entry
from kontor.office.contracts.forms.registers import EntryForm, as_entered
from kontor.office.contracts.models import RegisterEntry, RegisterFacts
from kontor.office.contracts.queries.registers import Entry, changes_of, circumstances, entries_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE, sent_file
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.registers import REGISTERS, Register, registers_of, secrecy

KEEP: Final = "contracts.registers"


@requires(SEE)
@require_GET
def registers(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the registers of a contract of the house."""
    context = _context(request, opened_own(request, contract_id)) | {"may_keep": request.standing.may(KEEP)}
    return render(request, "contracts/registers.html", context)


@requires(ACCOUNT)
@require_GET
def received_registers(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show them to the contract's customer."""
    return render(request, "contracts/registers.html", _context(request, opened_received(request, contract_id)))


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def entry_new(request: TenantRequest, contract_id: uuid.UUID, register: str) -> HttpResponseBase:
    """Open an entry."""
    opened = opened_own(request, contract_id)
    found = _register(opened, register)
    form = _form(request, opened, found)
    if request.method == "POST" and form.is_valid():
        try:
            open_entry(
                contract_id,
                register,
                form.facts(),
                key=form.cleaned_data["key"] or uuid.uuid4(),
                proof=form.sent_proof(),
                by=request.user.get_username(),
                at=request.at,
                actor=request.actor,
            )
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("proof", str(full))
        else:
            return redirect("contracts:registers", contract_id)
    context = contract_frame(request, opened, active="registers") | {"form": form, "register": found, "entry": None}
    return render(request, "contracts/register_entry.html", context, status=422 if form.errors else 200)


@requires(KEEP)
@require_http_methods(["GET", "POST"])
def entry(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    """Show an entry with its history, add what has become known, or close it."""
    row = get_object_or_404(RegisterEntry, pk=entry_id)
    opened = opened_own(request, row.contract_id)
    shown = next(
        each for each in entries_of(opened.contract, opened.rows, own=True, today=opened.today) if each.row.pk == row.pk
    )
    form = _form(request, opened, shown.register, initial=as_entered(shown.facts) | {"after": shown.versions[0].number})
    if request.method == "POST" and form.is_valid():
        try:
            note_facts(
                entry_id,
                form.facts(),
                after=form.cleaned_data["after"] or 0,
                close=form.cleaned_data["close"],
                proof=form.sent_proof(),
                by=request.user.get_username(),
                at=request.at,
                actor=request.actor,
            )
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("proof", str(full))
        else:
            return redirect("contracts:registers", row.contract_id)
    why = reasons_by_id([version.ruling for version in shown.versions])
    context = contract_frame(request, opened, active="registers") | {
        "form": form,
        "register": shown.register,
        "entry": shown,
        "versions": [
            (version, why.get(version.ruling), changes)
            for version, changes in zip(shown.versions, changes_of(shown), strict=True)
        ],
    }
    return render(request, "contracts/register_entry.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def proof(request: TenantRequest, facts_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the proof that came with an entry."""
    return sent_file(
        get_object_or_404(RegisterFacts.objects.exclude(file=None).select_related("file"), pk=facts_id).file
    )


@requires(ACCOUNT)
@require_GET
def received_proof(request: TenantRequest, facts_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give it to the customer."""
    return sent_file(
        get_object_or_404(RegisterFacts.received.exclude(file=None).select_related("file"), pk=facts_id).file
    )


def _register(opened: Opened, key: str) -> Register:
    if key not in {each.key for each in registers_of(pack_of_terms(opened.contract.terms))}:
        raise Http404
    return REGISTERS[key]


def _form(request: TenantRequest, opened: Opened, register: Register, **given: Any) -> EntryForm:
    asked = register.fields(pack_of_terms(opened.contract.terms))
    currency = opened.contract.terms["currency"]
    return EntryForm(request.POST or None, request.FILES or None, asked=asked, currency=currency, **given)


def _context(request: TenantRequest, opened: Opened) -> dict[str, Any]:
    contract = opened.contract
    entries = entries_of(contract, opened.rows, own=opened.own, today=opened.today)
    by_register: dict[str, list[tuple[Entry, Badge, Any]]] = {}
    for each in entries:
        standing = each.ruling.value
        badge = Badge(standing.state, "" if each.closed else standing.tone)
        by_register.setdefault(each.register.key, []).append((each, badge, each.ruling.map(lambda it: it.state)))
    secret = secrecy(circumstances(contract, opened.rows, today=opened.today))
    return contract_frame(request, opened, active="registers") | {
        "registers": [
            (register, by_register.get(register.key, [])) for register in registers_of(pack_of_terms(contract.terms))
        ],
        "secrecy": secret.map(lambda it: it.state) if secret.clauses else None,
        "proof_url": "contracts:register-proof" if opened.own else "contracts:account-register-proof",
    }

"""A guided case of an extraordinary ending: what its clause needs, what holds, and the end or the close."""

import uuid
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.breach_lock import lock_for_breach, unlock
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.ending_cases import close_case, end_by_case, open_case, prove_case, tell_case
from kontor.office.contracts.actions.ending_money import ClaimRefusedError
from kontor.office.contracts.actions.suspending import SuspensionRefusedError
from kontor.office.contracts.forms.endings import CaseForm, ProofForm, upload
from kontor.office.contracts.models import EndingCase, EndingProof
from kontor.office.contracts.queries.ending import finding
from kontor.office.contracts.queries.suspensions import locked_for_breach, may_lock
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.contract_tabs import contract_frame, opened_own
from kontor.office.contracts.views.endings import END
from kontor.office.contracts.views.offers import sent_file
from kontor.rulebook.ending.kinds import SHAPES, Kind, by_itself
from kontor.rulebook.ending.told import Side


@requires(END)
@require_POST
def case_open(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Begin a case, or go to the open one of its kind."""
    opened = opened_own(request, contract_id)
    try:
        kind, side = Kind(request.POST.get("case", "")), Side(request.POST.get("by", ""))
        case = open_case(opened.contract, kind, side=side, at=request.at, actor=request.actor)
    except (ValueError, EndingRefusedError) as error:
        raise Http404 from error
    return redirect("contracts:ending-case", case.pk)


@requires(END)
@require_http_methods(["GET", "POST"])
def case(request: TenantRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Show what a case needs and what holds; keep what is told, proofs, the end and the close."""
    row = get_object_or_404(EndingCase.objects.select_related("contract"), pk=case_id)
    form = CaseForm(
        request.POST if _does(request, "tell") else None,
        kind=Kind(row.kind),
        pack=pack_of_terms(row.contract.terms),
        initial=row.told,
    )
    proof = ProofForm(
        request.POST if _does(request, "prove") else None, request.FILES if _does(request, "prove") else None
    )
    if request.method == "POST":
        problem = _done(request, row, form, proof)
        if problem is None and not form.errors and not proof.errors:
            return redirect("contracts:ending-case", case_id)
        return render(request, "contracts/ending_case.html", _context(request, row, form, proof, problem), status=422)
    return render(request, "contracts/ending_case.html", _context(request, row, form, proof, None))


@requires(END)
@require_http_methods(["GET"])
def proof_file(request: TenantRequest, proof_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a proof of a case."""
    return sent_file(get_object_or_404(EndingProof.objects.select_related("file"), pk=proof_id).file)


def _does(request: TenantRequest, what: str) -> bool:
    return request.method == "POST" and request.POST.get("do") == what


def _done(request: TenantRequest, row: EndingCase, form: CaseForm, proof: ProofForm) -> str | None:
    """Do what was asked for; the sentence that says why it could not be done."""
    told: dict[str, Any] = {"at": request.at, "actor": request.actor}
    today = opened_own(request, row.contract_id).today
    try:
        if _does(request, "tell") and form.is_valid():
            tell_case(row.pk, form.told(), **told)
        elif _does(request, "prove") and proof.is_valid():
            given = upload(proof.cleaned_data["file"])
            assert given is not None, "the form demands a file"
            prove_case(row.pk, given, about=proof.cleaned_data["about"], **told)
        elif _does(request, "end"):
            end_by_case(row.pk, on=today, **told)
        elif _does(request, "lock"):
            lock_for_breach(row.pk, reason=request.POST.get("reason", ""), **told)
        elif _does(request, "unlock"):
            unlock(row.contract_id, because=request.POST.get("reason", ""), **told)
        elif _does(request, "close"):
            close_case(row.pk, reason=request.POST.get("reason", "")[:300], on=today, **told)
    except (EndingRefusedError, ClaimRefusedError, SuspensionRefusedError) as refused:
        return spoken(refused.text)
    except QuotaExceededError as full:
        return str(full)
    return None


def _context(
    request: TenantRequest, row: EndingCase, form: CaseForm, proof: ProofForm, problem: str | None
) -> dict[str, Any]:
    opened = opened_own(request, row.contract_id)
    proofs = list(row.proofs.order_by("at"))
    decided = finding(row, on=opened.today, proofs=len(proofs))
    kind, pack = Kind(row.kind), pack_of_terms(row.contract.terms)
    who = {Side.PROVIDER.value: row.contract.seller_name, Side.CUSTOMER.value: row.contract.customer_name}
    return contract_frame(request, opened, active="ending") | {
        "case": row,
        "kind_title": SHAPES[kind].title,
        "who": who[row.side],
        "form": form,
        "steps": [[form[name] for name in step] for step in form.steps if not _needless(step, kind, pack)],
        "proof_form": proof,
        "proofs": proofs,
        "decided": decided,
        "found": decided.value,
        "open": row.state == EndingCase.State.OPEN,
        "locked": locked_for_breach(row.contract_id),
        "may_lock": may_lock(row.contract, ground=row.told.get("ground", ""), proofs=len(proofs), today=opened.today),
        "problem": problem,
        "possible_why": decided.map(lambda it: it.possible_from) if decided.value.possible_from else None,
        "verdict": _verdict(decided.value),
    }


def _needless(step: tuple[str, ...], kind: Kind, pack: Any) -> bool:
    """Nobody declares what happens by itself."""
    return "declared_on" in step and by_itself(kind, pack)


def _verdict(found: Any) -> str:
    if found.over:
        return _("The ground has gone.")
    if found.ends is not None:
        return _("The contract can be ended now.")
    if found.possible:
        return _("Possible; the termination has to be declared.")
    return _("Not possible yet.")

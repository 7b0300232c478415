"""The tab of a contract about what lies beyond it: releases, further functions, and wishes out of scope."""

import uuid
from typing import Any, Final

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.answering import answer
from kontor.kernel.components import Badge
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import out_of_scope
from kontor.office.contracts.forms.beyond import AnswerForm, WishForm
from kontor.office.contracts.models import ReleaseOffer, ScopeRequest
from kontor.office.contracts.queries.extra_functions import functions_of
from kontor.office.contracts.queries.out_of_scope import wishes_of
from kontor.office.contracts.queries.releases import installations_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE
from kontor.office.contracts.views.releases import KINDS, RELEASE
from kontor.rulebook.out_of_scope import kinds_out_of_scope
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.release import ways_to_install
from kontor.rulebook.ruling import Text

CONFIRM: Final = "contracts.offer"
STATES: Final = {
    "waiting": Badge(Text("wartet auf ein Angebot", "waits for an offer"), "warn"),
    "offered": Badge(Text("angeboten", "offered"), "info"),
    "accepted": Badge(Text("Angebot angenommen", "offer accepted"), "warn"),
    "done": Badge(Text("erledigt", "done"), "good"),
    "declined": Badge(Text("kein Angebot", "no offer"), ""),
}


@requires(SEE)
@require_GET
def own(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show what a customer was given beyond its contract, and what it asked for."""
    opened = opened_own(request, contract_id)
    context = _context(request, opened) | {"may_answer": request.standing.may(CONFIRM)}
    return render(request, "contracts/beyond.html", context)


@requires(ACCOUNT)
@require_http_methods(["GET", "POST"])
def received(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the same to the customer, who may ask for what the contract does not include."""
    opened = opened_received(request, contract_id)
    kinds = kinds_out_of_scope(pack_of_terms(opened.contract.terms))
    form = WishForm(request.POST or None, kinds=kinds) if kinds else None
    if request.method == "POST" and form is not None and form.is_valid():
        told: dict[str, Any] = {**form.cleaned_data, "told_by": request.user.name or request.user.email}
        answer("contracts.scope_asked", contract_id, at=request.at, actor=request.actor, **told)
        return redirect("contracts:account-beyond", contract_id)
    status = 422 if form is not None and form.errors else 200
    return render(request, "contracts/beyond.html", _context(request, opened) | {"form": form}, status=status)


@requires(ACCOUNT)
@require_GET
def file(request: TenantRequest, offer_id: uuid.UUID, sha256: str) -> HttpResponseBase:
    """Give the customer a file of a release; the house reads it, and both records say so."""
    get_object_or_404(ReleaseOffer.received, pk=offer_id)
    try:
        name, media_type, data = answer(
            "contracts.release_file", offer_id, at=request.at, actor=request.actor, sha256=sha256
        )
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    head = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type=media_type, headers=head)


@requires(CONFIRM)
@require_http_methods(["GET", "POST"])
def wish(request: TenantRequest, request_id: uuid.UUID) -> HttpResponseBase:
    """Answer a wish: name its offer, note the work, or decline."""
    row = get_object_or_404(ScopeRequest.objects.select_related("contract"), pk=request_id)
    form = AnswerForm(request.POST or None, initial={"offer": row.offered_in})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        who: dict[str, Any] = {"at": request.at, "actor": request.actor}
        try:
            if given["what"] == "offer":
                out_of_scope.name_offer(row.pk, given["offer"], **who)
            elif given["what"] == "done":
                out_of_scope.note_done(row.pk, note=given["note"], **who)
            else:
                out_of_scope.decline(row.pk, note=given["note"], **who)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:contract-beyond", row.contract_id)
    kinds = kinds_out_of_scope(pack_of_terms(row.contract.terms))
    back = reverse("contracts:contract-beyond", args=(row.contract_id,))
    context = {
        "form": form, "form_title": spoken(kinds[row.kind]), "told": row.told, "label": "", "back": back,
        "crumbs": [(row.contract.number, back)],
    }  # fmt: skip
    return render(request, "contracts/beyond_form.html", context, status=422 if form.errors else 200)


def _context(request: TenantRequest, opened: Opened) -> dict[str, Any]:
    contract = opened.contract
    kinds = kinds_out_of_scope(pack_of_terms(contract.terms))
    releases = installations_of(contract, own=opened.own, at=request.at, today=opened.today)
    had = functions_of(contract, opened.rows, opened.today, own=opened.own)
    wishes = wishes_of(contract.pk, own=opened.own)
    why = reasons_by_id(
        {each.offer.ruling for each in releases}
        | {each.notice.ruling for each in had}
        | {each.row.ruling for each in wishes}
    )
    return contract_frame(request, opened, active="beyond") | {
        "releases": [
            (each, KINDS[each.offer.kind], Text(each.offer.notes_de, each.offer.notes_en), why[each.offer.ruling])
            for each in releases
        ],
        "ways": {item.key: item.label for item in ways_to_install(pack_of_terms(contract.terms))},
        "may_plan": opened.own and request.standing.may(RELEASE),
        "functions": [(each, why[each.notice.ruling]) for each in had],
        "wishes": [(each.row, kinds[each.row.kind], STATES[each.state], why[each.row.ruling]) for each in wishes],
        "knows_wishes": bool(kinds),
    }

"""The tab "Licences" of a contract, for the house and its customer; keys to download, and what proves them."""

import uuid
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.models import Tenant
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.requests import TenantRequest, public, requires
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import spoken
from kontor.office.contracts.models import Activation, BackupCopy, LicenceKey, LicenceNotice, OfferState, SiteReport
from kontor.office.contracts.queries.further import FURTHER
from kontor.office.contracts.queries.licence_history import licence_history
from kontor.office.contracts.queries.licences import public_keys
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE
from kontor.rulebook.licence_keys import MEDIA_TYPE
from kontor.rulebook.ruling import Text

CONFIRM = "contracts.confirm"
OFFER = "contracts.offer"
GRANTED = {
    "limited_term": Text("auf Zeit", "for a term"),
    "perpetual": Text("für die ganze Schutzdauer", "for the whole protection period"),
}
_OPEN = public("what proves a licence key is public, so that anybody can check one offline")


@requires(SEE)
@require_GET
def own(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the licences of a contract of the house, who uses them, and what needs a hand."""
    opened = opened_own(request, contract_id)
    offers = OfferState.objects.select_related("offer").filter(
        offer__terms__further__contract=str(contract_id), offer__party_id=opened.contract.party_id
    )
    more = {
        "notices": _notices(opened) if request.standing.may(CONFIRM) else [],
        "offers": [(each.offer, _state(each), each.offer.terms[FURTHER]) for each in offers.order_by("-sent_at")],
        "may_lock": request.standing.may(CONFIRM),
        "may_offer": request.standing.may(OFFER),
    }
    return render(request, "contracts/licences.html", _context(request, opened) | more)


@requires(ACCOUNT)
@require_GET
def received(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the customer its licences: keys, computers, sites, its backup copy."""
    return render(request, "contracts/licences.html", _context(request, opened_received(request, contract_id)))


@requires(SEE)
@require_GET
def own_key(request: TenantRequest, key_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a licence key as a file."""
    return _file(LicenceKey.objects.filter(pk=key_id).first())


@requires(ACCOUNT)
@require_GET
def received_key(request: TenantRequest, key_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the customer a licence key as a file."""
    return _file(LicenceKey.received.filter(pk=key_id).first())


@_OPEN
@require_GET
def keys(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the house's public keys as a JSON Web Key Set."""
    house = Tenant.objects.filter(is_house=True).first()
    if house is None:
        return JsonResponse({"keys": []})
    with as_tenant(house.pk):
        return JsonResponse({"keys": public_keys()})


def _context(request: TenantRequest, opened: Opened) -> dict[str, Any]:
    delivered, activations = _rows(LicenceKey, opened, "number"), _rows(Activation, opened, "activated_at")
    copies, sites = _rows(BackupCopy, opened, "at"), _rows(SiteReport, opened, "at")
    latest = {key.product: key for key in delivered}
    why = reasons_by_id({each.ruling for each in (*latest.values(), *activations, *copies)})
    known = {site for key in latest.values() for site in key.says["sites"]}
    return contract_frame(request, opened, active="licences") | {
        "licences": [_licence(opened, key, activations, copies, why) for key in latest.values()],
        "waiting": [site for site in sites if site.amendment_id is None and site.name not in known],
        "networks": [site for site in sites if site.network],
        "history": licence_history(
            opened.contract, keys=delivered, activations=activations, copies=copies, sites=sites
        ),
        "public_url": request.build_absolute_uri(reverse("contracts:licence-public-keys")),
        "api": f"/api/v1/received/contracts/{opened.contract.pk}/activations",
    }


def _rows(model: Any, opened: Opened, order: str) -> list[Any]:
    rows = model.objects if opened.own else model.received
    return list(rows.filter(contract_id=opened.contract.pk).order_by(order))


def _licence(opened: Opened, key: LicenceKey, activations: Any, copies: Any, why: dict[uuid.UUID, Reasons]) -> Any:
    held = [row for row in activations if row.product == key.product and row.released_at is None]
    module = pack_of_terms(opened.contract.terms).modules[key.product]
    plans = {each.key: each.label for each in module.functions.value} if module.functions else {}
    kept = [copy for copy in copies if copy.product == key.product and copy.used_at is None]
    return {
        "key": key,
        "label": module.label,
        "plans": ", ".join(spoken(plans[plan]) for plan in key.says["modules"]),
        "granted": GRANTED[key.says["granted"]],
        "first": date.fromisoformat(key.says["first"]),
        "last": date.fromisoformat(key.says["last"]) if key.says["last"] else None,
        "computers": [(row, _badge(row), why.get(row.ruling)) for row in held],
        "used": len(held),
        "copy": kept[0] if kept else None,
        "copy_why": why.get(kept[0].ruling) if kept else None,
        "why": why.get(key.ruling),
    }


def _badge(row: Activation) -> Badge | None:
    if row.locked_at:
        return Badge(Text("gesperrt", "locked"), "bad")
    return Badge(Text("Sicherungskopie", "backup copy"), "info") if row.from_copy else None


def _state(state: OfferState) -> Badge:
    return {
        OfferState.State.SENT: Badge(Text("versandt", "sent"), "info"),
        OfferState.State.WITHDRAWN: Badge(Text("zurückgezogen", "withdrawn")),
    }.get(OfferState.State(state.state), Badge(Text("angenommen", "accepted"), "good"))


def _notices(opened: Opened) -> list[tuple[LicenceNotice, Reasons | None]]:
    rows = list(LicenceNotice.objects.filter(contract_id=opened.contract.pk, settled_at=None).order_by("-at")[:20])
    why = reasons_by_id({row.ruling for row in rows})
    return [(row, why.get(row.ruling)) for row in rows]


def _file(key: LicenceKey | None) -> HttpResponseBase:
    if key is None:
        raise Http404
    response = HttpResponse(key.text, content_type=MEDIA_TYPE)
    name = key.says["number"].replace("/", "-")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.jws"'
    return response

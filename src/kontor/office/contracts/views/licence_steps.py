"""The forms of each step with licences: places and locks, notices, further offers; what the customer reports."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import licensing, licensing_keys, licensing_sites
from kontor.office.contracts.actions.further_offers import offer_further
from kontor.office.contracts.forms import licences as filled
from kontor.office.contracts.models import Activation, LicenceNotice, SiteReport
from kontor.office.contracts.queries.further import (
    Listed,
    Offering,
    Purpose,
    listed_for,
    maintenance_of,
    more_of,
    perpetual_of,
    site_of,
)
from kontor.office.contracts.queries.licences import Granting, grantings, items_of, latest_keys
from kontor.office.contracts.queries.shop import lists_for
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.licences import CONFIRM, OFFER
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

Given = dict[str, Any]
NO_ITEM = Text("Das steht nicht auf der Liste des Tages.", "That is not on the list of the day.")


@dataclass(frozen=True, slots=True)
class Step:
    """What a form is called, which one it is, and what is done with it; `given` what the form is made with."""

    title: Promise
    form: Callable[..., forms.Form]
    done: Callable[[Given], Any]
    given: Given = field(default_factory=dict)


@requires(CONFIRM)
@require_POST
def deliver(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Deliver the keys of a contract anew, where a licence has changed."""
    opened = opened_own(request, contract_id)
    licensing_keys.deliver_keys(opened.contract.pk, at=request.at, actor=request.actor)
    return redirect("contracts:contract-licences", contract_id)


@requires(CONFIRM)
@require_http_methods(["GET", "POST"])
def computer(request: TenantRequest, activation_id: uuid.UUID, step: str) -> HttpResponseBase:
    """Release, lock or unlock a computer."""
    row = get_object_or_404(Activation.objects, pk=activation_id)
    acts: dict[str, tuple[Promise, Callable[..., Any]]] = {
        "release": (gettext_lazy("Release the place"), licensing.release),
        "lock": (gettext_lazy("Lock the computer"), licensing.lock),
        "unlock": (gettext_lazy("Unlock the computer"), licensing.unlock),
    }
    if step not in acts:
        raise Http404(step)
    title, act = acts[step]
    done = lambda given: act(row, **given, at=request.at, actor=request.actor)  # noqa: E731  one line of three
    return _page(request, opened_own(request, row.contract_id), Step(title, filled.ReasonForm, done))


@requires(CONFIRM)
@require_http_methods(["GET", "POST"])
def notice(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Note what became of a notice about a network."""
    row = get_object_or_404(LicenceNotice.objects, pk=notice_id)

    def done(given: Given) -> Any:
        return licensing_sites.settle_notice(notice_id, settled=given["reason"], at=request.at, actor=request.actor)

    step = Step(gettext_lazy("What became of it"), filled.ReasonForm, done)
    return _page(request, opened_own(request, row.contract_id), step)


@requires(OFFER)
@require_http_methods(["GET", "POST"])
def further(request: TenantRequest, contract_id: uuid.UUID, purpose: str) -> HttpResponseBase:
    """Write and send a further offer: more computers, a licence for good, maintenance."""
    opened = opened_own(request, contract_id)
    if purpose not in _FORMS:
        raise Http404(purpose)
    title, form, kinds = _FORMS[purpose]
    listed = {each.item.key: each for each in listed_for(opened.contract, opened.today) if kinds(each)}
    licences = {each.licence.product: each for each in grantings(opened.contract, opened.rows, at=request.at)}
    choices = [(key, spoken(Text(each.item.name_de, each.item.name_en))) for key, each in listed.items()]

    def done(given: Given) -> Any:
        offering = _OFFERINGS[purpose](opened, listed[given["item"]], licences, given)
        return offer_further(
            contract_id, offering, valid_until=given["valid_until"], at=request.at, actor=request.actor
        )

    more: Given = {"choices": choices}
    if purpose == Purpose.PERPETUAL:
        more["more"] = [(name, name) for each in licences.values() for name in each.licence.sites]
    return _page(request, opened, Step(title, form, done, more))


@requires(OFFER)
@require_http_methods(["GET", "POST"])
def site_offer(request: TenantRequest, report_id: uuid.UUID) -> HttpResponseBase:
    """Offer that a reported site becomes part of the contract, at what it costs more."""
    report = get_object_or_404(SiteReport.objects, pk=report_id, amendment=None)
    opened = opened_own(request, report.contract_id)
    names = dict.fromkeys(
        name for each in grantings(opened.contract, opened.rows, at=request.at) for name in each.licence.sites
    )

    def done(given: Given) -> Any:
        lists = lists_for(opened.contract, opened.today)
        if not lists:
            raise RefusalError(NO_ITEM)
        offering = site_of(
            opened.contract, report, yearly=Decimal(given["yearly"]), replaces=given["replaces"],
            price_list=lists[0].id,
        )  # fmt: skip
        return offer_further(
            opened.contract.pk, offering, valid_until=given["valid_until"], at=request.at, actor=request.actor
        )

    step = Step(gettext_lazy("Offer the site"), filled.SiteOfferForm, done,
                {"choices": [(name, name) for name in names]})  # fmt: skip
    return _page(request, opened, step)


@requires(ACCOUNT)
@require_http_methods(["GET", "POST"])
def received_release(request: TenantRequest, activation_id: uuid.UUID) -> HttpResponseBase:
    """Let the customer free the place of one of its computers."""
    row = get_object_or_404(Activation.received, pk=activation_id)

    def done(given: Given) -> Any:
        return answer("contracts.release_computer", row.pk, **given, at=request.at, actor=request.actor)

    step = Step(gettext_lazy("Release the place"), filled.ReasonForm, done)
    return _page(request, opened_received(request, row.contract_id), step)


@requires(ACCOUNT)
@require_http_methods(["GET", "POST"])
def received_report(request: TenantRequest, contract_id: uuid.UUID, what: str) -> HttpResponseBase:
    """Let the customer report a site or register its backup copy."""
    opened = opened_received(request, contract_id)
    modules = pack_of_terms(opened.contract.terms).modules
    products = [(key.product, spoken(modules[key.product].label)) for key in latest_keys(contract_id, own=False)]
    steps: dict[str, tuple[str, Promise, Callable[..., forms.Form], Given]] = {
        "site": ("contracts.report_site", gettext_lazy("Report a site"), filled.SiteForm, {}),
        "copy": (
            "contracts.register_copy", gettext_lazy("Register the backup copy"), filled.CopyForm, {"choices": products},
        ),
    }  # fmt: skip
    if what not in steps:
        raise Http404(what)
    key, title, form, more = steps[what]

    def done(given: Given) -> Any:
        return answer(key, contract_id, **given, by=str(request.user), at=request.at, actor=request.actor)

    return _page(request, opened, Step(title, form, done, more))


def _computers(opened: Opened, listed: Listed, licences: dict[str, Granting], given: Given) -> Offering:
    return more_of(opened.contract, listed, given["quantity"], products=list(licences))


def _perpetual(opened: Opened, listed: Listed, licences: dict[str, Granting], given: Given) -> Offering:
    granting = licences.get(listed.item.module)
    if granting is None:
        raise RefusalError(NO_ITEM)
    return perpetual_of(opened.contract, granting, listed, site=given["site"])


def _maintenance(opened: Opened, listed: Listed, licences: dict[str, Granting], given: Given) -> Offering:
    del licences
    positions = list(items_of(opened.contract, opened.rows))
    return maintenance_of(
        opened.contract, listed, first=given["first"], months=given["months"], positions=positions, today=opened.today
    )


_OFFERINGS: dict[str, Callable[[Opened, Listed, dict[str, Granting], Given], Offering]] = {
    Purpose.COMPUTERS: _computers,
    Purpose.PERPETUAL: _perpetual,
    Purpose.MAINTENANCE: _maintenance,
}
_FORMS: dict[str, tuple[Promise, Callable[..., forms.Form], Callable[[Listed], bool]]] = {
    Purpose.COMPUTERS: (
        gettext_lazy("Offer more computers or modules"),
        filled.ComputersForm,
        lambda each: each.item.kind in ("PLAN", "MODULE") and each.item.interval != "ONCE",
    ),
    Purpose.PERPETUAL: (
        gettext_lazy("Offer a perpetual licence"),
        filled.PerpetualForm,
        lambda each: each.item.kind == "PLAN" and each.item.interval == "ONCE",
    ),
    Purpose.MAINTENANCE: (
        gettext_lazy("Offer maintenance"),
        filled.MaintenanceForm,
        lambda each: each.item.kind == "SERVICE" and each.item.interval == "YEAR",
    ),
}


def _page(request: TenantRequest, opened: Opened, step: Step) -> HttpResponseBase:
    back = "contracts:contract-licences" if opened.own else "contracts:account-licences"
    form = step.form(request.POST or None, **step.given)
    if request.method == "POST" and form.is_valid():
        try:
            step.done(form.cleaned_data)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect(back, opened.contract.pk)
    context = contract_frame(request, opened, active="licences") | {
        "form": form,
        "form_title": step.title,
        "back": back,
    }
    return render(request, "contracts/licence_form.html", context, status=422 if form.errors else 200)

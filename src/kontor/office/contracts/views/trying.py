"""Trials for whoever tries: registering on the public page, the account's page with the choice, the gate after it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.client import client_address
from kontor.kernel.models import Tenant
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.requests import TenantRequest, public, requires, signed_in
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import language, spoken
from kontor.office.books import public as books
from kontor.office.contracts.actions.trials import register_trial
from kontor.office.contracts.forms.trials import ChoiceForm, RegisterForm
from kontor.office.contracts.models import TrialOffering
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.terms_text import terms_text
from kontor.office.contracts.queries.trials import (
    contract_of,
    declarations_of_trial,
    locked_trial,
    open_offerings,
    own_trial,
)
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.trials import trial_badge
from kontor.office.documents.public import Evidence
from kontor.rulebook import terms as packs
from kontor.rulebook.duration import Duration
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.trial import CONTINUE, NEW_DATABASE, choices_of

_HINTS = {
    CONTINUE: gettext_lazy("What you entered and set up stays as it is."),
    NEW_DATABASE: gettext_lazy("You begin empty; what was entered in the trial is erased."),
}


@public("what can be tried is published")
@require_GET
def offers(request: HttpRequest) -> HttpResponseBase:
    """Show what can be tried."""
    house = get_object_or_404(Tenant, is_house=True)
    with as_tenant(house.pk):  # the installation's house, never a tenant of the request; only what is open to all
        found = [
            (offering.pack, packs.load(offering.pack, offering.version).title, Duration.parse(offering.length).spoken,
             books.seller_card(offering.seller_id).name)
            for offering in open_offerings()
        ]  # fmt: skip
    return render(request, "contracts/try.html", {"offerings": found, "house": house.name})


@public("anybody may register for a trial")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, pack: str) -> HttpResponseBase:
    """Register for a trial, on the same terms that a contract has."""
    house = get_object_or_404(Tenant, is_house=True)
    with as_tenant(house.pk):
        offering = TrialOffering.objects.filter(pack=pack, open=True).first()
        if offering is None:
            raise Http404(pack)
        form = RegisterForm(
            request.POST or None, declarations=declarations_of_trial(offering), language=language()
        )  # fmt: skip
        if request.method == "POST" and form.is_valid() and _registered(request, offering, form):
            return redirect("contracts:try-registered")
        context = _registration(offering, form)
    # drawn outside, so that nothing the page looks up by itself is looked up as the house
    context |= {"house": house.name}
    return render(request, "contracts/try_register.html", context, status=422 if form.errors else 200)


@public("says what follows a registration, to everybody the same")
@require_GET
def registered(request: HttpRequest) -> HttpResponseBase:
    """Say that a mail is on its way; the page tells nobody who is registered already."""
    house = get_object_or_404(Tenant, is_house=True)
    return render(request, "contracts/try_registered.html", {"house": house.name})


@requires(ACCOUNT)
@require_http_methods(["GET", "POST"])
def account_trial(request: TenantRequest) -> HttpResponseBase:
    """Show the company its trial: until when, what then, and the choice; let it ask for an offer."""
    trial = own_trial()
    if trial is None:
        raise Http404
    choices = choices_of(pack_of_terms(trial.terms))
    form = ChoiceForm(
        request.POST if "choose" in request.POST else None, choices=choices, hints=_HINTS, language=language(),
        initial={"choice": trial.choice},
    )  # fmt: skip
    refused = ""
    if request.method == "POST":
        try:
            if "ask" in request.POST:
                _answer(request, trial, "contracts.trial_offer_asked")
                return redirect("contracts:account-trial")
            if form.is_valid():
                _answer(request, trial, "contracts.trial_chosen", choice=form.cleaned_data["choice"])
                return redirect("contracts:account-trial")
        except RefusalError as error:
            refused = spoken(error.text)
    context = {
        "trial": trial, "form": form, "refused": refused, "badge": trial_badge(trial), "why": reasons_of(trial.ruling),
        "choices": choices, "chosen": {item.key: item.label for item in choices}.get(trial.choice),
        "running": not trial.ended_by, "today": timezone.localdate(request.at), "contract": contract_of(trial),
        "crumbs": [(_("Your account"), reverse("contracts:account"))],
    }  # fmt: skip
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "contracts/account_trial.html", context, status=status)


@signed_in
@require_GET
def gate(request: TenantRequest) -> HttpResponseBase:
    """Say that the trial is over, what becomes of its data, and where to go."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    trial = locked_trial()
    if trial is None:
        return redirect("kernel:home")
    context = {"trial": trial, "why": reasons_of(trial.ruling), "tenant": request.tenant}
    return render(request, "contracts/trial_gate.html", context)


def stands_before(request: HttpRequest) -> bool:
    """Tell whether this tenant was for a trial that is over, so that nothing in it opens any more."""
    if request.tenant.is_house:  # type: ignore[attr-defined]
        return False
    return locked_trial() is not None


def _answer(request: TenantRequest, trial: Any, key: str, **given: Any) -> None:
    answer(key, trial.pk, at=request.at, actor=request.actor, by=str(request.user), **given)


def _registered(request: HttpRequest, offering: TrialOffering, form: RegisterForm) -> bool:
    evidence = Evidence(address=client_address(request), client=request.headers.get("User-Agent", ""))
    try:
        register_trial(offering.pk, form.told(), evidence=evidence, at=timezone.now())
    except MailAddressError as error:
        form.add_error("email", ValidationError(str(error)))
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
    return not form.errors


def _registration(offering: TrialOffering, form: RegisterForm) -> dict[str, Any]:
    pack = packs.load(offering.pack, offering.version)
    seller = books.seller_card(offering.seller_id).name
    _title, text = terms_text(offering.pack, offering.version, seller=seller)
    assert pack.trial is not None, "only packs with a trial are offered"
    return {
        "form": form, "pack": pack, "seller": seller, "text": text[language()],
        "length": Duration.parse(offering.length).spoken, "erased": pack.trial.data_erased,
        "declared": [(form[f"declare_{each['key']}"], each) for each in form.declarations],
    }  # fmt: skip

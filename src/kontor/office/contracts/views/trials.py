"""Trials for the house: what can be tried, who tries, what is to be erased."""

import uuid
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.books import public as books
from kontor.office.contracts.actions.trial_ends import note_erased
from kontor.office.contracts.actions.trials import offer_trial
from kontor.office.contracts.forms.trials import ErasedForm, OfferTrialForm
from kontor.office.contracts.models import Trial, TrialOffering
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.offers import SEE
from kontor.rulebook import terms as packs
from kontor.rulebook.duration import Duration
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.trial import choices_of, knows_trials

OFFER, END = "contracts.offer", "contracts.end"


@requires(SEE)
@require_GET
def trial_list(request: TenantRequest) -> HttpResponseBase:
    """List the trials, and what can be tried."""
    url = addresses("contracts:trial")
    listing = Listing(
        request,
        Trial.objects.all(),
        name="trials",
        columns=(
            Column("company", gettext_lazy("Customer"), url=url, slot="title", sort="company"),
            Column("person", gettext_lazy("Registered by"), slot="more", late=True),
            Column("registered_at", gettext_lazy("Registered"), kind="day", sort="registered_at", late=True),
            Column("last_on", gettext_lazy("Last day"), kind="day", sort="last_on", slot="meta"),
            Column("state", gettext_lazy("State"), kind="badge", value=trial_badge, slot="state"),
        ),
        search=("company", "email"),
        choices=(Choice("ended_by", gettext_lazy("State"), _STATES),),
        order="-registered_at",
    )
    if listing.wants_file:
        return listing.file()
    today = timezone.localdate(request.at)
    context = {"listing": listing, "may_offer": request.standing.may(OFFER), "triable": _triable(today)}
    return render(request, "contracts/trials.html", context)


@requires(OFFER)
@require_http_methods(["GET", "POST"])
def offer(request: TenantRequest, price_list_id: uuid.UUID, pack: str) -> HttpResponseBase:
    """Say how long one may try what a price list sells, and what of it."""
    prices = next((one for one in books.price_lists(timezone.localdate(request.at)) if one.id == price_list_id), None)
    if prices is None or pack not in packs.keys() or not knows_trials(packs.load(pack)):  # noqa: SIM118  a function
        raise Http404(pack)
    items = [item for item in books.price_items(prices.id) if item.module]
    standing = TrialOffering.objects.filter(pack=pack).first()
    form = OfferTrialForm(request.POST or None, items=items, language=language(), initial=_initial(standing, items))
    if request.method == "POST" and form.is_valid():
        try:
            offer_trial(form.told(pack, prices), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:trials")
    known = packs.load(pack)
    assert known.trial is not None, "checked above"
    context = {
        "form": form, "pack": known, "prices": prices, "items": items,
        "clause": known.trial.length.clause if known.trial.length else None,
        "crumbs": [(_("Trials"), reverse("contracts:trials"))],
    }  # fmt: skip
    return render(request, "contracts/trial_offer.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def detail(request: TenantRequest, trial_id: uuid.UUID) -> HttpResponseBase:
    """Show a trial: its days, what was declared, what the buyer chose, what is to be erased."""
    return _page(request, trial_id, ErasedForm(initial={"on": timezone.localdate(request.at)}))


@requires(END)
@require_http_methods(["POST"])
def erased(request: TenantRequest, trial_id: uuid.UUID) -> HttpResponseBase:
    """Note that a trial's data are erased."""
    get_object_or_404(Trial.objects, pk=trial_id)
    form = ErasedForm(request.POST)
    if form.is_valid():
        try:
            note_erased(trial_id, **form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:trial", trial_id)
    return _page(request, trial_id, form)


def trial_badge(trial: Trial) -> Badge:
    """Return a trial's state as a badge."""
    if trial.ended_by == Trial.End.RUNNING:
        return Badge(gettext_lazy("running"), "info")
    if trial.erase_on and not trial.erased_on:
        return Badge(gettext_lazy("to be erased"), "bad")
    if trial.erased_on:
        return Badge(gettext_lazy("erased"))
    return Badge(gettext_lazy("ordered"), "good")


def _page(request: TenantRequest, trial_id: uuid.UUID, form: ErasedForm) -> HttpResponseBase:
    trial = get_object_or_404(Trial.objects.select_related("offering", "contract"), pk=trial_id)
    chosen = {item.key: item.label for item in choices_of(pack_of_terms(trial.terms))}
    context: dict[str, Any] = {
        "trial": trial,
        "badge": trial_badge(trial),
        "why": reasons_of(trial.ruling),
        "length": Duration.parse(trial.offering.length).spoken,
        "choice": chosen.get(trial.choice),
        "today": timezone.localdate(request.at),
        "form": form,
        "may_erase": bool(trial.erase_on and not trial.erased_on and request.standing.may(END)),
        "crumbs": [(_("Trials"), reverse("contracts:trials"))],
    }
    return render(request, "contracts/trial.html", context, status=422 if form.errors else 200)


def _triable(today: Any) -> list[dict[str, Any]]:
    """Return each pack that knows trials with the price lists it can be tried from, and what is offered."""
    known = [pack for pack in map(packs.load, packs.keys()) if knows_trials(pack)]
    offered = {row.pack: row for row in TrialOffering.objects.all()}
    lists = books.price_lists(today)
    return [
        {
            "pack": pack, "offering": offered.get(pack.key),
            "length": Duration.parse(offered[pack.key].length).spoken if pack.key in offered else None,
            "lists": [one for one in lists if one.pack in (pack.key, "")],
        }
        for pack in known
    ]  # fmt: skip


def _initial(standing: TrialOffering | None, items: list[books.ListedItem]) -> dict[str, Any]:
    if standing is None:
        return {}
    length = Duration.parse(standing.length)
    opens = {(each["module"], each["unit"]): each["quantity"] for each in standing.opens}
    return {
        "amount": length.amount, "unit": length.unit.value, "open": standing.open,
        "warned_before": ", ".join(str(before) for before in standing.warned_before),
        **{f"item_{item.id}": opens.get((item.module, item.unit), 0) for item in items},
    }  # fmt: skip


_STATES = (("", gettext_lazy("running")), ("CONCLUSION", gettext_lazy("ordered")), ("EXPIRY", gettext_lazy("expired")))

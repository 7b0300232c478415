"""Which edition of the terms a contract has on a day, asked in the terms explorer."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import day, spoken
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.editions import amendments_seen, edition_ruling, editions_held, visible_contracts
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.offers import SEE
from kontor.office.contracts.views.terms import TERMS


@requires(TERMS)
@require_GET
def by_day(request: TenantRequest) -> HttpResponseBase:
    """Say which edition of its terms a contract has on a day; a contract that the reader may not see is a 404."""
    seen = visible_contracts(own=request.standing.may(SEE), received=request.standing.may(ACCOUNT))
    asked, on = request.GET.get("contract", ""), _asked_day(request)
    context: dict[str, Any] = {
        "contracts": [(str(each.pk), f"{each.customer_name} · {each.number}") for each in seen],
        "asked": asked,
        "on": on,
        "crumbs": [(_("Terms"), reverse("contracts:terms"))],
        "title": _("Which edition applied when?"),
    }
    if asked:
        context |= _answer(_one_of(seen, asked), on)
    return render(request, "contracts/terms_by_day.html", context)


def _answer(contract: Contract, on: date) -> dict[str, Any]:
    held = editions_held(contract, amendments_seen(contract.pk))
    ruling = edition_ruling(contract, held, on)
    applied = next((each for each in reversed(held) if each.version == ruling.value and each.since <= on), None)
    title = spoken(pack_of_terms(contract.terms).title)
    words = {"day": day(on), "title": title, "version": ruling.value}
    return {
        "contract": contract,
        "held": [(each, Badge(_("applies"), "good") if each is applied else None) for each in held],
        "applied": applied,
        "ruling": ruling,
        "name": title,
        "title": _("%(day)s: %(title)s, edition %(version)s") % words
        if applied
        else _("On %(day)s none applied") % words,
    }


def _one_of(seen: list[Contract], asked: str) -> Contract:
    try:
        wanted = uuid.UUID(asked)
    except ValueError as error:
        raise Http404(asked) from error
    found = next((each for each in seen if each.pk == wanted), None)
    if found is None:
        raise Http404(asked)
    return found


def _asked_day(request: TenantRequest) -> date:
    """Return the day asked about; today where none, or no day, was asked."""
    try:
        return forms.DateField(required=True).clean(request.GET.get("on", "")) or localdate(request.at)
    except forms.ValidationError:
        return localdate(request.at)

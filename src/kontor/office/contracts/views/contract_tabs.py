"""
The pages about one contract: what they have in common, and the tabs between them.

A page of your own: a view that starts with `opened_own` (the house) or `opened_received` (the customer), answers with
`contract_frame(...)` and a template that extends `contracts/contract_frame.html`; then one line in `TABS`, in the order
Overview, Changes, Use, Money, Notice and ending, Papers, Registers. A page that nobody added has no tab.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from kontor.kernel.components import Tab
from kontor.kernel.requests import TenantRequest
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.licences import licenses_computers
from kontor.office.contracts.queries.remembered import remembered_state
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.badges import contract_badge


@dataclass(frozen=True, slots=True)
class ContractTab:
    """
    A page about one contract; every address takes the contract's id.

    house, account  names of the page's addresses for the house and for its customer; "" where one has no such page
    permission      what the house's person needs; the customer needs the right to see its own contracts
    shown           whether a contract has the page at all
    """

    key: str
    label: Promise
    house: str
    account: str = ""
    permission: str = "contracts.see"
    shown: Callable[[Contract], bool] = lambda _: True


TABS: Final[tuple[ContractTab, ...]] = (
    ContractTab("overview", gettext_lazy("Overview"), "contracts:contract", "contracts:account-contract"),
    ContractTab("changes", gettext_lazy("Changes"), "contracts:changes", "contracts:account-changes"),
    ContractTab("use", gettext_lazy("Use"), "contracts:contract-use", "contracts:account-contract-use"),
    ContractTab("money", gettext_lazy("Money"), "contracts:contract-money", "contracts:account-money"),
    ContractTab(
        "corrections", gettext_lazy("Work and reductions"), "contracts:corrections", "contracts:account-corrections"
    ),
    ContractTab("hardware", gettext_lazy("Hardware"), "contracts:contract-hardware", "contracts:account-hardware"),
    ContractTab("beyond", gettext_lazy("Releases and wishes"), "contracts:contract-beyond", "contracts:account-beyond"),
    ContractTab(
        "licences",
        gettext_lazy("Licences"),
        "contracts:contract-licences",
        "contracts:account-licences",
        shown=lambda contract: licenses_computers(pack_of_terms(contract.terms)),
    ),
    ContractTab("ending", gettext_lazy("Notice and ending"), "contracts:ending", "contracts:account-ending"),
    ContractTab("terms", gettext_lazy("Terms and prices"), "contracts:contract-terms", "contracts:account-terms"),
    ContractTab("papers", gettext_lazy("Papers"), "contracts:papers", "contracts:account-papers"),
    ContractTab("registers", gettext_lazy("Registers"), "contracts:registers", "contracts:account-registers"),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A contract with its amendments in their order; `own` where the reader is the house, not its customer."""

    contract: Contract
    rows: Sequence[Amendment]
    own: bool
    today: date


def opened_own(request: TenantRequest, contract_id: uuid.UUID) -> Opened:
    """Return a contract of the house, 404 for anybody else's; two queries."""
    contract = get_object_or_404(Contract.objects.select_related("offer").defer("offer__terms"), pk=contract_id)
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    return Opened(contract, rows, own=True, today=timezone.localdate(request.at))


def opened_received(request: TenantRequest, contract_id: uuid.UUID) -> Opened:
    """Return a contract that the reader's company received, 404 for anybody else's; two queries."""
    contract = get_object_or_404(Contract.received, pk=contract_id)
    rows = list(Amendment.received.filter(contract_id=contract.pk).order_by("number"))
    return Opened(contract, rows, own=False, today=timezone.localdate(request.at))


def contract_frame(request: TenantRequest, opened: Opened, *, active: str) -> dict[str, Any]:
    """Return what `contracts/contract_frame.html` shows: heading, standing today, tabs; `active` the tab's key."""
    contract = opened.contract
    state = remembered_state(contract, opened.rows, opened.today)
    home = ("contracts:contracts", _("Contracts")) if opened.own else ("contracts:account", _("Your account"))
    crumbs = [(home[1], reverse(home[0]))]
    if active != "overview":
        crumbs.append((contract.number, reverse(_address(TABS[0], opened), args=(contract.pk,))))
    return {
        "contract": contract,
        "own": opened.own,
        "today": opened.today,
        "badge": contract_badge(state, start_on=contract.start_on, today=opened.today),
        "crumbs": crumbs,
        "tabs": _tabs(request, opened, active),
    }


def _tabs(request: TenantRequest, opened: Opened, active: str) -> list[Tab]:
    return [
        Tab(tab.label, reverse(address, args=(opened.contract.pk,)), active=tab.key == active)
        for tab in TABS
        if (address := _address(tab, opened))
        and (not opened.own or request.standing.may(tab.permission))
        and tab.shown(opened.contract)
    ]


def _address(tab: ContractTab, opened: Opened) -> str:
    return tab.house if opened.own else tab.account

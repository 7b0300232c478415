"""
The pages about one contract: what they have in common, and the tabs between them.

A page of your own: a view that starts with `opened_own` (the house) or `opened_received` (the customer), answers with
`contract_frame(...)` and a template that extends `contracts/contract_frame.html`; then one line in `PAGES`. Pages that
belong together stand next to each other and name the same `group`: they are shown in a second row under its word.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from kontor.kernel.components import Tab
from kontor.kernel.requests import TenantRequest
from kontor.kernel.statements import About
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.house_locks import has_access_page
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
    group           the word of `GROUPS` under which the page stands; "" for a word of its own
    """

    key: str
    label: Promise
    house: str
    account: str = ""
    permission: str = "contracts.see"
    shown: Callable[[Contract], bool] = lambda _: True
    group: str = ""


GROUPS: Final[Mapping[str, Promise]] = {
    "services": gettext_lazy("Services"),
    "money": gettext_lazy("Money"),
    "text": gettext_lazy("Terms and papers"),
}

PAGES: Final[tuple[ContractTab, ...]] = (
    ContractTab("overview", gettext_lazy("Overview"), "contracts:contract", "contracts:account-contract"),
    ContractTab("changes", gettext_lazy("Changes"), "contracts:changes", "contracts:account-changes"),
    ContractTab(
        "use", gettext_lazy("Use"), "contracts:contract-use", "contracts:account-contract-use", group="services"
    ),
    ContractTab(
        "licences",
        gettext_lazy("Licences"),
        "contracts:contract-licences",
        "contracts:account-licences",
        shown=lambda contract: licenses_computers(pack_of_terms(contract.terms)),
        group="services",
    ),
    ContractTab(
        "hardware",
        gettext_lazy("Hardware"),
        "contracts:contract-hardware",
        "contracts:account-hardware",
        group="services",
    ),
    ContractTab(
        "beyond",
        gettext_lazy("Releases and wishes"),
        "contracts:contract-beyond",
        "contracts:account-beyond",
        group="services",
    ),
    ContractTab(
        "money", gettext_lazy("Invoices"), "contracts:contract-money", "contracts:account-money", group="money"
    ),
    ContractTab(
        "corrections",
        gettext_lazy("Work and reductions"),
        "contracts:corrections",
        "contracts:account-corrections",
        group="money",
    ),
    ContractTab(
        "access",
        gettext_lazy("Access"),
        "contracts:contract-access",
        permission="contracts.lock",
        shown=lambda contract: has_access_page(pack_of_terms(contract.terms)),
    ),
    ContractTab("ending", gettext_lazy("Notice and ending"), "contracts:ending", "contracts:account-ending"),
    ContractTab(
        "terms", gettext_lazy("Terms and prices"), "contracts:contract-terms", "contracts:account-terms", group="text"
    ),
    ContractTab("papers", gettext_lazy("Papers"), "contracts:papers", "contracts:account-papers", group="text"),
    ContractTab(
        "registers", gettext_lazy("Registers"), "contracts:registers", "contracts:account-registers", group="text"
    ),
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A contract with its amendments in their order; `own` where the reader is the house, not its customer."""

    contract: Contract
    rows: Sequence[Amendment]
    own: bool
    today: date


_OWN: Final = (
    About(lambda contract: Contract.objects.filter(pk=contract)),
    About(lambda contract: Amendment.objects.filter(contract_id=contract).order_by("number")),
)
_RECEIVED: Final = (
    About(lambda contract: Contract.received.filter(pk=contract)),
    About(lambda contract: Amendment.received.filter(contract_id=contract).order_by("number")),
)


def opened_own(request: TenantRequest, contract_id: uuid.UUID) -> Opened:
    """Return a contract of the house, 404 for anybody else's; two queries."""
    return Opened(*_found(_OWN, contract_id), own=True, today=timezone.localdate(request.at))


def opened_received(request: TenantRequest, contract_id: uuid.UUID) -> Opened:
    """Return a contract that the reader's company received, 404 for anybody else's; two queries."""
    return Opened(*_found(_RECEIVED, contract_id), own=False, today=timezone.localdate(request.at))


def _found(asked: tuple[About, About], contract_id: uuid.UUID) -> tuple[Contract, list[Amendment]]:
    """Return a contract with its amendments in their order; 404 for what the reader may not see."""
    contracts, amendments = asked
    found = contracts.rows(contract_id)
    if not found:
        raise Http404
    return found[0], amendments.rows(contract_id)


def contract_frame(request: TenantRequest, opened: Opened, *, active: str) -> dict[str, Any]:
    """Return what `contracts/contract_frame.html` shows: heading, standing today, tabs; `active` the tab's key."""
    contract = opened.contract
    state = remembered_state(contract, opened.rows, opened.today)
    home = ("contracts:contracts", _("Contracts")) if opened.own else ("contracts:account", _("Your account"))
    crumbs = [(home[1], reverse(home[0]))]
    if active != "overview":
        crumbs.append((contract.number, reverse(_address(PAGES[0], opened), args=(contract.pk,))))
    return {
        "contract": contract,
        "own": opened.own,
        "today": opened.today,
        "badge": contract_badge(state, start_on=contract.start_on, today=opened.today),
        "crumbs": crumbs,
        "tabs": _tabs(request, opened, active),
    }


def _tabs(request: TenantRequest, opened: Opened, active: str) -> list[Tab]:
    """Return the words above the page; a word that stands for one page only is that page's own."""
    rows: list[Tab] = []
    for group, pages in groupby(_reachable(request, opened), key=lambda page: page.group or page.key):
        tabs = tuple(
            Tab(page.label, reverse(_address(page, opened), args=(opened.contract.pk,)), active=page.key == active)
            for page in pages
        )
        if len(tabs) == 1:
            rows.append(tabs[0])
        else:
            rows.append(Tab(GROUPS[group], tabs[0].url, active=any(tab.active for tab in tabs), parts=tabs))
    return rows


def _reachable(request: TenantRequest, opened: Opened) -> Iterator[ContractTab]:
    for page in PAGES:
        if (
            _address(page, opened)
            and (not opened.own or request.standing.may(page.permission))
            and page.shown(opened.contract)
        ):
            yield page


def _address(tab: ContractTab, opened: Opened) -> str:
    return tab.house if opened.own else tab.account

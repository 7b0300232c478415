"""The timeline of a contract: narrowed to a kind, and in pages, so that many years stay quick to read."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext_lazy

from kontor.kernel.components import Moment, Tab
from kontor.kernel.queries.rulings import Reasons
from kontor.kernel.requests import TenantRequest
from kontor.office.contracts.queries.history_sources import CHANGES, MONEY, TERMS, Entry
from kontor.office.contracts.queries.step_sources import NextStep
from kontor.office.contracts.views.contract_tabs import Opened

A_PAGE: Final = 20
_KINDS: Final = {
    "": gettext_lazy("Everything"),
    CHANGES: gettext_lazy("Changes"),
    MONEY: gettext_lazy("Money"),
    TERMS: gettext_lazy("Term and ending"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One page of the timeline: its kind, "" for all; the kinds there are; the page of entries."""

    kind: str
    kinds: frozenset[str]
    page: "Page[Entry]"

    @property
    def rulings(self) -> set[uuid.UUID]:
        """The stored decisions that the page shows."""
        return {entry.ruling for entry in self.page if isinstance(entry.ruling, uuid.UUID)}


def chosen_page(request: TenantRequest, entries: Sequence[Entry]) -> Chosen:
    """Return the page that the address asks for; what there is not counts as the first of all."""
    known = frozenset(entry.kind for entry in entries)
    asked = request.GET.get("history", "")
    kind = asked if asked in known else ""
    wanted = [entry for entry in entries if not kind or entry.kind == kind]
    return Chosen(kind, known, Paginator(wanted, A_PAGE).get_page(request.GET.get("page")))


def history_context(
    request: TenantRequest, opened: Opened, chosen: Chosen, *, steps: Sequence[NextStep], why: Mapping[Any, Reasons]
) -> dict[str, Any]:
    """Return what a page of the timeline shows; what comes next stands on the first of all."""
    linked = not opened.own or (request.standing.unlocked("books.see") and request.standing.may("books.see"))
    first = chosen.page.number == 1 and not chosen.kind
    moments = [_step(step) for step in reversed(steps)] if first else []
    moments += [_moment(entry, why, own=opened.own, linked=linked) for entry in chosen.page]
    return {
        "history": sorted(moments, key=lambda moment: moment.on, reverse=True),
        "history_today": opened.today if first else None,
        "history_page": chosen.page,
        "history_kind": chosen.kind,
        "history_tabs": [
            Tab(label, f"?history={key}#history" if key else "?#history", active=key == chosen.kind)
            for key, label in _KINDS.items()
            if not key or key in chosen.kinds
        ],
    }


def _step(step: NextStep) -> Moment:
    return Moment(step.on, step.title, step.text, step.tone, step.icon, ruling=step.ruling, clause=step.clause)


def _moment(entry: Entry, why: Mapping[Any, Reasons], *, own: bool, linked: bool) -> Moment:
    ruling = why.get(entry.ruling) if isinstance(entry.ruling, uuid.UUID) else entry.ruling
    url = ""
    if entry.invoice and linked:
        url = reverse("books:invoice" if own else "contracts:account-invoice", args=(entry.invoice,))
    text = entry.text() if callable(entry.text) else entry.text
    return Moment(entry.on, entry.title, text, entry.tone, entry.icon, ruling=ruling, clause=entry.clause, url=url)

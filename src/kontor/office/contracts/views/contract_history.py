"""The timeline of a contract: narrowed to a kind, and in pages, so that many years stay quick to read."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext_lazy

from kontor.kernel.components import Moment, Tab
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.requests import TenantRequest
from kontor.office.contracts.queries.history import CHANGES, MONEY, TERMS, Entry
from kontor.office.contracts.queries.next_steps import NextStep
from kontor.office.contracts.views.contract_tabs import Opened

A_PAGE: Final = 20
_KINDS: Final = {
    "": gettext_lazy("Everything"),
    CHANGES: gettext_lazy("Changes"),
    MONEY: gettext_lazy("Money"),
    TERMS: gettext_lazy("Renewals"),
}


def history_context(
    request: TenantRequest, opened: Opened, entries: Sequence[Entry], *, steps: Sequence[NextStep]
) -> dict[str, Any]:
    """Return one page of the timeline; what comes next stands on its first, and a decision is read only where shown."""
    kind = request.GET.get("history", "")
    known = {entry.kind for entry in entries}
    kind = kind if kind in known else ""
    chosen = [entry for entry in entries if not kind or entry.kind == kind]
    page = Paginator(chosen, A_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    why = reasons_by_id({entry.ruling for entry in shown if isinstance(entry.ruling, uuid.UUID)})
    linked = request.standing.unlocked("books.see") and request.standing.may("books.see") if opened.own else True
    first = page.number == 1 and not kind
    moments = [_step(step) for step in reversed(steps)] if first else []
    moments += [_moment(entry, why, own=opened.own, linked=linked) for entry in shown]
    return {
        "history": sorted(moments, key=lambda moment: moment.on, reverse=True),
        "history_today": opened.today if first else None,
        "history_page": page,
        "history_kind": kind,
        "history_tabs": [
            Tab(label, f"?history={key}#history" if key else "?#history", active=key == kind)
            for key, label in _KINDS.items()
            if not key or key in known
        ],
    }


def _step(step: NextStep) -> Moment:
    return Moment(step.on, step.title, step.text, step.tone, step.icon, ruling=step.ruling, clause=step.clause)


def _moment(entry: Entry, why: Mapping[Any, Reasons], *, own: bool, linked: bool) -> Moment:
    ruling = why.get(entry.ruling) if isinstance(entry.ruling, uuid.UUID) else entry.ruling
    url = ""
    if entry.invoice and linked:
        url = reverse("books:invoice" if own else "contracts:account-invoice", args=(entry.invoice,))
    return Moment(
        entry.on, entry.title, entry.text, entry.tone, entry.icon, ruling=ruling, clause=entry.clause, url=url
    )

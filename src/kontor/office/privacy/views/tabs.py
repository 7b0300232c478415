"""
The tabs of the privacy centre: the house's, and those of a tenant's administrator.

A page of your own: a view whose context holds `**house_tabs(request, "key")` or `**own_tabs(request, "key")`, a
template that begins with `{% tabs tabs %}`, and one line below. Pages that belong together name the same group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kontor.kernel.components import Tab
from kontor.kernel.requests import TenantRequest


@dataclass(frozen=True, slots=True)
class Page:
    """
    A page of the privacy centre that opens without arguments.

    permission  what the reader needs; "" where whoever is signed in may open it
    group       the word of `GROUPS` under which it stands; "" for a word of its own
    """

    key: str
    label: Promise
    url_name: str
    permission: str
    group: str = ""


GROUPS: Final[dict[str, Promise]] = {
    "register": gettext_lazy("Registers"),
    "papers": gettext_lazy("Processing for others"),
    "gone": gettext_lazy("Erasing"),
    "you": gettext_lazy("About you"),
    "proof": gettext_lazy("Audit and trail"),
}

HOUSE: Final[tuple[Page, ...]] = (
    Page("record", gettext_lazy("Processing"), "privacy:record", "privacy.see", "register"),
    Page("map", gettext_lazy("Data map"), "privacy:map", "privacy.see", "register"),
    Page("measures", gettext_lazy("Measures"), "privacy:measures", "privacy.see", "register"),
    Page("notice", gettext_lazy("Privacy notice"), "privacy:notice", "privacy.notice", "register"),
    Page("agreements", gettext_lazy("Agreements under Art. 28"), "privacy:agreements", "privacy.see", "papers"),
    Page("subprocessors", gettext_lazy("Sub-processors"), "privacy:subprocessors", "privacy.see", "papers"),
    Page("disclosures", gettext_lazy("Disclosures"), "privacy:disclosures", "privacy.see", "papers"),
    Page("consents", gettext_lazy("Consents"), "privacy:consents", "privacy.consents"),
    Page("exports", gettext_lazy("Copies"), "privacy-own:exports", "privacy.export"),
    Page("backups", gettext_lazy("Backups"), "privacy:backups", "privacy.see"),
    Page("subjects", gettext_lazy("Requests"), "privacy:subjects", "privacy.see"),
    Page("breaches", gettext_lazy("Breaches"), "privacy:breaches", "privacy.see"),
    Page("trail", gettext_lazy("Trail"), "privacy-own:trail", "privacy.trail", "proof"),
    Page("audits", gettext_lazy("Audits"), "privacy-own:audits", "privacy.admit", "proof"),
    Page("folder", gettext_lazy("Evidence folder"), "privacy-own:folder", "privacy.folder", "proof"),
    Page("calls", gettext_lazy("Log of calls"), "privacy:calls", "privacy.calls", "proof"),
    Page("keeping", gettext_lazy("What goes by itself"), "privacy:keeping", "privacy.see", "gone"),
    Page("erasures", gettext_lazy("Erasures"), "privacy:erasures", "privacy.see", "gone"),
    Page("holds", gettext_lazy("Holds"), "privacy:holds", "privacy.see", "gone"),
)

OWN: Final[tuple[Page, ...]] = (
    Page("overview", gettext_lazy("Your company"), "privacy-own:overview", "privacy.own"),
    Page("subjects", gettext_lazy("Requests"), "privacy-own:subjects", "privacy.own"),
    Page("breaches", gettext_lazy("Breaches"), "privacy-own:breaches", "privacy.own"),
    Page("trail", gettext_lazy("Trail"), "privacy-own:trail", "privacy.trail", "proof"),
    Page("audits", gettext_lazy("Audits"), "privacy-own:audits", "privacy.admit", "proof"),
    Page("folder", gettext_lazy("Evidence folder"), "privacy-own:folder", "privacy.folder", "proof"),
    Page("keeping", gettext_lazy("What goes by itself"), "privacy-own:keeping", "privacy.own"),
    Page("notice", gettext_lazy("Privacy notice"), "privacy:notice", "privacy.notice"),
    Page("consents", gettext_lazy("Consents"), "privacy:consents", "privacy.consents"),
    Page("mine", gettext_lazy("About you"), "privacy-own:mine", "", "you"),
    Page("mail", gettext_lazy("Mail to you"), "privacy-own:consents", "", "you"),
    Page("exports", gettext_lazy("Copies"), "privacy-own:exports", "privacy.export"),
)


def house_tabs(request: TenantRequest, active: str) -> dict[str, Any]:
    """Return the tabs above a page of the house; `active` is the page's key."""
    return {"tabs": _tabs(request, HOUSE, active)}


def own_tabs(request: TenantRequest, active: str) -> dict[str, Any]:
    """Return the tabs above a page of a tenant or of a person; `active` is the page's key."""
    return {"tabs": _tabs(request, OWN, active)}


def _tabs(request: TenantRequest, pages: Sequence[Page], active: str) -> list[Tab]:
    rows: list[Tab] = []
    reachable = (page for page in pages if not page.permission or request.standing.may(page.permission))
    for group, several in groupby(reachable, key=lambda page: page.group or page.key):
        tabs = tuple(Tab(page.label, reverse(page.url_name), active=page.key == active) for page in several)
        if len(tabs) == 1:
            rows.append(tabs[0])
        else:
            rows.append(Tab(GROUPS[group], tabs[0].url, active=any(tab.active for tab in tabs), parts=tabs))
    return rows

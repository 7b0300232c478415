"""The record of processing activities."""

from collections.abc import Iterable
from typing import Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.privacy.queries.register import entries, kept_label
from kontor.office.privacy.views.tabs import house_tabs
from kontor.rulebook.ruling import Text

ROLES: Final[dict[str, Promise]] = {
    "controller": gettext_lazy("Controller"),
    "processor": gettext_lazy("Processor"),
}


def listed(texts: Iterable[Text]) -> str:
    """Return texts in the page's language, one after the other."""
    return ", ".join(spoken(text) for text in texts)


@requires("privacy.see")
@require_GET
def record(request: TenantRequest) -> HttpResponseBase:
    """List every activity with personal data: for what, about whom, in what role."""
    listing = Listing(
        request,
        list(entries()),
        name="record-of-processing",
        columns=(
            Column(
                "title",
                gettext_lazy("Activity"),
                value=lambda row: spoken(row.processing.title),
                url=lambda row: reverse("privacy:entry", args=(row.key,)),
                sub=lambda row: row.processing.purpose,
                slot="title",
            ),
            Column("role", gettext_lazy("Role"), value=lambda row: ROLES[row.processing.role], slot="state"),
            Column("persons", gettext_lazy("Persons"), value=lambda row: listed(row.persons), slot="meta"),
            Column("categories", gettext_lazy("Data"), value=lambda row: listed(row.categories), late=True),
            Column("basis", gettext_lazy("Legal basis"), value=lambda row: row.processing.basis, late=True),
            Column("tables", gettext_lazy("Tables"), kind="number", value=lambda row: len(row.tables)),
        ),
        choices=(
            Choice(
                "role",
                gettext_lazy("Role"),
                tuple(ROLES.items()),
                apply=lambda rows, role: [row for row in rows if row.processing.role == role],
            ),
        ),
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "privacy/record.html", {"listing": listing, **house_tabs(request, "record")})


@requires("privacy.see")
@require_GET
def entry(request: TenantRequest, key: str) -> HttpResponseBase:
    """Show one activity with its tables: what they hold, how long, and what erasure does."""
    found = next((each for each in entries() if each.key == key), None)
    if found is None:
        raise Http404(key)
    rows = [(data, kept_label(data.kept), kept_label(data.ground) if data.ground else None) for data in found.tables]
    context = {
        "entry": found,
        "role": ROLES[found.processing.role],
        "persons": listed(found.persons),
        "categories": listed(found.categories),
        "rows": rows,
        "crumbs": [(_("Privacy"), reverse("privacy:record"))],
        **house_tabs(request, "record"),
    }
    return render(request, "privacy/entry.html", context)

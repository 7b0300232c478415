"""The record of processing activities."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel import pdf
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.privacy.actions.register import keep_edition
from kontor.office.privacy.models import RecordEdition
from kontor.office.privacy.queries.data_map import WIDTH, draw
from kontor.office.privacy.queries.record_paper import record_content, record_paper
from kontor.office.privacy.queries.register import entries, kept_label
from kontor.office.privacy.views.tabs import house_tabs
from kontor.rulebook.ruling import Text

_TYPST: Final = Path(__file__).resolve().parents[1] / "typst" / "record.typ"
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
    context = {
        "listing": listing,
        "newest": RecordEdition.objects.order_by("-number").first(),
        "may_keep": request.standing.may("privacy.keep"),
        **house_tabs(request, "record"),
    }
    return render(request, "privacy/record.html", context)


@requires("privacy.keep")
@require_POST
def edition(request: TenantRequest) -> HttpResponseBase:
    """Keep the record as it stands today."""
    keep_edition(at=request.at, actor=request.actor)
    return redirect("privacy:record")


@requires("privacy.see")
@require_GET
def printed(request: TenantRequest) -> HttpResponseBase:
    """Print the record of today with every item of GDPR Art. 30."""
    paper = record_paper(record_content(request.at.date()), request.at.date(), language())
    response = HttpResponse(pdf.render(_TYPST, paper, at=request.at), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="record-of-processing.pdf"'
    return response


@requires("privacy.see")
@require_GET
def data_map(request: TenantRequest) -> HttpResponseBase:
    """Draw whose data goes through which activities, and to whom."""
    picture = draw(list(entries()), language())
    return render(request, "privacy/map.html", {"picture": picture, "width": WIDTH, **house_tabs(request, "map")})


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

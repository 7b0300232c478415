"""The trail: who entered, changed, deleted and saw; searched, taken along, proved."""

import json
import uuid
from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Badge, Tone
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.record import opened
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.requests import TenantRequest, is_auditor, is_guest, requires
from kontor.kernel.wording import spoken
from kontor.office.privacy.actions import trail as actions
from kontor.office.privacy.queries import trail_page as queries
from kontor.office.privacy.views.tabs import house_tabs, own_tabs
from kontor.rulebook.deed import KINDS, kind_of
from kontor.rulebook.ruling import Text

TRAIL: Final = "privacy.trail"
_TONES: Final[dict[str, Tone]] = {"entered": "good", "changed": "info", "deleted": "bad", "seen": ""}
_DAYS: Final = {
    "1": Text("seit gestern", "since yesterday"),
    "7": Text("sieben Tage", "seven days"),
    "31": Text("ein Monat", "a month"),
    "366": Text("ein Jahr", "a year"),
}


@requires(TRAIL)
@require_GET
def trail(request: TenantRequest) -> HttpResponseBase:
    """List who did what, newest first; taken along as a file, that is on record too."""
    rows = _listing(request)
    if rows.wants_file:
        asked = {key: value for key, value in request.GET.items() if value}
        actions.note_export(request.tenant, narrowed_by=asked, at=request.at, actor=request.actor)
        return rows.file()
    return render(request, "privacy/trail.html", {"rows": rows, **_tabs(request)})


@requires(TRAIL)
@require_GET
def entry(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Show one deed with what was there before and after; that somebody read it is on record."""
    row = get_object_or_404(queries.trail(), pk=key)
    (told,) = opened([row])
    if not (is_auditor(request) or is_guest(request)):  # what these open is on record already
        actions.note_look(row, at=request.at, actor=request.actor)
    names = sorted(set(told.before) | set(told.after))
    context = {
        "row": row,
        "who": told.actor_name or queries.who(row),
        "badge": _badge(row),
        "thing": queries.thing_of(row.object_kind),
        "told": told,
        "changes": [(name, _said(told.before.get(name)), _said(told.after.get(name))) for name in names],
        "ruling": reasons_of(row.ruling) if row.ruling else None,
        "more_url": f"{reverse('privacy-own:trail')}?q={row.object_id}",
        "crumbs": [(_("Trail"), reverse("privacy-own:trail"))],
        **_tabs(request),
    }
    return render(request, "privacy/trail_entry.html", context)


@requires(TRAIL)
@require_http_methods(["GET", "POST"])
def proof(request: TenantRequest) -> HttpResponseBase:
    """Prove the trail: every link of its chain is computed anew."""
    found = None
    if request.method == "POST":
        found = actions.prove(request.tenant, at=request.at, actor=request.actor)
    context = {
        "proof": found,
        "head": found.head.hex() if found else "",
        "crumbs": [(_("Trail"), reverse("privacy-own:trail"))],
        **_tabs(request),
    }
    return render(request, "privacy/trail_proof.html", context)


def _listing(request: TenantRequest) -> Listing:
    return Listing(
        request,
        queries.trail(),
        name="trail",
        columns=(
            Column("at", _("When"), kind="moment", sort="at", slot="meta", url=addresses("privacy-own:trail-entry")),
            Column("who", _("Who"), value=queries.who, slot="title"),
            Column("kind", _("Deed"), kind="badge", value=_badge, slot="state"),
            Column("thing", _("Of what"), value=lambda row: spoken(queries.thing_of(row.object_kind)), slot="more"),
            Column("verb", _("Name"), late=True),
            Column("object_id", _("Key"), value=lambda row: str(row.object_id), late=True),
            Column("clause", _("Clause"), late=True),
        ),
        search=("object_id", "verb", "object_kind", "clause"),
        choices=(
            Choice("person", _("Who"), tuple(queries.people()),
                   apply=lambda rows, value: queries.about_person(rows, uuid.UUID(value))),
            Choice("kind", _("Deed"), tuple((key, spoken(text)) for key, text in KINDS.items()),
                   apply=queries.of_kind),
            Choice("app", _("Where"), tuple(queries.apps()),
                   apply=lambda rows, value: rows.filter(verb__startswith=f"{value}.")),
            Choice("days", _("Since"), tuple((key, spoken(text)) for key, text in _DAYS.items()),
                   apply=lambda rows, value: rows.filter(at__gte=request.at - timedelta(days=int(value)))),
        ),
        order="-at",
        page_size=50,
    )  # fmt: skip


def _badge(row: Any) -> Badge:
    kind = kind_of(row.verb)
    return Badge(KINDS[kind], _TONES[kind])


def _said(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _tabs(request: TenantRequest) -> dict[str, Any]:
    return (house_tabs if request.tenant.is_house else own_tabs)(request, "trail")

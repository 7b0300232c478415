"""A roll call: begun, kept on any phone, printed, and ended; and the list that terminals keep beforehand."""

import uuid
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel import pdf
from kontor.kernel.models import Site
from kontor.kernel.requests import TenantRequest, public, requires
from kontor.kernel.wording import language, moment
from kontor.office.terminals.public import TerminalRequest, on_terminal
from kontor.products.visitors.actions import evacuating
from kontor.products.visitors.actions.evacuating import Tap
from kontor.products.visitors.actions.keys import newest_key
from kontor.products.visitors.formats.lists import list_text, sign
from kontor.products.visitors.forms.evacuating import BeginForm, taps_in
from kontor.products.visitors.models import Evacuation
from kontor.products.visitors.queries.codes import publics, rules_of
from kontor.products.visitors.queries.evacuations import Person, is_untouched, later, roll, text_of
from kontor.products.visitors.queries.presence import present

EVACUATE: Final = "visitors.evacuate"
_APP: Final = Path(__file__).resolve().parents[1]
_WORKER: Final = _APP / "static" / "visitors" / "evacuation_worker.js"
_TYPST: Final = _APP / "typst" / "evacuation.typ"
SHOWN: Final = 50


@requires(EVACUATE, at_sites=True)
@require_GET
def evacuations(request: TenantRequest) -> HttpResponseBase:
    """Begin a roll call, go on with one that runs, or look at those before."""
    rows = list(Evacuation.objects.select_related("site").order_by("-began_at")[:SHOWN])
    context = {
        "form": BeginForm(sites=request.sites), "running": [row for row in rows if row.ended_at is None],
        "past": [row for row in rows if row.ended_at], "crumbs": [(_("Who is here"), reverse("visitors:board"))],
    }  # fmt: skip
    return render(request, "visitors/evacuations.html", context)


@requires(EVACUATE, at_sites=True)
@require_POST
def begin(request: TenantRequest) -> HttpResponseBase:
    """Begin a roll call at a site."""
    form = BeginForm(request.POST, sites=request.sites)
    if not form.is_valid():
        return redirect("visitors:evacuations")
    told = form.cleaned_data
    row = evacuating.begin(told["site"], drill=told["kind"] == "drill", at=request.at, actor=request.actor)
    return redirect("visitors:evacuation", row.pk)


@requires(EVACUATE, at_sites=True)
@require_GET
def evacuation(request: TenantRequest, evacuation_id: uuid.UUID) -> HttpResponseBase:
    """Show a roll call, on a phone that may lose its connection at any moment."""
    row = _row(evacuation_id)
    rules = rules_of(row.site)
    assembly = rules.assembly_de if language() == "de" else rules.assembly_en
    context = {
        "row": row, "roll": roll(row), "told": _told(row, request.at), "assembly": assembly,
        "held": {"said": text_of(row), "signature": row.signature, "keys": publics()},
    }  # fmt: skip
    with timezone.override(ZoneInfo(row.site.zone)):
        return render(request, "visitors/evacuation.html", context)


@requires(EVACUATE, at_sites=True)
@require_GET
def evacuation_state(request: TenantRequest, evacuation_id: uuid.UUID) -> HttpResponseBase:
    """Answer who was seen, for phones that show the list already."""
    return JsonResponse(_told(_row(evacuation_id), request.at))


@requires(EVACUATE, at_sites=True)
@require_POST
def seen(request: TenantRequest, evacuation_id: uuid.UUID) -> HttpResponseBase:
    """Keep what a phone saw, now or while it had no connection; without a script one button at a time."""
    row = _row(evacuation_id)
    if request.content_type == "application/json":
        taps = taps_in(request.body)
        if taps is None:
            return JsonResponse({}, status=400)
        evacuating.see(row.pk, taps, at=request.at, actor=request.actor)
        return JsonResponse(_told(row, request.at))
    listed = {told["visit"] for told in row.inside}
    visit, _dot, safe = request.POST.get("tap", "").partition(".")
    if visit in listed:
        tap = Tap(visit=uuid.UUID(visit), safe=safe == "1", seen_at=request.at, key=str(uuid.uuid4()))
        evacuating.see(row.pk, [tap], at=request.at, actor=request.actor)
    return redirect("visitors:evacuation", row.pk)


@requires(EVACUATE, at_sites=True)
@require_POST
def end(request: TenantRequest, evacuation_id: uuid.UUID) -> HttpResponseBase:
    """End a roll call."""
    row = _row(evacuation_id)
    evacuating.end(row.pk, at=request.at, actor=request.actor)
    return redirect("visitors:evacuation", row.pk)


@requires(EVACUATE, at_sites=True)
@require_GET
def evacuation_paper(request: TenantRequest, evacuation_id: uuid.UUID) -> HttpResponseBase:
    """Print a roll call as it stands: the list while it runs, the report once it is over."""
    row = _row(evacuation_id)
    with timezone.override(ZoneInfo(row.site.zone)):
        paper = _paper(row, request)
    response = HttpResponse(pdf.render(_TYPST, paper, at=request.at), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="evacuation-{row.began_at:%Y-%m-%d-%H%M}.pdf"'
    return response


@public("the script by which a phone keeps the list holds nothing of anybody")
@require_GET
def worker(_request: Any) -> HttpResponseBase:
    """Answer the script that keeps the list on a phone; its address is what it may answer for."""
    return HttpResponse(_WORKER.read_text(encoding="utf-8"), content_type="text/javascript")


@on_terminal
@require_GET
def present_here(request: TerminalRequest) -> HttpResponseBase:
    """Hand a terminal the signed list of who is at its site, to be shown when the server is gone."""
    site = Site.objects.get(pk=request.here.site)
    text = list_text(site.pk, as_of=request.at, people=present(site, at=request.at))
    return JsonResponse({"said": text, "signature": sign(text, newest_key(at=request.at).private), "keys": publics()})


def _row(evacuation_id: uuid.UUID) -> Evacuation:
    return get_object_or_404(Evacuation.objects.select_related("site"), pk=evacuation_id)


def _told(row: Evacuation, at: Any) -> dict[str, Any]:
    """Return a roll call as phones read it: who was seen, when and by whom, in the site's time."""
    zone = ZoneInfo(row.site.zone)
    seen = {each.visit: {"at": _clock(each.seen_at, zone), "by": each.by} for each in roll(row).seen}
    return {"at": at.isoformat(), "as_of": _clock(at, zone), "ended": row.ended_at is not None, "seen": seen}


def _clock(at: Any, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M:%S}"


def _paper(row: Evacuation, request: TenantRequest) -> dict[str, Any]:
    found, known, zone = roll(row), later(row), ZoneInfo(row.site.zone)
    ended = row.ended_at is not None
    title = (_("Report of a roll call") if ended else _("Evacuation list")) + f": {row.site.name}"
    facts = [
        (_("Kind"), _("A drill") if row.drill else _("An alarm")),
        (_("Began"), f"{moment(row.began_at)}, {row.by_name}"),
        (_("Ended"), moment(row.ended_at) if row.ended_at else _("runs still")),
        (_("Printed"), moment(request.at)),
        (_("Signature"), _("good, the list is as it was when it began") if is_untouched(row) else _("does not fit")),
    ]
    return {
        "title": title, "operator": request.tenant.name, "language": language(), "facts": facts,
        "sums": [(_("missing"), len(found.missing)), (_("assumed out, perhaps still inside"), len(found.unsure)),
                 (_("seen"), len(found.seen)), (_("on the list"), found.total)],
        "heads": [_("Name"), _("Company"), _("Host"), _("Seen")],
        "parts": [
            {"title": title, "rows": [[each.name, each.company, each.host, _seen(each, zone)] for each in people]}
            for title, people in ((_("Missing"), found.missing), (_("Assumed out, perhaps still inside"), found.unsure),
                                  (_("Seen"), found.seen))
        ],
        "later": [
            (_("Had left before, as became known later"), list(known.had_left)),
            (_("Were inside and not on the list, as became known later"), list(known.was_inside)),
        ],
    }  # fmt: skip


def _seen(person: Person, zone: ZoneInfo) -> str:
    return f"{_clock(person.seen_at, zone)}, {person.by}" if person.seen_at else "–"

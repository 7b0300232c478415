"""The board: who is here, who comes next, who came and left just now; for one site or all, on a page and on a wall."""

import uuid
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from kontor.kernel.live_parts import shared
from kontor.kernel.models import Site
from kontor.kernel.queries.events import last_number
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.tenancy import current_tenant
from kontor.office.terminals.public import TerminalRequest, on_terminal
from kontor.products.visitors.forms.evacuating import BeginForm
from kontor.products.visitors.queries.presence import Hours, Presence, presence
from kontor.products.visitors.views import words

SEE: Final = "visitors.see"
HEARD: Final = (
    "visitors.invited visitors.allowed visitors.moved visitors.cancelled visitors.checked_in visitors.left "
    "visitors.assumed_out visitors.evacuation_began visitors.evacuation_ended"
)
_KEPT: Final = 200  # boards, of a few kilobytes each
_TOPS: Final = (4, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A board as it was drawn after the event of a number, in a minute of the clock."""

    number: int
    minute: int
    html: SafeString

    @property
    def tag(self) -> str:
        """What names this state to whoever asks again (RFC 9110, 8.8.3)."""
        return f'"{self.number}.{self.minute}"'

    def holds(self, number: int, minute: int) -> bool:
        """Tell whether nothing happened since."""
        return self.number >= number and self.minute >= minute


_boards: "OrderedDict[Key, Drawn]" = OrderedDict()
_turns: dict[Key, Lock] = {}
_guard: Final = Lock()


@requires(SEE, at_sites=True)
@require_GET
def board(request: TenantRequest) -> HttpResponseBase:
    """Show who is here."""
    context = {
        "board": _board(request).html, "heard": HEARD, "query": request.META.get("QUERY_STRING", ""),
        "may_invite": request.standing.may("visitors.invite"),
        "begin": BeginForm(sites=request.sites) if request.standing.may("visitors.evacuate") else None,
    }  # fmt: skip
    return render(request, "visitors/board.html", context)


@requires(SEE, at_sites=True)
@require_GET
def board_part(request: TenantRequest) -> HttpResponseBase:
    """Answer what of the board changes; drawn once for all who look at the same."""
    return shared(request, _board(request).html, _key(request), heard=HEARD)


@on_terminal
@require_GET
def wall(request: TerminalRequest) -> HttpResponseBase:
    """Show the board of a screen's site."""
    drawn = _wall(request)
    return render(request, "visitors/wall.html", {"here": request.here, "board": drawn.html, "tag": drawn.tag})


@on_terminal
@require_GET
def wall_part(request: TerminalRequest) -> HttpResponseBase:
    """Answer what of a screen's board changes; 304 where it shows that already."""
    drawn = _wall(request)
    if request.headers.get("If-None-Match") == drawn.tag:
        return HttpResponse(status=304, headers={"ETag": drawn.tag})
    response = render(request, "visitors/wall_part.html", {"board": drawn.html, "tag": drawn.tag})
    response.headers["ETag"] = drawn.tag
    return response


def _key(request: TenantRequest) -> Key:
    seen = ",".join(sorted(str(site) for site in request.sites)) if request.sites is not None else ""
    return "board", seen, request.GET.get("site", "")


def _board(request: TenantRequest) -> Drawn:
    key = _key(request)
    return _drawn(key, request.at, lambda: _draw(_sites(request.sites), key[2], request.tenant.zone, at=request.at))


def _wall(request: TerminalRequest) -> Drawn:
    here = request.here
    seen = _sites({here.site})
    return _drawn(("wall", str(here.site)), request.at, lambda: _draw(seen, "", here.zone, at=request.at, wall=True))


def _drawn(what: Key, at: Any, draw: Callable[[], SafeString]) -> Drawn:
    """
    Return a board; whoever asks while it is drawn waits for that and draws nothing.

    What happens between reading the number and drawing is in the drawing already, and is drawn once more.
    """
    key = (current_tenant(), translation.get_language(), *what)
    number, minute = last_number(), int(at.timestamp()) // 60
    with _guard:
        known = _boards.get(key)
        turn = _turns.setdefault(key, Lock())
    if known and known.holds(number, minute):
        return known
    with turn:
        known = _boards.get(key)
        if known and known.holds(number, minute):
            return known
        made = Drawn(number, minute, draw())
        with _guard:
            _boards[key] = made
            _boards.move_to_end(key)
            while len(_boards) > _KEPT:
                oldest, _gone = _boards.popitem(last=False)
                _turns.pop(oldest, None)
        return made


def _sites(limited_to: Collection[uuid.UUID] | None) -> QuerySet[Site]:
    """Return the sites that may be looked at, None: all."""
    every = Site.objects.order_by("name")
    return every if limited_to is None else every.filter(pk__in=limited_to)


def _draw(rows: QuerySet[Site], chosen: str, zone: str, *, at: Any, wall: bool = False) -> SafeString:
    seen = list(rows)
    sites = [site for site in seen if str(site.pk) == chosen] if chosen else seen
    if chosen and not sites:
        raise Http404
    one = sites[0] if len(sites) == 1 else None
    shown = presence(sites, zone=ZoneInfo(one.zone if one else zone), at=at, of=seen)
    context = {
        "it": shown, "chosen": chosen, "one": one, "wall": wall, "all_inside": sum(each.count for each in shown.sites),
        "bars": _bars(shown.hours), "tops": _ticks(shown.hours), "peak": _peak(shown), "ways": words.WAYS,
    }  # fmt: skip
    return render_to_string("visitors/board_part.html", context)


def _top(hours: Hours) -> int:
    most = max(came + expected for came, expected in zip(hours.came, hours.expected, strict=True))
    return next(top for top in (*_TOPS, most) if top >= most)


def _ticks(hours: Hours) -> tuple[int, int]:
    return _top(hours), _top(hours) // 2


def _bars(hours: Hours) -> list[tuple[int, int, int, int, int, bool]]:
    """Return hour, who came, how high (0 to 1000 in steps of 5), who is expected, how high, whether it is now."""
    top = _top(hours)
    return [
        (hour, came, _height(came, top), expected, _height(expected, top), place == hours.now)
        for place, (hour, came, expected) in enumerate(zip(hours.labels, hours.came, hours.expected, strict=True))
    ]


def _height(count: int, top: int) -> int:
    return round(200 * count / top) * 5


def _peak(shown: Presence) -> tuple[int, int]:
    """Return the hour in which most people came, and how many."""
    most = max(shown.hours.came)
    return shown.hours.labels[shown.hours.came.index(most)], most

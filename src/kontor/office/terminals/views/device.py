"""What a device shows: a code until somebody has typed it, then the pages of its terminal."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.client import client_address
from kontor.kernel.requests import public
from kontor.office.terminals.actions import pairing as actions
from kontor.office.terminals.public import COOKIE, TerminalRequest, on_terminal
from kontor.office.terminals.queries import BEAT_SECONDS, first_page

_PAIRING = "kontor_pairing"
_YEARS = 10 * 365 * 86400


@public("a device that nobody has paired yet belongs to nobody")
@require_http_methods(["GET", "POST"])
def device(request: HttpRequest) -> HttpResponseBase:
    """Lead a paired device to its page; any other shows its code, or a button for one."""
    at: Any = request.at  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            secret = actions.offer_code(address=client_address(request), at=at)
        except actions.TooManyCodesError as refused:
            return render(request, "terminals/pairing.html", {"refused": str(refused)}, status=429)
        answer = redirect("terminals:device")
        _keep(answer, _PAIRING, secret, seconds=int(actions.CODE_VALID.total_seconds()))
        return answer
    if COOKIE in request.COOKIES:
        return redirect("terminals:start")
    code = actions.code_of(request.COOKIES.get(_PAIRING, ""), at=at)
    return render(request, "terminals/pairing.html", {"code": code, "host": request.get_host()})


@public("the device's own secret says which code it shows")
@require_POST
def pairing(request: HttpRequest) -> HttpResponseBase:
    """Tell a device whether its code was typed, and hand it its token."""
    try:
        token = actions.ask_for_token(request.COOKIES.get(_PAIRING, ""), at=request.at)  # type: ignore[attr-defined]
    except actions.PairingRefusedError:
        answer = HttpResponse(status=401, headers={"HX-Redirect": reverse("terminals:device")})
        answer.delete_cookie(_PAIRING)
        return answer
    if token is None:
        return HttpResponse(status=204)
    answer = HttpResponse(headers={"HX-Redirect": reverse("terminals:start")})
    _keep(answer, COOKIE, token, seconds=_YEARS)
    return answer


@on_terminal
@require_GET
def start(request: TerminalRequest) -> HttpResponseBase:
    """Lead to the first page the terminal may show today; PermissionDenied where the contract opens none."""
    page = first_page(request.here.pages, house=request.here.house, day=timezone.localdate(request.at))
    if page is None:
        raise PermissionDenied("terminals")
    return redirect(page.url_name)


@on_terminal
@require_GET
def standby(request: TerminalRequest) -> HttpResponseBase:
    """Greet, and say the time."""
    return render(request, "terminals/standby.html", {"here": request.here, "beat": BEAT_SECONDS})


@csrf_exempt
@on_terminal
@require_POST
def beat(request: TerminalRequest) -> HttpResponseBase:
    """Note that the terminal lives; where it knows an older state, it is told to turn to the new one."""
    actions.beat(request.here.id, agent=request.headers.get("User-Agent", ""), at=request.at)
    knows = (request.POST.get("revision"), request.POST.get("restart"))
    if knows == (str(request.here.revision), str(request.here.restart)):
        return HttpResponse(status=204)
    return HttpResponse(status=204, headers={"HX-Redirect": reverse("terminals:start")})


def _keep(answer: HttpResponse, name: str, value: str, *, seconds: int) -> None:
    answer.set_cookie(
        name, value, max_age=seconds, path="/", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict"
    )

"""Where processors send their messages, and the page of the one that only plays."""

import urllib.error
import urllib.request

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.requests import public
from kontor.office.books.actions.checkouts import take_notice
from kontor.office.books.actions.processors.fake import FakeProcessor
from kontor.office.books.actions.processors.interface import ForgedNoticeError, ProcessorError
from kontor.office.books.actions.processors.offered import UnknownProcessorError, processor
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError

_LIMIT = 256 * 1024
_SECONDS = 10
_TOLD = ("order", "reference", "currency", "minor", "title", "back", "refund")


@csrf_exempt
@public("a processor signs its messages over the raw body; nothing else is believed")
@require_POST
def notice(request: HttpRequest, method: str) -> HttpResponseBase:
    """Take a processor's message: 200 once it is understood, whether new or known; 400 where it is not its own."""
    if len(request.body) > _LIMIT:
        return HttpResponse(status=413)
    try:
        take_notice(method, request.body, request.headers, at=timezone.now())
    except UnknownProcessorError as unknown:
        raise Http404 from unknown
    except ForgedNoticeError:
        return HttpResponse(status=400)
    except ProcessorError:
        return HttpResponse(status=503)  # the processor tries again later
    return HttpResponse(status=200)


@public("the page of the fake processor, which exists in the demo only and moves no money")
@require_http_methods(["GET", "POST"])
def fake(request: HttpRequest) -> HttpResponseBase:
    """Show what would be paid; on a press send the fake's message over loopback and lead back."""
    player = _player()
    told = {key: request.GET.get(key, "") for key in _TOLD}
    try:
        amount = Money(told["currency"], int(told["minor"]))
    except (ValueError, RefusalError) as wrong:
        raise Http404 from wrong
    if request.method == "POST":
        happened = request.POST.get("happened", "FAILED")
        _send(player, told | {"happened": happened, "event": f"{told['order']}-{happened}", "capture": told["order"]})
        back = told["back"]
        safe = url_has_allowed_host_and_scheme(back, {request.get_host()})
        return redirect(f"{back}?paid=1" if safe and happened == "PAID" else back if safe else "/")
    return render(
        request, "books/fake_processor.html", {"amount": amount, "title": told["title"], "refund": told["refund"]}
    )


def _player() -> FakeProcessor:
    try:
        found = processor("fake")
    except UnknownProcessorError as unknown:
        raise Http404 from unknown
    assert isinstance(found, FakeProcessor)
    return found


def _send(player: FakeProcessor, told: dict[str, str]) -> None:
    body, headers = player.message(told, at=timezone.now())
    address = settings.KONTOR_BASE_URL + reverse("books:notice", args=["fake"])
    request = urllib.request.Request(  # noqa: S310  our own address
        address, data=body, headers={**headers, "Content-Type": "application/json"}
    )
    try:
        urllib.request.urlopen(request, timeout=_SECONDS).close()  # noqa: S310
    except (urllib.error.URLError, TimeoutError) as error:
        raise Http404("The fake could not reach this installation.") from error

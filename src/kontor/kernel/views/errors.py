"""Pages for what did not go: a sentence about the world, and the mend."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kontor.kernel.actions.overload import Overload
from kontor.kernel.actions.quotas import QuotaRefusedError
from kontor.kernel.requests import NotEntitledError
from kontor.kernel.store_errors import StoreError

logger = logging.getLogger(__name__)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the contract does not hold the module (reason "subscription"), or the role does not hold the permission."""
    if isinstance(exception, NotEntitledError):
        context = {"reason": "subscription", "module": exception.module, "suspended": exception.suspended}
        response = render(request, "kernel/errors/subscription.html", context, status=403)
        response.headers["X-Reason"] = "subscription"
        return response
    response = render(
        request, "kernel/errors/403.html", {"reason": "permission", "permission": str(exception)}, status=403
    )
    response.headers["X-Reason"] = "permission"
    return response


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django's signature
    """403: the form came without the token of its session; mostly because the browser keeps no cookies (crm 9.2)."""
    blocked = not request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    response = render(request, "kernel/errors/form_refused.html", {"blocked": blocked}, status=403)
    response.headers["X-Reason"] = "cookies" if blocked else "form"
    return response


def too_many(request: HttpRequest, over: Overload) -> HttpResponse:
    """429: the company or the person sends more requests than it may; the page says when the next one goes."""
    response = render(request, "kernel/errors/429.html", {"over": over}, status=429)
    response.headers["Retry-After"] = str(over.retry_after)
    return response


def limit_is_reached(request: HttpRequest, refused: QuotaRefusedError) -> HttpResponse:
    """409: the contract allows no more of what was asked for; the page says how much is left and where to see it."""
    context = {"counter": refused.counter, "refused": refused.text}
    response = render(request, "kernel/errors/limit.html", context, status=409)
    response.headers["X-Reason"] = "limit"
    return response


def store_is_out(request: HttpRequest, refused: StoreError) -> HttpResponse:
    """503: the place where the company's files lie does not answer or refuses; nothing of this step was kept."""
    logger.error("%s", refused)
    response = render(request, "kernel/errors/store.html", {"refused": refused.text}, status=503)
    response.headers["X-Reason"] = "store"
    return response


def guest_refused(request: HttpRequest) -> HttpResponse:
    """403: a guest of the house looks, and does nothing else."""
    response = render(request, "kernel/errors/guest_refused.html", status=403)
    response.headers["X-Reason"] = "guest"
    return response


def auditor_refused(request: HttpRequest) -> HttpResponse:
    """403: an auditor looks at the pages of the visit, and changes nothing."""
    response = render(request, "kernel/errors/auditor_refused.html", status=403)
    response.headers["X-Reason"] = "auditor"
    return response


def guest_over(request: HttpRequest) -> HttpResponse:
    """403: the leave to look has ended, was taken back, or is no longer this person's."""
    response = render(request, "kernel/errors/guest_over.html", status=403)
    response.headers["X-Reason"] = "guest"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  Django's signature
    return render(request, "kernel/errors/404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  Django's signature
    return render(request, "kernel/errors/400.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "kernel/errors/500.html", status=500)

"""What did not go, as RFC 9457 has it: a sentence about the world in the reader's language, and the mend."""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kontor.kernel.actions.overload import Overload
from kontor.kernel.store_errors import StoreError
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import NoAnswerError

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


class Fault(Schema):
    """What is wrong at one place of the request: `at` is a path such as "body.events.3.quantity"."""

    at: str
    says: str


class Problem(Schema):
    """
    RFC 9457.

    type    names the kind of problem for programs: "urn:kontor:problem:other-use"
    detail  the sentence for people, in the language that the request accepts
    """

    type: str
    title: str
    status: int
    detail: str
    faults: list[Fault] = []


class ProblemError(Exception):
    """Something an endpoint refuses: HTTP status, kind, and the sentence with its mend."""

    def __init__(self, status: int, kind: str, detail: str | Text, *, faults: Sequence[tuple[str, str]] = (),
                 headers: Mapping[str, str] | None = None) -> None:  # fmt: skip
        said = detail.spoken(translation.get_language() or "de") if isinstance(detail, Text) else detail
        super().__init__(said)
        self.headers = dict(headers or {})
        self.problem = Problem(
            type=f"urn:kontor:problem:{kind}",
            title=_title(status),
            status=status,
            detail=said,
            faults=[Fault(at=at, says=says) for at, says in faults],
        )


def answered(problem: Problem) -> HttpResponse:
    """Return a problem as the answer it is."""
    return HttpResponse(json.dumps(problem.model_dump()), status=problem.status, content_type=CONTENT_TYPE)


def handle_problems(api: NinjaAPI) -> None:
    """Let the API answer everything that goes wrong as a problem."""
    api.add_exception_handler(ProblemError, _problem)
    api.add_exception_handler(AuthenticationError, _unknown_key)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _unreadable)
    for missing in (Http404, ObjectDoesNotExist):
        api.add_exception_handler(missing, _missing)
    api.add_exception_handler(PermissionDenied, _forbidden)
    for refusal in (RefusalError, NoAnswerError):
        api.add_exception_handler(refusal, _refused)
    api.add_exception_handler(StoreError, _store_is_out)
    api.add_exception_handler(RequestDataTooBig, _too_big)
    api.add_exception_handler(Exception, _broken)


def _problem(_: HttpRequest, error: Any) -> HttpResponse:
    response = answered(error.problem)
    for name, value in error.headers.items():
        response.headers[name] = value
    return response


def _unknown_key(_: HttpRequest, __: Any) -> HttpResponse:
    detail = gettext("No key, or one that is not valid any more. Send “Authorization: Bearer …” with a key of yours.")
    response = answered(ProblemError(401, "key", detail).problem)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _invalid(_: HttpRequest, error: Any) -> HttpResponse:
    faults = [(".".join(str(step) for step in one["loc"]), _says(one)) for one in error.errors[:20]]
    detail = gettext("Some values are not as the description of the API asks for them.")
    return answered(ProblemError(422, "invalid", detail, faults=faults).problem)


def _says(one: dict[str, Any]) -> str:
    kind = one["type"]
    if kind == "missing":
        return gettext("is missing")
    if kind.startswith(("datetime", "timezone", "date")):
        return gettext("is no moment with its zone, such as 2027-05-09T08:30:00+02:00")
    if kind.startswith(("decimal", "int", "greater", "less", "finite")):
        return gettext("is no number that fits here")
    if kind.startswith("string"):
        return gettext("is no text that fits here")
    if kind in ("too_long", "too_short"):
        return gettext("has too many or too few entries")
    return gettext("is not as described")


def _unreadable(_: HttpRequest, error: Any) -> HttpResponse:
    detail = gettext("The body cannot be read as JSON.")
    return answered(ProblemError(error.status_code, "unreadable", detail).problem)


def _missing(_: HttpRequest, __: Any) -> HttpResponse:
    return answered(
        ProblemError(404, "missing", gettext("There is nothing here, or nothing that you may see.")).problem
    )


def _forbidden(_: HttpRequest, error: Any) -> HttpResponse:
    return answered(forbidden(str(error)).problem)


def forbidden(permission: str) -> ProblemError:
    """Return the refusal of a key that does not hold a right."""
    detail = gettext("This key does not hold the right “%(right)s”; give it one that does.") % {"right": permission}
    return ProblemError(403, "right", detail)


def too_many(over: Overload) -> ProblemError:
    """Return the refusal of a request beyond what the tenant or its key may send in a minute."""
    sentence = (
        gettext("This key may send %(limit)s requests a minute; the next one goes in %(seconds)s seconds.")
        if over.client
        else gettext("Your account may send %(limit)s requests a minute; the next one goes in %(seconds)s seconds.")
    )
    detail = sentence % {"limit": over.limit, "seconds": over.retry_after}
    return ProblemError(429, "overload", detail, headers={"Retry-After": str(over.retry_after)})


def no_endpoint() -> ProblemError:
    """Return the refusal of an address that names no endpoint."""
    return ProblemError(404, "missing", gettext("There is no such endpoint; /api/v1/openapi.json lists all."))


def _refused(_: HttpRequest, error: Any) -> HttpResponse:
    return answered(ProblemError(409, "refused", error.text).problem)


def _store_is_out(_: HttpRequest, error: Any) -> HttpResponse:
    logger.error("%s", error)
    return answered(ProblemError(503, "store", error.text).problem)


def _too_big(_: HttpRequest, __: Any) -> HttpResponse:
    return answered(ProblemError(413, "too-big", gettext("The body is too large; send it in parts.")).problem)


def _broken(_: HttpRequest, error: Any) -> HttpResponse:
    logger.error("An endpoint failed.", exc_info=error)
    detail = gettext("Something is broken on our side; nothing was changed. Please try again later.")
    return answered(ProblemError(500, "broken", detail).problem)


def _title(status: int) -> str:
    return {
        400: gettext("Not understood"), 401: gettext("Not signed in"), 403: gettext("Not allowed"),
        404: gettext("Not found"), 409: gettext("Contradicts what is there"), 413: gettext("Too much at once"),
        422: gettext("Not as described"), 429: gettext("Too many requests"), 500: gettext("Broken"),
        503: gettext("Files cannot be reached"),
    }.get(status, gettext("Refused"))  # fmt: skip

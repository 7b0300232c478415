"""
How an endpoint is declared: its address, the right its key must hold, what it answers.

    endpoints = Endpoints()

    @endpoints.reads("/usage", permission="contracts.use", answers=Page[MonthUse])
    def month_use(request: Call, month: Month) -> Page[MonthUse]: ...

    @endpoints.writes("/usage/events", permission="contracts.report_use", answers=Counted)
    def report(request: Call, told: Event) -> Counted: ...

`reads_both` declares two at once: what the tenant has as the house, and under /received what others share with it.

The whole call is one transaction of the key's tenant; what raises rolls it back and is answered as a problem. A write
sent again with the same Idempotency-Key is answered as the first time and done once.
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from ninja import Router, Schema

from kontor.kernel.actions.api_keys import Answer, OtherRequestError, answer_before, keep_answer, note_use
from kontor.kernel.actions.overload import count_request, key_client
from kontor.kernel.actions.probing import count_read
from kontor.kernel.actor import Actor
from kontor.kernel.api.keys import Caller
from kontor.kernel.api.problems import Problem, ProblemError, forbidden, too_many
from kontor.kernel.api.schemas import FileGiven
from kontor.kernel.hidden_rows import refuse_hidden
from kontor.kernel.models import ApiKey, Tenant
from kontor.kernel.queries.api_keys import standing_of_key
from kontor.kernel.registry import modules
from kontor.kernel.tenancy import as_tenant

Work = TypeVar("Work", bound=Callable[..., Schema])
Giving = TypeVar("Giving", bound=Callable[..., FileGiven])
BASE = "/api/v1"
RECEIVED = "/received"
HEADER = "Idempotency-Key"
_LONGEST = 200
_READS = frozenset({400, 401, 403, 404, 422, 429, 500})
_WRITES = _READS | {409}
_REPEATABLE = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": _LONGEST, "pattern": "^[!-~]+$"},
            "description": "Sent again with the same content, the request is done once and answered as the first time.",
        }
    ]
}


class Call(HttpRequest):
    """
    A request as an endpoint gets it: within its tenant's transaction, by a key that holds the endpoint's right.

    own  whether it asks for the tenant's own rows; under /received it asks for those that others share with it
    """

    own: bool
    at: datetime
    tenant: Tenant
    api_key: ApiKey
    actor: Actor


class Endpoints(Router):
    """One app's endpoints; `permissions` says which right each asks for. The description groups them by first word."""

    def __init__(self) -> None:
        super().__init__()
        self.permissions: dict[str, str] = {}

    def reads(
        self, path: str, *, permission: str, answers: Any, extra: Mapping[str, Any] | None = None
    ) -> Callable[[Work], Work]:
        """Declare an endpoint that changes nothing."""
        return self._declared("GET", path, permission, answers, status=200, failures=_READS, extra=extra)

    def reads_both(self, path: str, *, house: str, customer: str, answers: Any) -> Callable[[Work], Work]:
        """Declare an endpoint for the house's own rows, and the same under /received for what its customer received."""

        def declare(work: Work) -> Work:
            self.reads(path, permission=house, answers=answers)(work)
            return self.reads(f"{RECEIVED}{path}", permission=customer, answers=answers)(work)

        return declare

    def gives(self, path: str, *, permission: str, media_types: Sequence[str]) -> Callable[[Giving], Giving]:
        """Declare an endpoint that gives a file, as one of some media types."""
        content = {each: {"schema": {"type": "string", "format": "binary"}} for each in media_types}
        extra = {"responses": {200: {"description": "The file", "content": content}}}

        def declare(work: Giving) -> Giving:
            self._mounted("GET", path, permission, work, answers={_READS: Problem}, guarded=_giving(work, permission),
                          extra=extra)  # fmt: skip
            return work

        return declare

    def writes(self, path: str, *, permission: str, answers: Any, status: int = 200) -> Callable[[Work], Work]:
        """Declare an endpoint that changes something: POST, once per Idempotency-Key."""
        return self._declared("POST", path, permission, answers, status=status, failures=_WRITES, extra=_REPEATABLE)

    def _declared(
        self, method: str, path: str, permission: str, answers: Any, *, status: int, failures: frozenset[int],
        extra: Mapping[str, Any] | None,
    ) -> Callable[[Work], Work]:  # fmt: skip
        def declare(work: Work) -> Work:
            self._mounted(method, path, permission, work, answers={status: answers, failures: Problem},
                          guarded=_guarded(work, permission, status), extra=extra)  # fmt: skip
            return work

        return declare

    def _mounted(
        self, method: str, path: str, permission: str, work: Callable[..., Any], *, answers: Any,
        guarded: Callable[..., HttpResponse], extra: Mapping[str, Any] | None,
    ) -> None:  # fmt: skip
        words = [each for each in re.split(r"[/{}:]", path) if each]
        self.permissions[f"{method} {path}"] = permission
        self.add_api_operation(
            path,
            [method],
            guarded,
            response=answers,
            operation_id="_".join([method.lower(), *words]).replace("-", "_"),
            tags=["/".join(words[:2]) if words[0] == RECEIVED[1:] else words[0]],
            summary=" ".join((work.__doc__ or "").strip().split("\n\n")[0].split()).rstrip("."),
            openapi_extra={"x-permission": permission, **(extra or {})},
        )


def _guarded(work: Callable[..., Schema], permission: str, status: int) -> Callable[..., HttpResponse]:
    @functools.wraps(work)
    def answered(request: Any, **given: Any) -> HttpResponse:
        caller: Caller = request.auth
        _count(request, caller)
        with as_tenant(caller.tenant):
            _enter(request, caller, permission)
            refuse_hidden(given.values(), may=lambda _: False)
            answer = _once(request, lambda: _done(work, request, given, status))
        return JsonResponse(answer.body, status=answer.status)

    return answered


def _giving(work: Callable[..., FileGiven], permission: str) -> Callable[..., HttpResponse]:
    @functools.wraps(work)
    def answered(request: Any, **given: Any) -> HttpResponse:
        caller: Caller = request.auth
        _count(request, caller)
        with as_tenant(caller.tenant):
            _enter(request, caller, permission)
            refuse_hidden(given.values(), may=lambda _: False)
            file = work(request, **given)
        name = file.name.replace('"', "").replace("\\", "")
        head = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
        return HttpResponse(file.content, content_type=file.media_type, headers=head)

    return answered


def _done(work: Callable[..., Schema], request: Call, given: Mapping[str, Any], status: int) -> Answer:
    return Answer(status, work(request, **given).model_dump(mode="json"))


def _count(request: Call, caller: Caller) -> None:
    """Refuse a request beyond the tenant's or the key's limit; counted before its transaction, so that none waits."""
    if over := count_request(caller.tenant, key_client(caller.key), at=request.at):
        raise too_many(over)
    if request.method == "GET":
        count_read(caller.tenant, key_client(caller.key), request.get_full_path(), at=request.at)


def _enter(request: Call, caller: Caller, permission: str) -> None:
    standing = standing_of_key(caller.key, at=request.at)
    if standing is None or not standing.may(permission):
        raise forbidden(permission)
    for condition in (each for module in modules() for each in module.api_conditions):
        if lacking := condition.lacks(standing.modules):
            raise ProblemError(403, condition.key, lacking)
    request.tenant, request.api_key = standing.tenant, standing.key
    request.actor = Actor.outside(standing.key.pk, standing.key.name)
    request.own = not request.path_info.startswith(f"{BASE}{RECEIVED}/")
    note_use(standing.key, at=request.at)


def _once(request: Call, work: Callable[[], Answer]) -> Answer:
    """Do it once per Idempotency-Key; without one, or where nothing is changed, simply do it."""
    name = request.headers.get(HEADER)
    if name is None or request.method == "GET":
        return work()
    if not 0 < len(name) <= _LONGEST or not name.isascii() or not name.isprintable():
        raise ProblemError(
            400, "idempotency-key", gettext("The Idempotency-Key is empty, too long or not plain ASCII.")
        )
    asked = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    try:
        before = answer_before(request.api_key.pk, name, asked=asked, at=request.at)
    except OtherRequestError as error:
        detail = gettext("This Idempotency-Key was used for another request; take a new one for a new request.")
        raise ProblemError(422, "idempotency-key", detail) from error
    if before:
        return before
    answer = work()
    keep_answer(request.api_key.pk, name, asked=asked, answer=answer.body, status=answer.status, at=request.at)
    return answer

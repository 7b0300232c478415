"""
Where a directory brings people and groups by itself: SCIM 2.0 (RFC 7644), each provider under an address of its own.

Every call shows the token that was made for this provider. What is not done is answered in SCIM's form, kept with its
reason for whoever sets the connection up, and undone as a whole.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from kontor.kernel.actions.credentials import CredentialRefusedError, resolve
from kontor.kernel.actions.overload import count_request, key_client
from kontor.kernel.actor import Actor
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.scim_tokens import note_call, note_use
from kontor.office.identity.formats.scim_filter import ScimRefusedError
from kontor.office.identity.formats.scim_schemas import error_of
from kontor.office.identity.models import IdentityProvider, ScimToken
from kontor.office.identity.queries.provisioning import CREDENTIAL, Told, is_locked
from kontor.office.identity.queries.single_sign_on import tenant_of_provider
from kontor.office.identity.views.scim_words import reason_words

MEDIA_TYPE: Final = "application/scim+json"
_BODIES: Final = frozenset({"application/scim+json", "application/json"})
_LARGEST: Final = 4 * 1024 * 1024  # bytes: some ten thousand members of a group


@dataclass(frozen=True, slots=True)
class Call:
    """
    A call of a directory within its tenant: what it asks, by whose leave, and when.

    search  what a search says in its body instead of in the address (RFC 7644, 3.4.3)
    """

    request: HttpRequest
    provider: IdentityProvider
    actor: Actor
    at: datetime
    search: Mapping[str, str] | None = None

    def body(self) -> Any:
        """Return what was sent; ScimRefusedError for what is no JSON."""
        kind = (self.request.content_type or "").lower()
        if kind not in _BODIES:
            raise ScimRefusedError(415, "media_type")
        try:
            return json.loads(self.request.body)
        except (ValueError, RecursionError) as error:
            raise ScimRefusedError(400, "json", "invalidSyntax") from error

    def asks(self, name: str) -> str:
        """Return a parameter of the address or of the search, "" for none."""
        return (self.request.GET if self.search is None else self.search).get(name, "")

    def check_version(self, told: Told) -> None:
        """Refuse to change what was changed since the directory read it, where it says what it read."""
        named = self.request.headers.get("If-Match", "*")
        if named != "*" and told.tag not in {each.strip() for each in named.split(",")}:
            raise ScimRefusedError(412, "version")


@dataclass(frozen=True, slots=True)
class Done:
    """What is answered: a body, None for nothing; its version, and where it is found."""

    body: dict[str, Any] | None
    status: int = 200
    tag: str = ""
    location: str = ""


Work = Callable[..., Done]


def endpoint(**works: Work) -> Callable[..., HttpResponseBase]:
    """Return the view that answers each method by its work, in the one transaction of the directory's tenant."""

    @csrf_exempt
    @public("a directory calls it; its token is what counts")
    def view(request: HttpRequest, provider_id: uuid.UUID, **given: Any) -> HttpResponseBase:
        at: datetime = request.at  # type: ignore[attr-defined]
        tenant = tenant_of_provider(provider_id)
        token = _token(request, tenant, at)
        if tenant is None:
            return _refused(ScimRefusedError(401, "token"))
        if token and (over := count_request(tenant, key_client(token), at=at)):
            answer = _refused(ScimRefusedError(429, "limit"))
            answer.headers["Retry-After"] = str(over.retry_after)
            return answer
        with as_tenant(tenant):
            provider = IdentityProvider.objects.defer("client_secret").get(pk=provider_id)
            try:
                with transaction.atomic():
                    call = _entered(request, provider, token, at)
                    done = _work_of(request, works)(call, **given)
            except ScimRefusedError as refused:
                why: dict[str, Any] = {"status": refused.status, "reason": refused.reason, "told": refused.told}
                note_call(provider, what=_what(request, provider, refused.reason), at=at, **why)
                return _refused(refused)
            note_call(provider, what=_what(request, provider), status=done.status, at=at)
        return _answered(request, done)

    return view


def _token(request: HttpRequest, tenant: uuid.UUID | None, at: datetime) -> uuid.UUID | None:
    """Return the token that was shown, None where it opens nothing of this tenant."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    try:
        owner, token = resolve(secret.strip(), CREDENTIAL, at)
    except CredentialRefusedError:
        return None
    return token if owner == tenant else None


def _entered(request: HttpRequest, provider: IdentityProvider, shown: uuid.UUID | None, at: datetime) -> Call:
    rows = ScimToken.objects.filter(provider=provider, revoked_at=None, ends_at__gt=at)
    token = rows.filter(pk=shown).first() if shown else None
    if token is None:
        raise ScimRefusedError(401, "token")
    if not provider.provisions:
        raise ScimRefusedError(403, "off")
    if is_locked(at=at):
        raise ScimRefusedError(403, "locked")
    note_use(token, at=at)
    return Call(request, provider, Actor.outside(token.pk, f"{provider.name} (SCIM)"), at)


def _work_of(request: HttpRequest, works: Mapping[str, Work]) -> Work:
    if int(request.headers.get("Content-Length") or 0) > _LARGEST:
        raise ScimRefusedError(413, "large")
    work = works.get((request.method or "").lower())
    if work is None:
        raise ScimRefusedError(405 if works else 501, "method" if works else "not_offered")
    return work


def _what(request: HttpRequest, provider: IdentityProvider, refused: str = "") -> str:
    """Return what was asked for: method, address after ours, and who or what was brought."""
    address = unquote(request.get_full_path().partition(str(provider.pk))[2]).replace("\0", "")
    named = _brought(request) if request.method == "POST" and refused not in {"token", "large"} else ""
    return f"{request.method} {address} {named}".strip()


def _brought(request: HttpRequest) -> str:
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError):
        return ""
    name = (told.get("userName") or told.get("displayName")) if isinstance(told, dict) else ""
    return name.replace("\0", "") if isinstance(name, str) else ""


def _answered(request: HttpRequest, done: Done) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    if done.tag:
        headers["ETag"] = done.tag
    if done.location:
        headers["Location"] = done.location
    if request.method == "GET" and done.tag and done.tag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    if done.body is None:
        return HttpResponse(status=done.status, headers=headers)
    text = json.dumps(done.body, ensure_ascii=False)
    return HttpResponse(text, status=done.status, content_type=MEDIA_TYPE, headers=headers)


def _refused(refused: ScimRefusedError) -> HttpResponse:
    said = error_of(refused.status, reason_words(refused.reason, refused.told), refused.kind)
    headers = {"Cache-Control": "no-store"}
    if refused.status == 401:  # noqa: PLR2004  HTTP's own number
        headers["WWW-Authenticate"] = 'Bearer realm="SCIM"'
    text = json.dumps(said, ensure_ascii=False)
    return HttpResponse(text, status=refused.status, content_type=MEDIA_TYPE, headers=headers)

"""
Asking an OpenID Connect provider who somebody is: code flow with PKCE (RFC 7636), state and nonce.

What a provider publishes is kept for a while in this process; its keys are fetched anew, at most once a minute, where a
token names one that is not known.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from django.core.cache import cache
from django.utils.crypto import constant_time_compare

from kontor.kernel.fetching import fetch_json
from kontor.kernel.webhook_transport import AddressRefusedError, DeliveryFailedError, target_of
from kontor.office.identity.actions.arriving import Arrival
from kontor.office.identity.actions.providers import Over
from kontor.office.identity.formats import id_token
from kontor.office.identity.formats.id_token import Expected, TokenRefusedError, UnknownKeyError
from kontor.office.identity.models import IdentityProvider

WELL_KNOWN: Final = "/.well-known/openid-configuration"
FLOW_TIME: Final = timedelta(minutes=15)
_KEPT: Final = 600  # seconds
_AGAIN: Final = 60  # seconds between two fetches of keys because of an unknown one
_LONGEST_HINT: Final = 4096  # characters; an address must stay one that servers take
_SCOPES: Final = "openid email profile"


class ProviderFailedError(Exception):
    """
    A provider gave no answer that can be used.

    problem  as DeliveryFailedError names it, or "metadata", "code" (with `said`, the provider's own error), "person"
    """

    def __init__(self, problem: str, said: str = "") -> None:
        super().__init__(f"{problem} {said}".strip())
        self.problem, self.said = problem, said


@dataclass(frozen=True, slots=True)
class Flow:
    """One question to a provider, bound to the browser that asked: kept in its session, good for one answer."""

    provider: str
    state: str
    nonce: str
    verifier: str
    began_at: str
    purpose: str
    person: str = ""
    next: str = ""

    def kept(self) -> dict[str, str]:
        """Return it as a session keeps it."""
        return asdict(self)

    def is_over(self, at: datetime) -> bool:
        """Tell whether too much time has passed for the answer."""
        return at - datetime.fromisoformat(self.began_at) > FLOW_TIME


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Who the provider says it is, and all that it said, for the page that explains a test.

    leaving  what it is told when the person signs out here and wants to there too
    """

    arrival: Arrival
    claims: Mapping[str, Any]
    leaving: Mapping[str, Any] = field(default_factory=dict)


def begin(
    provider: IdentityProvider, *, redirect_uri: str, purpose: str, at: datetime, person: str = "", back: str = "",
    hint: str = "",
) -> tuple[str, Flow]:  # fmt: skip
    """
    Return where to send the browser, and what to keep of the question in its session.

    purpose  "sign_in", "connect" or "test"; person, for the last two, who asks
    """
    flow = Flow(
        str(provider.pk), secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48),
        at.isoformat(), purpose, person, back,
    )  # fmt: skip
    challenge = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": _SCOPES,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if hint:
        asked["login_hint"] = hint
    address = _endpoint(metadata(provider), "authorization_endpoint")
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}", flow


def finish(
    provider: IdentityProvider, flow: Flow, answer: Mapping[str, str], *, redirect_uri: str, at: datetime
) -> Answer:
    """
    Exchange the code that the browser brought back and check the token that it stands for.

    TokenRefusedError says what is wrong with it, ProviderFailedError that there was none.
    """
    if not constant_time_compare(answer.get("state", ""), flow.state) or flow.is_over(at):
        raise TokenRefusedError("state")
    if "iss" in answer and answer["iss"] != provider.issuer:
        raise TokenRefusedError("issuer")  # RFC 9207: another provider's answer
    if "error" in answer or "code" not in answer:
        raise ProviderFailedError("code", answer.get("error", ""))
    tokens = _exchange(provider, flow, answer["code"], redirect_uri)
    expected = Expected(provider.issuer, provider.client_id, flow.nonce, provider.entra_tenant)
    token = tokens.get("id_token")
    if not isinstance(token, str):
        raise TokenRefusedError("form")
    claims = _with_keys(provider, lambda keys: id_token.read_token(token, keys=keys, expected=expected, at=at))
    claims = _with_profile(provider, claims, tokens)
    place = metadata(provider).get("end_session_endpoint")
    leaving = {"place": place, "token": token} if isinstance(place, str) else {}
    return Answer(arrival_of(provider, claims, at=at), claims, leaving)


def sign_out_there(provider: IdentityProvider, leaving: Mapping[str, Any], *, back: str) -> str:
    """
    Return where somebody who signs out here signs out at the provider too, "" where it has no such place.

    OpenID Connect RP-Initiated Logout 1.0: the token of the sign-in says who it is, so that nobody need be asked.
    """
    place = leaving.get("place", "")
    try:
        target_of(place)
    except AddressRefusedError:
        return ""
    told = {"client_id": provider.client_id, "post_logout_redirect_uri": back}
    if len(leaving["token"]) <= _LONGEST_HINT:
        told["id_token_hint"] = leaving["token"]
    return f"{place}{'&' if urlsplit(place).query else '?'}{urlencode(told)}"


def logged_out(provider: IdentityProvider, token: str, *, at: datetime) -> Over:
    """Return whose sessions are over by a provider's logout token; TokenRefusedError."""
    expected = Expected(provider.issuer, provider.client_id, None, provider.entra_tenant)
    claims = _with_keys(provider, lambda keys: id_token.read_logout(token, keys=keys, expected=expected, at=at))
    named = str(claims.get("sub") or "")
    session = str(claims.get("sid") or "")
    if provider.entra_tenant:  # its sub is no key of ours, but the session keeps it
        return Over(session=session, named=named)
    return Over(subject=named, session=session)


def arrival_of(provider: IdentityProvider, claims: Mapping[str, Any], *, at: datetime) -> Arrival:
    """Read from checked claims what matters to us."""
    directory = provider.entra_tenant
    email, trusted = id_token.email_of(claims, directory=directory)
    signed_in_there = id_token.moment_of(claims, "auth_time") or at
    return Arrival(
        subject=id_token.subject_of(claims, directory=directory),
        email=email,
        email_trusted=trusted,
        name=str(claims.get("name") or ""),
        role_values=id_token.values_of(claims, provider.role_claim) if provider.role_claim else [],
        second_factor=id_token.factor_shown(claims, provider.factor_values),
        session=str(claims.get("sid") or ""),
        named=str(claims.get("sub") or ""),
        until=min(signed_in_there, at) + timedelta(hours=provider.session_hours),
    )


def metadata(provider: IdentityProvider, *, fresh: bool = False) -> dict[str, Any]:
    """Return what the provider publishes about itself; ProviderFailedError where that is not about this issuer."""
    place = _place(provider, "metadata")
    found: dict[str, Any] | None = None if fresh else cache.get(place)
    if found is None:
        found = _fetched(provider.issuer.rstrip("/") + WELL_KNOWN)
        stated = id_token.issuer_of(str(found.get("issuer", "")), directory=provider.entra_tenant)
        if stated != provider.issuer:
            raise ProviderFailedError("metadata", stated)
        cache.set(place, found, _KEPT)
    return found


def _with_keys(provider: IdentityProvider, read: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """Read a token with the keys that are known, and once more with fresh ones where its key is unknown."""
    try:
        return read(_keys(provider))
    except UnknownKeyError:
        if not cache.add(_place(provider, "again"), 1, _AGAIN):
            raise
        return read(_keys(provider, fresh=True))


def _keys(provider: IdentityProvider, *, fresh: bool = False) -> dict[str, Any]:
    place = _place(provider, "keys")
    found: dict[str, Any] | None = None if fresh else cache.get(place)
    if found is None:
        found = _fetched(_endpoint(metadata(provider), "jwks_uri"))
        cache.set(place, found, _KEPT)
    return found


def _exchange(provider: IdentityProvider, flow: Flow, code: str, redirect_uri: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": flow.verifier,
        "client_id": provider.client_id,
    }  # fmt: skip
    headers: dict[str, str] = {}
    stated = metadata(provider)
    secret = provider.client_secret or ""
    accepted = stated.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if secret and "client_secret_basic" in accepted:
        pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}".encode()  # RFC 6749, 2.3.1
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    elif secret:
        form["client_secret"] = secret
    try:
        return fetch_json(_endpoint(stated, "token_endpoint"), form=form, headers=headers)
    except DeliveryFailedError as error:
        raise ProviderFailedError("code" if error.problem == "answer" else error.problem) from error


def _with_profile(provider: IdentityProvider, claims: dict[str, Any], tokens: Mapping[str, Any]) -> dict[str, Any]:
    """Add what the provider tells of the person elsewhere, where the token has no address; the token's word stands."""
    address, access = metadata(provider).get("userinfo_endpoint"), tokens.get("access_token")
    if "email" in claims or not isinstance(address, str) or not isinstance(access, str):
        return claims
    told = _fetched(address, {"Authorization": f"Bearer {access}"})
    if told.get("sub") != claims["sub"]:
        raise ProviderFailedError("person")
    return {**told, **claims}


def _endpoint(stated: Mapping[str, Any], name: str) -> str:
    found = stated.get(name)
    if not isinstance(found, str) or not found:
        raise ProviderFailedError("metadata", name)
    return found


def _fetched(address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    try:
        return fetch_json(address, headers=headers)
    except DeliveryFailedError as error:
        raise ProviderFailedError(error.problem) from error


def _place(provider: IdentityProvider, what: str) -> str:
    about = hashlib.sha256(f"{provider.pk} {provider.issuer}".encode()).hexdigest()[:32]
    return f"identity.oidc.{what}.{about}"

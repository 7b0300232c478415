"""
OpenID Connect's tokens: what makes one good (OpenID Connect Core 1.0, 3.1.3.7; Back-Channel Logout 1.0, 2.6).

Only signatures by a key pair count: "none" and the HMAC family, whose key would be the client secret, are refused.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt

ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
LEEWAY: Final = timedelta(seconds=60)  # clocks differ
LOGOUT_AGE: Final = timedelta(minutes=5)
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"


class TokenRefusedError(Exception):
    """
    A token that proves nothing.

    reason  "form", "algorithm", "key", "signature", "issuer", "audience", "expired", "early", "state", "nonce",
            "directory", "subject" or "event"
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownKeyError(TokenRefusedError):
    """The key set has no such key; it may have been rotated since it was fetched."""

    def __init__(self) -> None:
        super().__init__("key")


@dataclass(frozen=True, slots=True)
class Expected:
    """
    What a token must say.

    nonce      what was sent along with the question; None for a logout token, which has none
    directory  Entra's directory, "" for other providers
    """

    issuer: str
    client_id: str
    nonce: str | None = None
    directory: str = ""


def issuer_of(stated: str, *, directory: str) -> str:
    """Return an issuer as it holds for one directory: Entra's shared metadata write `{tenantid}` in its place."""
    return stated.replace("{tenantid}", directory) if directory else stated


def read_token(token: str, *, keys: Mapping[str, Any], expected: Expected, at: datetime) -> dict[str, Any]:
    """
    Return the claims of an ID token that was signed by one of these keys (a JWK set) for us, now.

    TokenRefusedError says what is wrong; UnknownKeyError where the set may be out of date.
    """
    claims = _signed(token, keys)
    _check_addressed(claims, expected)
    _check_time(claims, at)
    nonce = claims.get("nonce")
    if not expected.nonce or not isinstance(nonce, str) or not hmac.compare_digest(nonce, expected.nonce):
        raise TokenRefusedError("nonce")
    if expected.directory and claims.get("tid") != expected.directory:
        raise TokenRefusedError("directory")
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise TokenRefusedError("subject")
    return claims


def read_logout(token: str, *, keys: Mapping[str, Any], expected: Expected, at: datetime) -> dict[str, Any]:
    """Return the claims of a logout token, with `sub`, `sid` or both; TokenRefusedError says what is wrong."""
    claims = _signed(token, keys)
    _check_addressed(claims, expected)
    issued = _moment(claims, "iat")
    if not at - LOGOUT_AGE - LEEWAY <= issued <= at + LEEWAY:
        raise TokenRefusedError("expired")
    if "exp" in claims:
        _check_time(claims, at)
    events = claims.get("events")
    if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
        raise TokenRefusedError("event")
    if not (claims.get("sub") or claims.get("sid")):
        raise TokenRefusedError("subject")
    return claims


def subject_of(claims: Mapping[str, Any], *, directory: str) -> str:
    """Return by what a person is known: `sub`, in Entra directory and object, since its `sub` differs by client."""
    if not directory:
        return str(claims["sub"])
    if not isinstance(claims.get("oid"), str) or not claims["oid"]:
        raise TokenRefusedError("subject")
    return f"{claims['tid']}.{claims['oid']}"


def email_of(claims: Mapping[str, Any], *, directory: str) -> tuple[str, bool]:
    """
    Return the e-mail address, and whether the provider vouches for it; what it does not say is not true.

    Entra vouches by `xms_edov`, or for the sign-in name, whose domain a directory must have proved to Microsoft.
    """
    stated = str(claims.get("email") or "").strip().lower()
    if stated and (claims.get("email_verified") is True or (directory and claims.get("xms_edov") in (True, 1, "1"))):
        return stated, True
    name = str(claims.get("preferred_username") or "").strip().lower()
    if directory and "@" in name and "#ext#" not in name:
        return name, True
    return stated, False


def factor_shown(claims: Mapping[str, Any], accepted: Iterable[str]) -> bool:
    """Tell whether `amr` or `acr` holds a value that stands for a second factor."""
    return not {*values_of(claims, "amr"), *values_of(claims, "acr")}.isdisjoint(accepted)


def values_of(claims: Mapping[str, Any], name: str) -> list[str]:
    """Return a claim as a list of texts, as providers send one or several; [] where it is missing or an object."""
    found = claims.get(name)
    several = found if isinstance(found, list) else [found]
    return [str(each) for each in several if isinstance(each, str | int) and not isinstance(each, bool)]


def moment_of(claims: Mapping[str, Any], name: str) -> datetime | None:
    """Return a claim that is a moment, None where it is missing."""
    return _moment(claims, name) if name in claims else None


def _signed(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise TokenRefusedError("form") from error
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise TokenRefusedError("algorithm")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(keys, header.get("kid"), algorithm),
            algorithms=[algorithm],
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
        )
    except jwt.PyJWTError as error:
        raise TokenRefusedError("signature") from error
    return claims


def _key(keys: Mapping[str, Any], kid: str | None, algorithm: str) -> jwt.PyJWK:
    """Return the one key that a token names; without a name, the only one there is."""
    listed = [each for each in keys.get("keys", []) if isinstance(each, dict) and each.get("use", "sig") == "sig"]
    found = [each for each in listed if each.get("kid") == kid] if kid else listed
    if len(found) != 1:
        raise UnknownKeyError
    return jwt.PyJWK(found[0], algorithm=algorithm)


def _check_addressed(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise TokenRefusedError("issuer")
    audience = values_of(claims, "aud")
    if expected.client_id not in audience:
        raise TokenRefusedError("audience")
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != expected.client_id:
        raise TokenRefusedError("audience")


def _check_time(claims: Mapping[str, Any], at: datetime) -> None:
    if _moment(claims, "exp") <= at - LEEWAY:
        raise TokenRefusedError("expired")
    if _moment(claims, "iat") > at + LEEWAY or ("nbf" in claims and _moment(claims, "nbf") > at + LEEWAY):
        raise TokenRefusedError("early")


def _moment(claims: Mapping[str, Any], name: str) -> datetime:
    stated = claims.get(name)
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        raise TokenRefusedError("form")
    try:
        return datetime.fromtimestamp(stated, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise TokenRefusedError("form") from error

"""
A verdict over a device: a signed token (JWS) of the house's attestation service, which asked the device's maker.

What must stand in it: `iss`, the service's name; `aud`, the address of this installation; `nonce`, what the app was
told to have signed; `sub`, the app's name for the device; `integrity`, "intact"; `iat` and `exp`, a day apart at most.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from kontor.office.identity.formats.id_token import Expected, TokenRefusedError, moment_of, read_token

LONGEST: Final = timedelta(days=1)
GOOD: Final = "intact"


def read_verdict(
    token: str, *, keys: Mapping[str, Any], audience: str, nonce: str, device: str, at: datetime
) -> datetime:
    """
    Return until when a verdict vouches for a device.

    keys  the service's JWK set, with its name as `issuer`

    TokenRefusedError says what is wrong: as for an ID token, or "device", "integrity" or "long".
    """
    expected = Expected(issuer=str(keys.get("issuer", "")), client_id=audience, nonce=nonce)
    claims = read_token(token, keys=keys, expected=expected, at=at)
    if claims["sub"] != device:
        raise TokenRefusedError("device")
    if claims.get("integrity") != GOOD:
        raise TokenRefusedError("integrity")
    issued, until = moment_of(claims, "iat"), moment_of(claims, "exp")
    assert issued is not None  # both were read before
    assert until is not None
    if until - issued > LONGEST:
        raise TokenRefusedError("long")
    return until

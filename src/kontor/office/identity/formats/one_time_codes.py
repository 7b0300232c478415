"""
Codes that are good once and for half a minute: HOTP (RFC 4226) over the time (TOTP, RFC 6238), with SHA-1.

Authenticator apps all speak this dialect; SHA-1 is safe here, since nothing but the keyed form of it is used.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Final

SECONDS: Final = 30  # how long a time step is
DIGITS: Final = 6
TOLERANCE: Final = 1  # time steps by which a phone's clock may be off, either way
SEED_BYTES: Final = 20


def time_step(at: datetime) -> int:
    """Return the number of the time step of a moment, counted from 1970."""
    return int(at.timestamp()) // SECONDS


def code_of(seed: str, step: int, *, digits: int = DIGITS) -> str:
    """
    Return the code of a time step, with leading zeros (RFC 4226, 5.3).

    seed  in base32, as the app is told it
    """
    key = base64.b32decode(seed.encode("ascii"), casefold=True)
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of(seed: str, typed: str, *, at: datetime) -> int | None:
    """Return the time step whose code was typed, at most one beside the moment's own; None for any other code."""
    code = "".join(typed.split())
    now = time_step(at)
    steps = range(now - TOLERANCE, now + TOLERANCE + 1)
    found = [step for step in steps if hmac.compare_digest(code_of(seed, step).encode(), code.encode())]
    return found[-1] if found else None

"""People who have an authenticator app, and the codes it shows."""

import base64
from datetime import datetime, timedelta

from django.utils import timezone

from kontor.office.identity.actions import factors
from kontor.office.identity.formats.one_time_codes import code_of, time_step
from kontor.office.identity.models import User
from tests.factories import AT

SEED = base64.b32encode(b"12345678901234567890").decode()  # of RFC 6238, appendix B


def enrolled(user: User, *, at: datetime = AT) -> list[str]:
    """Give a person an app with our seed, set up two minutes before; return the recovery codes."""
    then = at - timedelta(minutes=2)
    codes = factors.enrol_app(user, SEED, code_of(SEED, time_step(then)), keep=None, at=then, actor=None)
    assert codes is not None
    return codes


def code_now(offset: int = 0) -> str:
    return code_of(SEED, time_step(timezone.now()) + offset)

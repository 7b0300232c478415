"""The list of who is inside as it is signed: one line of JSON whose bytes the signature is over, and the signature."""

import base64
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kontor.products.visitors.formats.codes import proves, signed


def list_text(site: uuid.UUID, *, as_of: datetime, people: Sequence[Mapping[str, Any]]) -> str:
    """Return a list as it is signed: keys in order, no blanks."""
    told = {"site": str(site), "as_of": as_of.isoformat(), "people": people}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sign(text: str, private: str) -> str:
    """Return the signature of a list, as base64."""
    return base64.b64encode(signed(private, text.encode())).decode()


def is_proved(text: str, signature: str, publics: Sequence[str]) -> bool:
    """Tell whether one of these keys signed a list."""
    data = base64.b64decode(signature)
    return any(proves(public, text.encode(), data) for public in publics)

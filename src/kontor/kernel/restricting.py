"""
People whose data is restricted (GDPR Art. 18): shown as such, and left out of what uses it.

Every list that shows people asks `restricted` once, however many it shows: the answer is small, since few are.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from kontor.kernel import registry
from kontor.kernel.components import Badge
from kontor.rulebook.ruling import Ruling, Text

RESTRICTED: Final = Badge(Text("eingeschränkt", "restricted"), "warn", "lock")


def restricted() -> Mapping[str, Ruling[bool]]:
    """
    Return why data is restricted, by the addresses of the people it is about, in small letters; of the current tenant.

    Two people with one address are not told apart: then the data of both is only stored.
    """
    found: dict[str, Ruling[bool]] = {}
    for one in registry.modules():
        if one.restricted is not None:
            found |= one.restricted()
    return found


def restriction_note(emails: Iterable[str]) -> dict[str, Any]:
    """Return what `kernel/restricted.html` shows of whoever has these addresses: nothing, or that it is only stored."""
    return {"restriction": restriction_of(emails, restricted()), "restricted_badge": RESTRICTED}


def restriction_of(emails: Iterable[str], known: Mapping[str, Ruling[bool]]) -> Ruling[bool] | None:
    """Return why the data of whoever has these addresses is restricted, from what `restricted` answered; else None."""
    return next((known[small] for email in emails if (small := email.strip().lower()) in known), None)

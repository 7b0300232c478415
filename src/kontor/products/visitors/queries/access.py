"""How the sites' access-control systems stand, and what they know of a visit."""

import uuid
from typing import Final

from django.utils.translation import gettext_lazy as _

from kontor.kernel.components import Badge
from kontor.products.visitors.models import AccessGrant, AccessSystem
from kontor.rulebook.ruling import Text

PROBLEMS: Final = {
    "form": _("The address cannot be used."),
    "insecure": _("The address does not begin with https://."),
    "private": _("The address leads into an inner network."),
    "unknown_host": _("Nobody knows this name."),
    "unreachable": _("It does not answer."),
    "tls": _("Its certificate is not good."),
    "timeout": _("It did not answer in time."),
    "answer": _("It answered with an error."),
    "redirect": _("It wanted to lead elsewhere; that is not followed."),
}
_NEVER, _WELL = Badge(Text("noch nichts gesagt", "told nothing yet")), Badge(Text("antwortet", "answers"), "good")
_FAILS = Badge(Text("nimmt nichts an", "takes nothing"), "bad")
_GRANTED, _REVOKED = Badge(Text("freigegeben", "granted"), "good"), Badge(Text("entzogen", "revoked"))
_UNDERWAY, _LOST = Badge(Text("wird gemeldet", "being told"), "info"), Badge(Text("nicht gemeldet", "not told"), "bad")


def state_of_system(row: AccessSystem) -> Badge:
    """Return how a system stands."""
    if row.problem:
        return _FAILS
    return _WELL if row.answered_at else _NEVER


def told_of(visit: uuid.UUID) -> list[tuple[Badge, str]]:
    """Return what each system was told of a visit, and what went wrong with it; one query."""
    rows = AccessGrant.objects.filter(visit=visit, revision__gt=0).order_by("pk")
    return [(_state(row), str(PROBLEMS.get(row.problem, ""))) for row in rows]


def _state(row: AccessGrant) -> Badge:
    if row.given_up_at:
        return _LOST
    if row.told_at is None:
        return _UNDERWAY
    return _GRANTED if row.granted else _REVOKED

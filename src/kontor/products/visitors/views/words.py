"""How visits are spoken of on pages."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kontor.kernel.components import Badge
from kontor.products.visitors.models import Visit

STATES: Final = {
    Visit.State.ASKED: Badge(_("waits to be allowed"), "warn"),
    Visit.State.EXPECTED: Badge(_("expected"), "info"),
    Visit.State.REFUSED: Badge(_("refused"), "bad"),
    Visit.State.CANCELLED: Badge(_("called off")),
    Visit.State.IN: Badge(_("in the building"), "good"),
    Visit.State.OUT: Badge(_("has left")),
    Visit.State.MISSED: Badge(_("did not come")),
}
ASSUMED: Final = Badge(_("assumed out"), "warn")
HAPPENED: Final = {
    "asked": (_("Asked for"), "hourglass"),
    "invited": (_("Invited"), "mail"),
    "allowed": (_("Allowed"), "check"),
    "refused": (_("Refused"), "x"),
    "moved": (_("Moved"), "calendar-due"),
    "cancelled": (_("Called off"), "calendar-off"),
    "registered": (_("Registered beforehand"), "forms"),
    "not_written": (_("No invitation could be written"), "mail-off"),
    "checked_in": (_("Checked in"), "login-2"),
    "left": (_("Has left"), "logout-2"),
    "missed": (_("Did not come"), "user-x"),
    "assumed_out": (_("Assumed out"), "help-octagon"),
    "card_out": (_("Card handed out"), "key"),
    "badge_again": (_("Badge printed again"), "printer"),
    "no_card": (_("No card was left in the pool"), "key-off"),
    "card_revoked": (_("Card revoked"), "lock"),
    "card_back": (_("Card collected"), "check"),
}
WAYS: Final = {
    "kiosk": _("at a terminal"),
    "reception": _("by reception"),
    "link": _("by a link"),
    "import": _("from a file"),
    "api": _("over the API"),
    "offline": _("later, from a terminal without connection"),
    "time": _("by itself"),
}


def badge(visit: Any) -> Badge:
    """Return the state of a visit; whoever was only assumed to have left is never said to be out."""
    return ASSUMED if visit.assumed else STATES[visit.state]

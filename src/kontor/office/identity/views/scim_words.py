"""Why a directory's call was not done, and what it asked for, in words."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _, gettext_lazy, ngettext

_REASONS: Final = {
    "token": gettext_lazy("The token opens nothing here: it is another's, too old, or was taken back."),
    "off": gettext_lazy("Bringing people and groups is switched off for this provider."),
    "locked": gettext_lazy("Your company's access is locked."),
    "limit": gettext_lazy("Too many calls in this minute."),
    "large": gettext_lazy("More was sent than one call may bring."),
    "media_type": gettext_lazy("What was sent is not application/scim+json."),
    "json": gettext_lazy("What was sent is no JSON object."),
    "filter": gettext_lazy("The filter cannot be read, or asks for something that is not kept here."),
    "path": gettext_lazy("A path of the change cannot be read."),
    "operation": gettext_lazy("A change is neither add, replace nor remove, or there is none."),
    "target": gettext_lazy("What is to be removed is not named."),
    "value": gettext_lazy("%(attribute)s is missing or cannot be so."),
    "member": gettext_lazy("A member is nobody whom this directory has brought."),
    "unknown": gettext_lazy("Nothing of this id is here."),
    "taken": gettext_lazy("Somebody or something of this name or id is here already."),
    "account": gettext_lazy(
        "There is an account with this address already. Its person signs in as before and connects it on the profile; "
        "the next call then takes it over."
    ),
    "domain": gettext_lazy("The address lies in no domain that your company has proved."),
    "by_hand": gettext_lazy("Service providers and guests are managed by hand."),
    "ended_here": gettext_lazy("Somebody here ended this access by hand; only by hand is it opened again."),
    "last_administrator": gettext_lazy("It is the last administrator; nobody could mend anything afterwards."),
    "version": gettext_lazy("It was changed since it was read."),
    "method": gettext_lazy("This cannot be done at this address."),
    "not_offered": gettext_lazy("This part of SCIM is not offered."),
}
_DEEDS: Final = {
    ("GET", "Users"): gettext_lazy("Asked for people"),
    ("POST", "Users"): gettext_lazy("Brought a person"),
    ("PUT", "Users"): gettext_lazy("Changed a person"),
    ("PATCH", "Users"): gettext_lazy("Changed a person"),
    ("DELETE", "Users"): gettext_lazy("Took a person away"),
    ("GET", "Groups"): gettext_lazy("Asked for groups"),
    ("POST", "Groups"): gettext_lazy("Brought a group"),
    ("PUT", "Groups"): gettext_lazy("Changed a group"),
    ("PATCH", "Groups"): gettext_lazy("Changed a group"),
    ("DELETE", "Groups"): gettext_lazy("Took a group away"),
}


def reason_words(reason: str, told: Mapping[str, Any]) -> str:
    """Return the sentence that says why a call was not done."""
    if reason == "seats":
        sentence = ngettext(
            "The one seat of your order is taken. Order more, or let somebody leave.",
            "All %(count)s seats of your order are taken. Order more, or let somebody leave.",
            int(told["count"]),
        )
        return sentence % told
    return str(_REASONS[reason]) % told


def deed_words(what: str) -> str:
    """Return what a call asked for in words, from its method and address."""
    method, _space, address = what.partition(" ")
    (kind,) = re.findall(r"^/?(\w*)", address)
    return str(_DEEDS.get((method, kind), _("Asked what is offered here")))

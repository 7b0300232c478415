"""What happened to a person or a role, in words."""

import uuid
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _, gettext_lazy

from kontor.kernel.components import Moment
from kontor.kernel.queries.record import Happened, history_of
from kontor.kernel.wording import day
from kontor.office.identity.forms import last_day
from kontor.office.identity.models import User

_WORDS: dict[str, tuple[Any, str]] = {
    "kernel.member_added": (gettext_lazy("Added"), "user-plus"),
    "kernel.roles_set": (gettext_lazy("Roles changed"), "key"),
    "kernel.leaving_set": (gettext_lazy("Leaving date changed"), "door-exit"),
    "kernel.role_made": (gettext_lazy("Role made"), "plus"),
    "kernel.role_changed": (gettext_lazy("Role changed"), "pencil"),
    "identity.invited": (gettext_lazy("Invited"), "mail"),
    "identity.invited_again": (gettext_lazy("Invited again"), "mail"),
    "identity.profile_changed": (gettext_lazy("Profile changed"), "pencil"),
    "identity.password_changed": (gettext_lazy("Password changed"), "key"),
    "identity.address_changed": (gettext_lazy("E-mail address changed"), "mail"),
    "identity.address_refused": (gettext_lazy("Mail did not arrive"), "mail"),
    "identity.address_works": (gettext_lazy("Mail arrives again"), "mail"),
    "identity.provisioned": (gettext_lazy("Brought by the directory"), "users-group"),
    "identity.provisioning_changed": (gettext_lazy("Changed by the directory"), "pencil"),
    "identity.deprovisioned": (gettext_lazy("Taken away by the directory"), "door-exit"),
    "identity.came_in": (gettext_lazy("Came in for the first time"), "door-enter"),
    "identity.locked": (gettext_lazy("Access locked"), "lock"),
    "identity.unlocked": (gettext_lazy("Access opened again"), "lock-open"),
    "identity.sessions_ended": (gettext_lazy("Sessions ended"), "logout-2"),
    "identity.access_reported": (gettext_lazy("Said that the access may be in other hands"), "shield-exclamation"),
    "identity.sign_in_paused": (gettext_lazy("Too many wrong passwords"), "clock-pause"),
    "identity.proof_paused": (gettext_lazy("Too many wrong codes or proofs"), "clock-pause"),
    "identity.site_role_given": (gettext_lazy("Role at a site given"), "map-pin"),
    "identity.site_role_taken": (gettext_lazy("Role at a site taken"), "map-pin"),
    "identity.handed_over": (gettext_lazy("Handed over"), "switch-horizontal"),
    "identity.role_factor": (gettext_lazy("Second factor of the role changed"), "shield-check"),
    "identity.signed_in": (gettext_lazy("Signed in"), "login-2"),
    "identity.joined": (gettext_lazy("Came by the company's directory"), "users-group"),
    "identity.connected": (gettext_lazy("Connected with the directory"), "plug"),
    "identity.disconnected": (gettext_lazy("No longer connected with the directory"), "plug"),
    "identity.roles_kept": (gettext_lazy("Roles of the directory not taken over"), "key"),
    "identity.emergency_access_set": (gettext_lazy("Emergency access changed"), "lifebuoy"),
    "identity.glass_broken": (gettext_lazy("Came in by the emergency access"), "alert-triangle"),
    "identity.factor_added": (gettext_lazy("Second factor set up"), "shield-check"),
    "identity.factor_removed": (gettext_lazy("Second factor removed"), "shield-exclamation"),
    "identity.factor_reset": (gettext_lazy("Second factor reset"), "shield-exclamation"),
    "identity.second_factor_demanded": (gettext_lazy("What is asked as second factor changed"), "shield-check"),
    "identity.recovery_codes_renewed": (gettext_lazy("Recovery codes renewed"), "refresh"),
    "kernel.role_removed": (gettext_lazy("Role removed"), "trash"),
    "identity.kind_changed": (gettext_lazy("Employee or service provider changed"), "briefcase"),
}


def history(object_id: uuid.UUID) -> list[Moment]:
    """Return the record of a membership or a role as a timeline, newest first; four queries."""
    entries = history_of(object_id)
    names = {user.pk: str(user) for user in User.objects.filter(pk__in={one.actor for one in entries if one.actor})}
    return [_moment(one, names) for one in entries]


def _moment(one: Happened, names: dict[uuid.UUID, str]) -> Moment:
    title, sign = _WORDS.get(one.verb, (one.verb, "point"))
    who = names.get(one.actor, one.actor_name) if one.actor else _("by itself")
    return Moment(
        timezone.localdate(one.at),
        title,
        " · ".join(filter(None, (who, _what(one)))),
        icon=sign,
        clause=one.clause or None,
    )


def _what(one: Happened) -> str:
    """What stands there now, where a word of it helps."""
    if one.verb == "kernel.leaving_set":
        until = parse_datetime(one.after["until"]) if one.after.get("until") else None
        return _("last day %(day)s") % {"day": day(last_day(until))} if until else _("no end")
    return ", ".join(one.after.get("roles", ()))

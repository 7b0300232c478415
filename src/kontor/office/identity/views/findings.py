"""What came back from a test of a connection, one finding each, as every protocol's words put them together."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kontor.office.identity.actions.arriving import Arrival
from kontor.office.identity.models import IdentityProvider
from kontor.office.identity.models.single_sign_on import EVERYBODY
from kontor.office.identity.queries.single_sign_on import is_own_domain


def finding(label: str, said: str, tone: str) -> dict[str, str]:
    """Return one finding: label, what, tone ("good", "warn" or "")."""
    return {"label": label, "said": said, "tone": tone}


def email_finding(
    provider: IdentityProvider, arrival: Arrival, *, missing: str | Promise, doubted: str | Promise | None
) -> dict[str, str]:
    """
    Return what is to be said of the address that came.

    missing  what to do where none came
    doubted  why it is not believed, with %(email)s; None where it is, or where nothing hangs on it
    """
    if not arrival.email:
        return finding(_("E-mail"), str(missing), "warn")
    if doubted is not None:
        return finding(_("E-mail"), str(doubted) % {"email": arrival.email}, "warn")
    if provider.joins and not is_own_domain(arrival.email):
        told = _("%(email)s, whose domain is not proved yet: nobody of it can join by themselves")
        return finding(_("E-mail"), told % {"email": arrival.email}, "warn")
    return finding(_("E-mail"), arrival.email, "good")


def role_finding(
    provider: IdentityProvider, arrival: Arrival, *, by_hand: str | Promise, missing: str | Promise
) -> dict[str, str]:
    """
    Return what roles the values that came give here.

    by_hand  what to say where the provider gives none
    missing  what to say where nothing came, with %(name)s for what was to come
    """
    if not provider.role_claim:
        return finding(_("Roles"), str(by_hand), "")
    values = list(arrival.role_values)
    rules = provider.rules.filter(value__in=[*values, EVERYBODY]).select_related("role")
    names = ", ".join(sorted({str(rule.role) for rule in rules}))
    if not values:
        return finding(_("Roles"), str(missing) % {"name": provider.role_claim}, "warn")
    if not names:
        told = _("none of these values gives a role: %(values)s")
        return finding(_("Roles"), told % {"values": ", ".join(values)}, "warn")
    return finding(_("Roles"), names, "good")

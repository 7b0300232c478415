"""
The pages about coming in, and the tabs between them: one's own, and those of whoever answers for the tenant.

A page of your own: one line in `OWN` or `SECURITY`, and `tabs=own_tabs(...)` or `tabs=security_tabs(...)` in what the
template is given; it shows them by `{% tabs tabs %}` under its head. A page that nobody added has no tab.
"""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kontor.kernel.components import Tab
from kontor.kernel.requests import TenantRequest, is_for
from kontor.office.identity.models import User


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a group: its address, and what a person needs to open it ("" for everybody who is signed in)."""

    key: str
    label: Promise
    url_name: str
    permission: str = ""


OWN: Final[tuple[Page, ...]] = (
    Page("profile", gettext_lazy("Your profile"), "identity:profile"),
    Page("sessions", gettext_lazy("Sessions and devices"), "identity:sessions"),
    Page("factors", gettext_lazy("Second factor and passkeys"), "identity:factors"),
    Page("connections", gettext_lazy("Single sign-on"), "identity:connections"),
)

SECURITY: Final[tuple[Page, ...]] = (
    Page("overview", gettext_lazy("Overview"), "identity:security", "identity.security"),
    Page("policy", gettext_lazy("Signing in"), "identity:policy", "identity.security"),
    Page("sso", gettext_lazy("Single sign-on"), "identity:sso", "identity.security"),
    Page("support", gettext_lazy("Support access"), "identity:support", "identity.grant_support"),
    Page("instruction", gettext_lazy("Instruction"), "identity:instructions", "identity.security"),
    Page("devices", gettext_lazy("Devices"), "identity:devices", "identity.security"),
    Page("places", gettext_lazy("Where data lies"), "identity:own-places", "identity.security"),
    Page("reviews", gettext_lazy("Review of rights"), "identity:reviews", "identity.security"),
)


def own_tabs(active: str) -> list[Tab]:
    """Return the tabs of the pages about oneself."""
    return [Tab(page.label, reverse(page.url_name), page.key == active) for page in OWN]


def security_tabs(request: TenantRequest, active: str) -> list[Tab]:
    """Return the tabs about the tenant's security that this person may open."""
    standing = request.standing
    shown = [page for page in SECURITY if standing.may(page.permission) and is_for(page.permission, standing)]
    return [Tab(page.label, reverse(page.url_name), page.key == active) for page in shown]


def me(request: HttpRequest) -> User:
    """Return who is signed in; for views that nobody else may open."""
    assert isinstance(request.user, User)  # whoever is signed in is one of ours
    return request.user

"""What the frame of every page shows: who is here, where, and where they may go."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from kontor.kernel import registry
from kontor.kernel.models import Site, Tenant
from kontor.kernel.requests import SITE
from kontor.kernel.standing import Standing
from kontor.rulebook.ruling import Text

GROUPS: dict[str, Text] = {
    "work": Text("Arbeit", "Work"),
    "customers": Text("Kunden", "Customers"),
    "money": Text("Geld", "Money"),
    "contract": Text("Vertrag", "Contract"),
    "account": Text("Konto", "Account"),
    "settings": Text("Einstellungen", "Settings"),
}


def shell(request: HttpRequest) -> dict[str, Any]:
    """
    Give templates `navigation`, `quick`, `standing`, `guest`, `person`, `look`, `my_sites`, `demo` and `is_test`.

    Nothing is computed for fragments that do not ask.
    """
    standing: Standing | None = getattr(request, "standing", None)
    menu: Any = SimpleLazyObject(lambda: navigation(request, standing)) if standing else []
    return {
        "standing": standing,
        "guest": getattr(request, "guest", None),
        "may_see_support": bool(standing and standing.entry.support and standing.may("identity.grant_support")),
        "demo": settings.KONTOR_DEMO,
        "is_test": settings.KONTOR_STAGE == "test" or bool(standing and standing.tenant.stage == Tenant.Stage.TEST),
        "my_sites": SimpleLazyObject(lambda: site_choice(request, standing)) if standing else [],
        "navigation": menu,
        "quick": SimpleLazyObject(lambda: quick(menu)),
        "person": SimpleLazyObject(lambda: person(request)),
        "look": {
            "theme": _kept(request, "kontor_theme", ("light", "dark")),
            "density": _kept(request, "kontor_density", ("compact", "roomy")),
        },
    }


def person(request: HttpRequest) -> dict[str, str] | None:
    """Return who is signed in, as the frame names them: {name, note}; None for nobody."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return {"name": str(user), "note": user.email if str(user) != user.email else ""}


def quick(menu: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the four entries a thumb reaches on a phone: the first of each group, then the rest in order."""
    first = [group["items"][0] for group in menu]
    rest = [item for group in menu for item in group["items"][1:]]
    return (first + rest)[:4]


def _kept(request: HttpRequest, cookie: str, known: tuple[str, ...]) -> str:
    """A choice kept in this browser; what nobody offers counts as none."""
    chosen = request.COOKIES.get(cookie, "")
    return chosen if chosen in known else ""


def navigation(request: HttpRequest, standing: Standing) -> list[dict[str, Any]]:
    """Return the menu: [{label, items: [{label, url, icon, active, count, hand}]}], only what this person may open."""
    language = translation.get_language() or "de"
    here = request.path
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for module in registry.modules():
        for item in module.navigation:
            if not _opens(item, standing) or not registry.meant_for(item.audience, is_house=standing.tenant.is_house):
                continue
            url = _address(item.url_name, settings.ROOT_URLCONF)
            also = [_address(name, settings.ROOT_URLCONF) for name in item.also]
            entry = {
                "label": item.label.spoken(language),
                "url": url,
                "icon": item.icon,
                "active": max((len(own) for own in (url, *also) if _within(here, own)), default=0),
                "count": None,  # a key that is missing costs a template far more than one that is empty
                "hand": None,
            }
            found.setdefault(item.group, []).append((item.order, entry))
    entries = [entry for rows in found.values() for _, entry in rows]
    closest = max((entry["active"] for entry in entries), default=0)
    for entry in entries:
        entry["active"] = bool(closest) and entry["active"] == closest
    return [
        {
            "label": label.spoken(language),
            "items": [entry for _, entry in sorted(found[group], key=lambda pair: pair[0])],
        }
        for group, label in GROUPS.items()
        if group in found
    ]


def _opens(item: registry.NavItem, standing: Standing) -> bool:
    """Tell whether a person may open an entry's page: everywhere, or at a site where the page knows sites."""
    if not standing.unlocked(item.permission):
        return False
    sites = standing.limited_to(item.permission)
    if sites is None:
        return not item.at_sites_only
    return bool(sites) and _knows_sites(item.url_name, settings.ROOT_URLCONF)


def site_choice(request: HttpRequest, standing: Standing) -> list[dict[str, Any]]:
    """Return the sites between which a person chooses: [{id, name, active}], none for who has fewer than two."""
    if len(standing.at_sites) < 2 or standing.everything:  # noqa: PLR2004  one is no choice
        return []
    chosen = request.session.get(SITE, "")
    rows = Site.objects.filter(pk__in=standing.at_sites).order_by("name").values_list("pk", "name")
    sites = [{"id": str(pk), "name": name, "active": str(pk) == chosen} for pk, name in rows]
    everyone = {"id": "", "name": gettext("All of mine"), "active": not any(site["active"] for site in sites)}
    return [everyone, *sites]


def _within(here: str, own: str) -> bool:
    return here == own or (own != "/" and here.startswith(own))


@cache
def _knows_sites(name: str, urls: str) -> bool:
    return bool(getattr(resolve(_address(name, urls), urlconf=urls).func, "at_sites", False))


@cache
def _address(name: str, urls: str) -> str:
    return reverse(name, urlconf=urls)

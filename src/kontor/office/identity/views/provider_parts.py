"""What the pages of all providers share, whatever their protocol."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kontor.kernel.components import Badge
from kontor.kernel.requests import TenantRequest
from kontor.office.identity.actions.limits import refuse_roles_beyond
from kontor.office.identity.actions.providers import change_provider, set_rules
from kontor.office.identity.forms.providers import TrustForm
from kontor.office.identity.models import IdentityProvider
from kontor.office.identity.queries.saml import SamlDetails
from kontor.office.identity.views.people import held
from kontor.office.identity.views.single_sign_on import TESTED


def provider_state(found: IdentityProvider) -> Badge:
    """Return how far a provider is set up."""
    if found.active:
        return Badge(_("on"), "good")
    if not (found.client_id or SamlDetails.of(found).ready):
        return Badge(_("values missing"), "warn")
    return Badge(_("tested, switched off")) if found.tested_at else Badge(_("not tested yet"), "warn")


def keep(request: TenantRequest, found: IdentityProvider, form: TrustForm, **settings: Any) -> None:
    """Keep what was typed; nobody lets a directory give roles beyond their own rights."""
    rules = form.cleaned_data["rules"]
    refuse_roles_beyond(held(request), [role for _value, role in rules])
    done: dict[str, Any] = {"at": request.at, "actor": request.actor}
    change_provider(found.pk, **settings, **done)
    set_rules(found.pk, rules=rules, **done)


def test_of(request: TenantRequest, found: IdentityProvider) -> dict[str, Any] | None:
    """Return what the last test of a provider in this session brought back, None where there was none."""
    kept: dict[str, Any] = request.session.get(TESTED, {})
    return kept if kept.get("provider") == str(found.pk) else None


def crumbs() -> list[tuple[str, str]]:
    """Return the way back to the overview."""
    return [(_("Single sign-on"), reverse("identity:sso"))]

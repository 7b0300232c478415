"""Letting a directory bring people and groups by itself: the switch, its token, who came by it, and its last calls."""

import uuid
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.links import absolute
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.actions import scim_tokens
from kontor.office.identity.actions.providers import SetUpRefusedError
from kontor.office.identity.models import (
    ClaimedDomain,
    IdentityProvider,
    ProvisionedMember,
    ProvisionedUser,
    ScimCall,
    ScimToken,
)
from kontor.office.identity.queries.provisioning import groups, people
from kontor.office.identity.views.provider_parts import crumbs
from kontor.office.identity.views.scim_words import deed_words, reason_words

SECURITY: Final = "identity.security"
_SHOWN: Final = 10
_GROUPS: Final = 100


@requires(SECURITY, fresh=True)
@require_GET
def overview(request: TenantRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Show what to enter at the directory, who came by it, and what its last calls were answered."""
    found = _found(provider_id)
    calls = ScimCall.objects.filter(provider=found).order_by("-at", "-pk")
    context = {
        "provider": found,
        "crumbs": _crumbs(found),
        "state": Badge(_("on"), "good") if found.provisions else Badge(_("off")),
        "address": absolute("scim", found.pk),
        "tokens": [(each, _state(each, request.at)) for each in _tokens(found)],
        "proved": ClaimedDomain.objects.exclude(verified_at=None).exists(),
        "counts": _counts(found),
        "groups": _groups(found),
        "calls": [(each, deed_words(each.what)) for each in calls.filter(reason="")[:_SHOWN]],
        "refused": [(each, deed_words(each.what), reason_words(each.reason, each.told)) for each in _refused(calls)],
    }
    return render(request, "identity/provisioning.html", context)


@requires(SECURITY, fresh=True)
@require_POST
def switch(request: TenantRequest, provider_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Let the directory bring people and groups, or no more."""
    if word not in ("on", "off"):
        raise Http404(word)
    found = _found(provider_id)
    try:
        scim_tokens.switch_provisioning(found.pk, on=word == "on", at=request.at, actor=request.actor)
    except SetUpRefusedError as refused:
        messages.warning(request, str(refused))
    return redirect("identity:provisioning", found.pk)


@requires(SECURITY, fresh=True)
@require_POST
def token_new(request: TenantRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Make a token; its secret is shown on the answer to this request and never again."""
    found = _found(provider_id)
    made, secret = scim_tokens.make_token(found.pk, at=request.at, actor=request.actor)
    context = {
        "provider": found,
        "token": made,
        "secret": secret,
        "address": absolute("scim", found.pk),
        "crumbs": [*_crumbs(found), (_("People and groups"), reverse("identity:provisioning", args=[found.pk]))],
        "overlap": scim_tokens.OVERLAP.days,
        "other": _tokens(found).exclude(pk=made.pk).filter(revoked_at=None, ends_at__gt=request.at).exists(),
    }
    return render(request, "identity/provisioning_token.html", context)


@requires(SECURITY, fresh=True)
@require_POST
def token_revoke(request: TenantRequest, provider_id: uuid.UUID, token_id: uuid.UUID) -> HttpResponseBase:
    """Take a token back."""
    token = get_object_or_404(ScimToken, pk=token_id, provider=_found(provider_id), revoked_at=None)
    scim_tokens.revoke_token(token.pk, at=request.at, actor=request.actor)
    messages.info(request, _("The token opens nothing any more."))
    return redirect("identity:provisioning", provider_id)


def _found(provider_id: uuid.UUID) -> IdentityProvider:
    return get_object_or_404(IdentityProvider.objects.defer("client_secret"), pk=provider_id)


def _crumbs(found: IdentityProvider) -> list[tuple[str, str]]:
    return [*crumbs(), (found.name, reverse("identity:provider", args=[found.pk]))]


def _tokens(found: IdentityProvider) -> Any:
    return ScimToken.objects.filter(provider=found).order_by("-made_at", "-pk")


def _state(token: ScimToken, at: datetime) -> Badge:
    if token.revoked_at is not None:
        return Badge(_("taken back"))
    if token.ends_at <= at:
        return Badge(_("expired"), "bad")
    return Badge(_("ends soon"), "warn") if token.ends_at - at < scim_tokens.WARNED else Badge(_("holds"), "good")


def _refused(calls: QuerySet[ScimCall]) -> list[ScimCall]:
    """Return the last calls that were refused, of those without a token that holds the last one alone; two queries."""
    known, nobody = calls.exclude(reason__in=("", "token"))[:_SHOWN], calls.filter(reason="token")[:1]
    return sorted([*known, *nobody], key=lambda call: call.at, reverse=True)


def _counts(found: IdentityProvider) -> dict[str, int]:
    rows = people(found).order_by()
    inside, ended = Count("pk", filter=Q(is_active=True)), Count("pk", filter=Q(is_active=False))
    gone = ProvisionedUser.objects.filter(provider=found).exclude(deleted_at=None)
    return rows.aggregate(inside=inside, ended=ended) | {"gone": gone.count()}


def _groups(found: IdentityProvider) -> list[tuple[Any, list[str]]]:
    """Return the groups, with how many are in each, and the roles that its rules give; two queries."""
    by_value: dict[str, list[str]] = {}
    for value, role in found.rules.order_by("role__name").values_list("value", "role__name"):
        by_value.setdefault(value, []).append(role)
    inside = ProvisionedMember.objects.filter(group=OuterRef("pk")).order_by().values("group").annotate(n=Count("pk"))
    rows = groups(found).annotate(inside=Coalesce(Subquery(inside.values("n")), 0)).order_by("name_key")[:_GROUPS]
    return [(each, [*by_value.get(each.name, []), *by_value.get(each.external_id, [])]) for each in rows]

"""Setting up single sign-on: which directories sign people in, which domains lead there, and whether it is a must."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.domain_records import NoAnswerError
from kontor.kernel.links import absolute
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.actions import providers as actions
from kontor.office.identity.actions.limits import BeyondOwnRightsError
from kontor.office.identity.actions.providers import PREFIX, RECORD, SetUpRefusedError
from kontor.office.identity.actions.saml_set_up import add_saml
from kontor.office.identity.forms.providers import SAML, DomainForm, NewProviderForm, provider_form
from kontor.office.identity.models import BreakGlass, ClaimedDomain, IdentityProvider
from kontor.office.identity.queries import administrators
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.queries.single_sign_on import not_connected
from kontor.office.identity.views.frames import security_tabs
from kontor.office.identity.views.provider_parts import crumbs, keep, provider_state, test_of
from kontor.office.identity.views.single_sign_on import TESTED, ask, back_address

SECURITY = "identity.security"


@requires(SECURITY)
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show the providers, the domains, who may come in otherwise, and whether single sign-on is the only way."""
    return _overview(request, DomainForm())


@requires(SECURITY, fresh=True)
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest) -> HttpResponseBase:
    """Begin to set up a provider."""
    form = NewProviderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done: dict[str, Any] = {"name": form.cleaned_data["name"], "at": request.at, "actor": request.actor}
        kind = form.cleaned_data["kind"]
        made = add_saml(**done) if kind == SAML else actions.add_provider(protocol="OIDC", kind=kind, **done)
        return redirect("identity:provider", made.pk)
    context = {"form": form, "crumbs": crumbs()}
    return render(request, "identity/provider_new.html", context, status=422 if form.errors else 200)


@requires(SECURITY, fresh=True)
@require_http_methods(["GET", "POST"])
def provider(request: TenantRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Lead through the set-up of a provider, step by step, and tell what a test brought back."""
    found = get_object_or_404(IdentityProvider.objects.defer("client_secret"), pk=provider_id)
    if found.protocol == IdentityProvider.Protocol.SAML:
        return redirect("identity:saml-provider", found.pk)
    form = provider_form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keep(request, found, form, client_secret=form.cleaned_data["client_secret"], **form.settings())
        except (SetUpRefusedError, BeyondOwnRightsError) as refused:
            form.add_error(None, str(refused))
        else:
            messages.info(request, _("Saved. Test the connection next."))
            return redirect("identity:provider", found.pk)
    context = {
        "provider": found,
        "form": form,
        "crumbs": crumbs(),
        "state": provider_state(found),
        "back_address": back_address(found.pk),
        "signed_out_address": absolute("sso-signed-out", found.pk),
        "after_address": absolute("account_login"),
        "ready": bool(found.issuer and found.client_id),
        "test": test_of(request, found),
    }
    return render(request, "identity/provider.html", context, status=422 if form.errors else 200)


@requires(SECURITY, fresh=True)
@require_POST
def provider_do(request: TenantRequest, provider_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Test a provider, or switch it on or off."""
    found = get_object_or_404(IdentityProvider, pk=provider_id)
    if word == "test":
        request.session.pop(TESTED, None)
        return ask(request, found, purpose="test")
    if word not in ("on", "off"):
        raise Http404(word)
    try:
        actions.switch_provider(found.pk, active=word == "on", at=request.at, actor=request.actor)
    except SetUpRefusedError as refused:
        messages.warning(request, str(refused))
    return redirect("identity:provider", found.pk)


@requires(SECURITY, fresh=True)
@require_POST
def enforcement(request: TenantRequest, word: str) -> HttpResponseBase:
    """Make single sign-on the only way in, or one of several."""
    if word not in ("on", "off"):
        raise Http404(word)
    try:
        actions.enforce(on=word == "on", at=request.at, actor=request.actor)
    except SetUpRefusedError as refused:
        messages.warning(request, str(refused))
    return redirect("identity:sso")


@requires(SECURITY, fresh=True)
@require_POST
def emergency(request: TenantRequest) -> HttpResponseBase:
    """Name an administrator for emergencies, or no more."""
    member = get_object_or_404(administrators(at=request.at), pk=_key(request.POST.get("member", "")))
    wanted = request.POST.get("on") == "1"
    actions.name_for_emergencies(member.pk, on=wanted, at=request.at, actor=request.actor)
    return redirect("identity:sso")


@requires(SECURITY)
@require_POST
def domain_new(request: TenantRequest) -> HttpResponseBase:
    """Claim a domain; the page then says which record proves it."""
    form = DomainForm(request.POST)
    if not form.is_valid():
        return _overview(request, form)
    actions.claim_domain(form.cleaned_data["domain"], at=request.at, actor=request.actor)
    return redirect("identity:sso")


@requires(SECURITY)
@require_POST
def domain_do(request: TenantRequest, domain_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Look for a domain's record, or give the domain up."""
    claimed = get_object_or_404(ClaimedDomain, pk=domain_id)
    if word == "give-up":
        actions.give_up_domain(claimed.pk, at=request.at, actor=request.actor)
    elif word == "check":
        _check(request, claimed)
    else:
        raise Http404(word)
    return redirect("identity:sso")


def _overview(request: TenantRequest, form: DomainForm) -> HttpResponseBase:
    spare = set(BreakGlass.objects.values_list("membership_id", flat=True))
    rows = IdentityProvider.objects.defer("client_secret").order_by("name")
    domains = ClaimedDomain.objects.order_by("domain")
    context = {
        "tabs": security_tabs(request, "sso"),
        "providers": [(each, provider_state(each)) for each in rows],
        "domains": [(each, RECORD + each.domain, PREFIX + each.token) for each in domains],
        "form": form,
        "administrators": [(each, each.pk in spare) for each in administrators(at=request.at)],
        "enforced": policy_here().sso_only,
        "left": not_connected(at=request.at),
    }
    return render(request, "identity/sso.html", context, status=422 if form.errors else 200)


def _check(request: TenantRequest, claimed: ClaimedDomain) -> None:
    try:
        if actions.check_domain(claimed.pk, at=request.at, actor=request.actor):
            messages.success(request, _("%(domain)s is proved.") % {"domain": claimed.domain})
        else:
            messages.warning(request, _("The record is not there yet. DNS can take an hour to tell everybody."))
    except NoAnswerError:
        messages.warning(request, _("No name server answered. Try again in a minute."))
    except SetUpRefusedError as refused:
        messages.warning(request, str(refused))


def _key(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError as error:
        raise Http404 from error

"""Setting a SAML provider up: what it must know of us, what it publishes, and what its word is good for."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.actions import saml_set_up
from kontor.office.identity.actions.limits import BeyondOwnRightsError
from kontor.office.identity.actions.oidc import ProviderFailedError
from kontor.office.identity.actions.providers import SetUpRefusedError
from kontor.office.identity.formats.saml_metadata import CertificateFacts, facts_of
from kontor.office.identity.formats.saml_xml import AnswerRefusedError
from kontor.office.identity.forms.saml import MetadataForm, saml_form
from kontor.office.identity.models import IdentityProvider, ProviderKey, RefusedAnswer
from kontor.office.identity.queries.saml import SamlDetails, own_addresses
from kontor.office.identity.views.connection_words import problem_words
from kontor.office.identity.views.provider_parts import crumbs, keep, provider_state, test_of
from kontor.office.identity.views.saml_words import kept_words, reason_words

_SHOWN = 10
_SOON = saml_set_up.WARNED_DAYS[0]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as a row: its facts, and whether it still holds."""

    facts: CertificateFacts
    state: Badge


@requires("identity.security", fresh=True)
@require_http_methods(["GET", "POST"])
def provider(request: TenantRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Lead through the set-up of a SAML provider, step by step, and tell what a test brought back."""
    found = _found(provider_id)
    form = saml_form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keep(request, found, form, **form.settings(found))
        except (SetUpRefusedError, BeyondOwnRightsError) as refused:
            form.add_error(None, str(refused))
        else:
            messages.info(request, _("Saved. Test the connection next."))
            return redirect("identity:saml-provider", found.pk)
    return _page(request, found, form=form, status=422 if form.errors else 200)


@requires("identity.security", fresh=True)
@require_POST
def metadata(request: TenantRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Read what the provider publishes, from its address or a file."""
    found = _found(provider_id)
    form = MetadataForm(request.POST, request.FILES)
    if form.is_valid():
        address, file = form.cleaned_data["address"], form.cleaned_data["file"]
        try:
            data = file.read() if file else saml_set_up.fetched(address)
            saml_set_up.set_metadata(found.pk, data, address=address, at=request.at, actor=request.actor)
        except AnswerRefusedError as refused:
            form.add_error("file" if file else "address", reason_words(refused))
        except ProviderFailedError as failed:
            form.add_error("address", problem_words(failed))
        except SetUpRefusedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.info(request, _("Read. Test the connection next."))
            return redirect("identity:saml-provider", found.pk)
    return _page(request, found, metadata_form=form, status=422)


@requires("identity.security", fresh=True)
@require_POST
def renew_key(request: TenantRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Make another key pair of ours for a provider."""
    found = _found(provider_id)
    saml_set_up.renew_key(found.pk, at=request.at, actor=request.actor)
    messages.info(request, _("The new certificate is in our metadata. Let your provider read them again now."))
    return redirect("identity:saml-provider", found.pk)


def _page(
    request: TenantRequest, found: IdentityProvider, *, form: Any = None, metadata_form: Any = None, status: int = 200
) -> HttpResponseBase:
    details = SamlDetails.of(found)
    keys = ProviderKey.objects.filter(provider=found).order_by("-made_at", "-pk").values_list("certificate", flat=True)
    refused = RefusedAnswer.objects.filter(provider=found).order_by("-at", "-pk")[:_SHOWN]
    context = {
        "provider": found,
        "details": details,
        "form": form or saml_form(found),
        "metadata_form": metadata_form or MetadataForm(initial={"address": details.metadata_url}),
        "crumbs": crumbs(),
        "state": provider_state(found),
        "ours": own_addresses(found.pk),
        "own_certificates": [_certificate(pem, request.at) for pem in keys],
        "certificates": [_certificate(pem, request.at) for pem in details.certificates],
        "read_at": datetime.fromisoformat(details.read_at) if details.read_at else None,
        "problem": kept_words(details.problem) if details.problem else "",
        "refused": [(each.at, kept_words(each.reason, each.said)) for each in refused],
        "test": test_of(request, found),
    }
    return render(request, "identity/saml_provider.html", context, status=status)


def _certificate(pem: str, at: datetime) -> Certificate:
    facts = facts_of(pem)
    days = (facts.ends - at).days
    if facts.ends <= at:
        return Certificate(facts, Badge(_("expired"), "bad"))
    return Certificate(facts, Badge(_("ends soon"), "warn") if days < _SOON else Badge(_("holds"), "good"))


def _found(provider_id: uuid.UUID) -> IdentityProvider:
    rows = IdentityProvider.objects.filter(protocol=IdentityProvider.Protocol.SAML).defer("client_secret")
    return get_object_or_404(rows, pk=provider_id)

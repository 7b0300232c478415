"""Where a SAML provider sends a browser: with an answer, or to sign out; and what it reads about us."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import saml
from kontor.office.identity.formats.saml_metadata import own_metadata
from kontor.office.identity.formats.saml_xml import AnswerRefusedError
from kontor.office.identity.models import IdentityProvider, ProviderKey, SamlQuestion
from kontor.office.identity.queries.saml import SamlDetails, own_addresses
from kontor.office.identity.views.leaving import goes_elsewhere
from kontor.office.identity.views.saml_words import NEUTRAL
from kontor.office.identity.views.single_sign_on import FLOWS, let_in, provider_at, refused_page


@csrf_exempt
@public("a provider's page posts it; its signature is what counts")
@require_POST
def answer(request: HttpRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """
    Judge an answer where it arrives (SAML 2.0 Bindings, 3.5), and send the browser on to come for it.

    A post from another site brings no session; the address it is sent on to is asked with it.
    """
    provider = _saml(provider_id)
    taken = saml.take(provider, request.POST.get("SAMLResponse", ""), at=request.at)  # type: ignore[attr-defined]
    if taken.question:
        return redirect(f"{reverse('sso-back', args=[provider.pk])}?{urlencode({'state': taken.question})}")
    if taken.answer:
        return let_in(request, provider, taken.answer)
    return refused_page(request, provider, str(NEUTRAL))


@public("signing in comes before being known")
@require_GET
def send(request: HttpRequest, provider_id: uuid.UUID, question: str) -> HttpResponseBase:
    """Bring a question of this browser to a provider that takes it only as a form (Bindings, 3.5)."""
    provider = _saml(provider_id)
    if question not in {flow["state"] for flow in request.session.get(FLOWS, [])}:
        raise Http404
    try:
        address, told = saml.form_of(provider, question, at=request.at)  # type: ignore[attr-defined]
    except SamlQuestion.DoesNotExist as error:
        raise Http404 from error
    context = {"address": address, "question": told, "name": provider.name}
    answer = render(request, "identity/sso_send.html", context)
    return goes_elsewhere(answer, address)


@public("a provider sends the browser; its signature is what counts")
@require_GET
def sign_out(request: HttpRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """End the sessions of somebody who signed out at the provider, and send the browser on (Profiles, 4.4)."""
    provider = _saml(provider_id)
    if "SAMLResponse" in request.GET:
        return redirect("account_login")
    query, relay = request.META.get("QUERY_STRING", ""), request.GET.get("RelayState", "")
    try:
        return redirect(saml.sign_out(provider, query, relay=relay, at=request.at))  # type: ignore[attr-defined]
    except AnswerRefusedError:
        return refused_page(request, provider, str(NEUTRAL))


@public("a provider reads it; nothing in it is secret")
@require_GET
def metadata(_request: HttpRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Tell a provider who we are to it: our name, our addresses and our certificates."""
    provider = _saml(provider_id)
    with as_tenant(provider.tenant_id or provider_id):
        rows = ProviderKey.objects.filter(provider=provider).order_by("-made_at", "-pk")
        certificates = list(rows.values_list("certificate", flat=True))
    ours = own_addresses(provider.pk)
    told = own_metadata(
        entity=ours.entity, takes_answers=ours.answers, signs_out=ours.signs_out, certificates=certificates,
        assertion_signed=SamlDetails.of(provider).assertion_signed,
    )  # fmt: skip
    return HttpResponse(told, content_type="application/samlmetadata+xml")


def _saml(provider_id: uuid.UUID) -> IdentityProvider:
    provider = provider_at(provider_id)
    if provider.protocol != IdentityProvider.Protocol.SAML:
        raise Http404
    return provider

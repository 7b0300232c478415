"""Being written to: asked for on a form, confirmed by a button, ended by one POST or on one's own page."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.client import client_address
from kontor.kernel.models import Tenant
from kontor.kernel.requests import TenantRequest, public, signed_in
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import language, spoken
from kontor.office.privacy.actions.consents import Channel, Come, ask_consent, confirm_consent, withdraw_consent
from kontor.office.privacy.forms.consents import ConsentForm
from kontor.office.privacy.models import ConsentStep, ConsentText
from kontor.office.privacy.queries.consents import consent_of, opened_confirmation, opened_ending, text_of, texts
from kontor.office.privacy.queries.notice import is_published, url_of
from kontor.office.privacy.views.tabs import own_tabs
from kontor.rulebook.consent import State
from kontor.rulebook.refusal import RefusalError


@public("whoever wants mail says so; nothing is sent before the address itself confirms")
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, tenant_id: uuid.UUID, purpose: str) -> HttpResponseBase:
    """Take an address and ask it by mail; the page says the same whether it was known or not."""
    owner = get_object_or_404(Tenant, pk=tenant_id)
    with as_tenant(owner.pk):
        text = text_of(purpose)
        if text is None:
            raise Http404(purpose)
        informed = is_published(at=timezone.now())  # before that nobody is asked for anything (visitor 6.4.3)
        filled = ConsentForm(request.POST if informed and request.method == "POST" else None, says=said_of(text))
        asked = filled.is_valid() and _asked(request, text, filled)
    context = {
        "form": filled,
        "owner": owner,
        "title": title_of(text),
        "asked": asked,
        "informed": informed,
        "notice_url": url_of(owner, "general"),
    }
    status = 422 if filled.errors else 200 if informed else 409
    return render(request, "privacy/consent_form.html", context, status=status)


@public("the address itself is signed for one question")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the button that confirms, and confirm once it is pressed; looking alone does nothing."""
    tenant, key = _opened(opened_confirmation, token)
    done, against = False, ""
    with as_tenant(tenant):
        step = get_object_or_404(ConsentStep.objects.select_related("text"), pk=key)
        if request.method == "POST":
            try:
                confirm_consent(key, come=come(request, Channel.LINK), at=timezone.now())
            except RefusalError as refused:
                against = spoken(refused.text)
            else:
                done = True
    context = {"done": done, "against": against, "title": title_of(step.text), "says": said_of(step.text)}
    return render(request, "privacy/consent_confirm.html", context, status=409 if against else 200)


@public("the address itself is signed for one address and purpose")
@csrf_exempt  # RFC 8058: a mail program posts without cookie or token
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the button that ends mail; posted to, by it or by a mail program, it ends, any number of times."""
    tenant, key = _opened(opened_ending, token)
    with as_tenant(tenant):
        step = get_object_or_404(ConsentStep.objects.select_related("text"), pk=key)
        if request.method == "POST":
            by_program = request.POST.get("List-Unsubscribe") == "One-Click"
            way = come(request, Channel.MAIL_PROGRAM if by_program else Channel.LINK)
            withdraw_consent(step.text, step.email, come=way, at=timezone.now())
    context = {"ended": request.method == "POST", "title": title_of(step.text)}
    return render(request, "privacy/consent_end.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def mine(request: TenantRequest) -> HttpResponseBase:
    """Show a person what they are written about here, and take it back or ask for it by one button each."""
    if getattr(request, "standing", None) is None:
        return redirect("identity:tenants")
    email = request.user.email
    if request.method == "POST":
        text = text_of(request.POST.get("purpose", ""))
        if text is None:
            raise Http404
        _changed(request, text, email, at=request.at)
        return redirect("privacy-own:consents")
    rows = [(found, title_of(found.text), said_of(found.text), found.state.value in {State.GIVEN, State.PENDING})
            for found in (consent_of(email, text) for text in texts())]  # fmt: skip
    return render(request, "privacy/consents_mine.html", {"rows": rows, "email": email, **own_tabs(request, "mail")})


def come(request: HttpRequest, channel: str) -> Come:
    """Return from where a request comes, as the proof keeps it."""
    return Come(channel=channel, address=client_address(request), client=request.headers.get("User-Agent", ""))


def title_of(text: ConsentText) -> str:
    """Return a text's title in the page's language."""
    return text.title_de if language() == "de" else text.title_en


def said_of(text: ConsentText) -> str:
    """Return what a text asks, in the page's language."""
    return text.text_de if language() == "de" else text.text_en


def _changed(request: TenantRequest, text: ConsentText, email: str, *, at: datetime) -> None:
    way = come(request, Channel.PAGE)
    if request.POST.get("say") == "no":
        withdraw_consent(text, email, come=way, at=at, actor=request.actor)
    else:
        ask_consent(text, email, come=way, at=at, actor=request.actor)


def _asked(request: HttpRequest, text: ConsentText, filled: ConsentForm) -> bool:
    try:
        ask_consent(text, filled.cleaned_data["email"], come=come(request, Channel.FORM), at=timezone.now())
    except MailAddressError as wrong:
        filled.add_error("email", str(wrong))
    return not filled.errors


def _opened(opened: Callable[[str], tuple[uuid.UUID, uuid.UUID]], token: str) -> tuple[uuid.UUID, uuid.UUID]:
    try:
        return opened(token)
    except (signing.BadSignature, ValueError) as forged:
        raise Http404 from forged

"""Being told of the status page's news: asked for, confirmed by a button, ended by one POST."""

import uuid
from collections.abc import Callable

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.models import Tenant
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.webhook_transport import AddressRefusedError
from kontor.kernel.wording import language, spoken
from kontor.office.service_levels.actions import subscribing
from kontor.office.service_levels.forms.subscribing import SubscribeForm
from kontor.office.service_levels.models import StatusSubscription
from kontor.office.service_levels.queries.subscriptions import opened_confirmation, opened_ending
from kontor.rulebook.refusal import RefusalError


@public("whoever uses the service may be told how it stands")
@require_http_methods(["GET", "POST"])
def subscribe(request: HttpRequest) -> HttpResponseBase:
    """Take an address and ask it by mail; the page says the same whether it was known or not."""
    house = Tenant.objects.filter(is_house=True).first()
    if house is None:
        raise Http404
    form = SubscribeForm(request.POST or None)
    asked = form.is_valid() and _asked(form, house.pk)
    context = {"form": form, "house": house.name, "asked": asked}
    return render(request, "service_levels/subscribe.html", context, status=422 if form.errors else 200)


@public("the address itself is signed for one subscription")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the button that confirms a subscription, and confirm it once it is pressed; looking alone does nothing."""
    tenant, row = _opened(opened_confirmation, token)
    made, against = None, ""
    if request.method == "POST":
        try:
            with as_tenant(tenant):
                made = subscribing.confirm(row, at=timezone.now())
        except StatusSubscription.DoesNotExist as gone:
            raise Http404 from gone
        except RefusalError as refused:
            against = spoken(refused.text)
    context = {"made": made, "against": against}
    return render(request, "service_levels/subscription_confirm.html", context, status=409 if against else 200)


@public("the address itself is signed for one subscription")
@csrf_exempt  # RFC 8058: a mail program posts without cookie or token
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the button that ends a subscription; posted to, by it or by a mail program, it ends, any number of times."""
    tenant, row = _opened(opened_ending, token)
    if request.method == "POST":
        with as_tenant(tenant):
            subscribing.end(row, at=timezone.now())
    return render(request, "service_levels/subscription_end.html", {"ended": request.method == "POST"})


def _asked(form: SubscribeForm, house: uuid.UUID) -> bool:
    given = form.cleaned_data
    try:
        with as_tenant(house):
            subscribing.ask(given["email"], webhook=given["webhook"], language=language(), at=timezone.now())
    except MailAddressError as wrong:
        form.add_error("email", str(wrong))
    except AddressRefusedError:
        form.add_error("webhook", _("News is posted to https addresses on the public internet only."))
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
    return not form.errors


def _opened(opened: Callable[[str], tuple[uuid.UUID, uuid.UUID]], token: str) -> tuple[uuid.UUID, uuid.UUID]:
    try:
        return opened(token)
    except (signing.BadSignature, ValueError) as forged:
        raise Http404 from forged

"""Registering on the open page, and proving the address by the link that was mailed."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.client import client_address
from kontor.kernel.models import Tenant
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import language
from kontor.office.contracts.actions import registering
from kontor.office.contracts.forms.registering import RegisteringForm
from kontor.rulebook import terms as packs


@public("anybody may register under terms that know a registration")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, pack: str) -> HttpResponseBase:
    """Ask for the items of the terms; nothing begins before the address is proved."""
    house = get_object_or_404(Tenant, is_house=True)
    if not registering.registers(pack):
        raise Http404(pack)
    form = RegisteringForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with as_tenant(house.pk):  # the installation's house, never a tenant of the request
                registering.register(
                    pack, form.told, ip_address=client_address(request), language=language(), at=timezone.now()
                )
            return redirect("contracts:register-sent")
        except MailAddressError as error:
            form.add_error("email", ValidationError(str(error)))
    known = packs.load(pack)
    assert known.privacy is not None  # `registers` looked
    assert known.privacy.registration_fields is not None
    clause = known.privacy.registration_fields.clause
    context = {"form": form, "pack": known, "clause": clause, "house": house.name}
    return render(request, "contracts/register.html", context, status=422 if form.errors else 200)


@public("says what follows a registration, to everybody the same")
@require_GET
def sent(request: HttpRequest) -> HttpResponseBase:
    """Say that a mail is on its way; the page tells nobody who is registered already."""
    house = get_object_or_404(Tenant, is_house=True)
    return render(request, "contracts/register_sent.html", {"house": house.name})


@public("whoever holds the secret of the mail proves their address")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pack: str, secret: str) -> HttpResponseBase:
    """Activate a registration by a button, since programs open links too; a link that is over says so."""
    house = get_object_or_404(Tenant, is_house=True)
    done = request.method == "POST"
    try:
        if done:
            registering.activate(pack, secret, language=language(), at=timezone.now())
        else:
            registering.is_good(pack, secret, at=timezone.now())
    except CredentialRefusedError as refused:
        context = {"house": house.name, "refused": str(refused), "pack": pack}
        return render(request, "contracts/register_confirm.html", context, status=410)
    return render(request, "contracts/register_confirm.html", {"house": house.name, "done": done, "pack": pack})

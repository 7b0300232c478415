"""One's own way in: connecting an account with the company's directory, and the gate where only that counts."""

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.models import Membership
from kontor.kernel.requests import open_at_gates, proved, signed_in
from kontor.kernel.sessions import METHOD
from kontor.office.identity.actions.providers import break_glass
from kontor.office.identity.models import ExternalIdentity, IdentityProvider
from kontor.office.identity.queries.single_sign_on import may_break_glass, ways_of
from kontor.office.identity.queries.way_in import GLASS
from kontor.office.identity.views.devices import typed_password
from kontor.office.identity.views.frames import me, own_tabs
from kontor.office.identity.views.single_sign_on import ask


@signed_in
@require_GET
def connections(request: HttpRequest) -> HttpResponseBase:
    """Show by which of the company's directories one can sign in."""
    _in_a_tenant(request)
    known = {row.provider_id: row for row in ExternalIdentity.objects.filter(user=me(request))}
    providers = IdentityProvider.objects.filter(active=True).order_by("name").defer("client_secret")
    context = {"rows": [(each, known.get(each.pk)) for each in providers], "tabs": own_tabs("connections")}
    return render(request, "identity/connections.html", context)


@signed_in
@require_POST
@proved
def begin(request: HttpRequest, provider_id: uuid.UUID) -> HttpResponseBase:
    """Connect one's account with a directory: signed in by the old way first, then there."""
    _in_a_tenant(request)
    return ask(request, get_object_or_404(IdentityProvider, pk=provider_id, active=True), purpose="connect")


class GlassForm(forms.Form):
    """Why somebody comes in with a password although only single sign-on counts, and that it is they."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)
    password = forms.CharField(label=gettext_lazy("Your password"), widget=forms.PasswordInput)


@signed_in
@open_at_gates
@require_http_methods(["GET", "POST"])
def way_in(request: HttpRequest) -> HttpResponseBase:
    """Say that this company is entered by single sign-on, and let in who is named for emergencies, with a reason."""
    _in_a_tenant(request)
    tenant = request.tenant  # type: ignore[attr-defined]
    spare = may_break_glass(request.user.pk) and ":" not in request.session.get(METHOD, "")  # type: ignore[arg-type]
    form = GlassForm(request.POST or None)
    if request.method == "POST" and spare and form.is_valid():
        try:
            typed_password(request, me(request))(form.cleaned_data["password"])
        except forms.ValidationError as refused:
            form.add_error("password", refused)
        else:
            member = Membership.objects.get(user=me(request))
            now, actor = request.at, request.actor  # type: ignore[attr-defined]
            break_glass(member, reason=form.cleaned_data["reason"], at=now, actor=actor)
            request.session[GLASS] = str(tenant.pk)
            return redirect("kernel:home")
    context = {"form": form, "ways": ways_of(tenant.pk), "spare": spare, "company": tenant.name}
    return render(request, "identity/way_in.html", context, status=422 if form.errors else 200)


def _in_a_tenant(request: HttpRequest) -> None:
    if getattr(request, "tenant", None) is None:
        raise Http404

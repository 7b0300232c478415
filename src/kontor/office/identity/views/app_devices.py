"""The devices with the app, as the administrator sees them, and what is asked of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.identity.actions.devices import NoRulesError, change_device_policy
from kontor.office.identity.forms.devices import device_policy_form
from kontor.office.identity.models import Device, Instruction
from kontor.office.identity.queries.clients import SYSTEMS
from kontor.office.identity.queries.devices import (
    FOUND,
    LOCKS,
    NO_LOCK,
    code_words,
    oldest_patch,
    outdated,
    tenant_day,
)
from kontor.office.identity.queries.instructions import newest
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.frames import security_tabs


@requires("identity.security")
@require_GET
def devices(request: TenantRequest) -> HttpResponseBase:
    """List the devices on which people use the app, and what these say of themselves (SM-026)."""
    oldest = oldest_patch(policy_here(), tenant_day(request.at))
    listing = Listing(
        request,
        Device.objects.select_related("membership__user"),
        name="devices",
        columns=_columns(oldest),
        search=("membership__user__name", "model", "device"),
        choices=(
            Choice(
                "state",
                _("State"),
                (("refused", _("refused")), ("outdated", _("patches too old"))),
                apply=lambda found, chosen: (
                    found.exclude(refused="") if chosen == "refused" else outdated(found, oldest)
                ),
            ),
            Choice(
                "private",
                _("Whose"),
                (("yes", _("private")), ("no", _("the company's"))),
                apply=lambda found, chosen: found.filter(private=chosen == "yes"),
            ),
        ),
        order="-last_at",
    )
    if listing.wants_file:
        return listing.file()
    context = {
        "listing": listing,
        "tabs": security_tabs(request, "devices"),
        "oldest": oldest,
        "late": outdated(Device.objects.all(), oldest).count(),
    }
    return render(request, "identity/devices.html", context)


@requires("identity.security")
@require_http_methods(["GET", "POST"])
def device_policy(request: TenantRequest) -> HttpResponseBase:
    """Set what is asked of devices: locks, patches, private ones, and whether their makers must vouch for them."""
    form = device_policy_form(policy_here(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_device_policy(at=request.at, actor=request.actor, **form.cleaned_data)
        except NoRulesError:
            form.add_error("own_devices", _("Publish the rules for private devices first."))
        else:
            messages.success(request, _("Saved. It holds for everybody from their next page on."))
            return redirect("identity:devices")
    context = {
        "form": form,
        "rules": newest(Instruction.Topic.OWN_DEVICES),
        "crumbs": [(_("Devices"), reverse("identity:devices"))],
    }
    return render(request, "identity/device_policy.html", context, status=422 if form.errors else 200)


def _columns(oldest: Any) -> tuple[Column, ...]:
    return (
        Column("person", _("Person"), value=lambda row: str(row.membership.user), url=_person_url,
               sort="membership__user__name", slot="title"),
        Column("model", _("Device"), value=lambda row: row.model or row.device, sub=_system, sort="model", slot="meta"),
        Column("lock", _("Device lock"), value=lambda row: spoken(LOCKS.get(row.lock, NO_LOCK)), late=True),
        Column("integrity", _("The app found"), value=lambda row: spoken(FOUND[row.integrity]), late=True),
        Column("patch_on", _("Patch level"), kind="day", sort="patch_on", slot="more"),
        Column("last_at", _("Last report"), value=lambda row: localdate(row.last_at), kind="day", sort="last_at",
               late=True),
        Column("state", _("State"), kind="badge", value=lambda row: _state(row, oldest), slot="state"),
    )  # fmt: skip


def _system(row: Device) -> str:
    told = f"{SYSTEMS[row.system]} {row.version}" + (" Beta" if row.beta else "")
    return f"{told} · {_('private')}" if row.private else told


def _state(row: Device, oldest: Any) -> Badge:
    if row.refused:
        return Badge(_("refused: %(why)s") % {"why": spoken(code_words(row.refused))}, "bad")
    if oldest and row.patch_on and row.patch_on < oldest:
        return Badge(_("patches too old"), "warn")
    return Badge(_("let in"), "good")


def _person_url(row: Device) -> str:
    return reverse("identity:person", args=[row.membership_id])

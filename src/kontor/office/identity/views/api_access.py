"""How other programs get in and are told: keys of the API, addresses for webhooks, and what was sent to them."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel import registry
from kontor.kernel.actions import webhooks
from kontor.kernel.actions.api_keys import OVERLAP, revoke_api_key
from kontor.kernel.api.rights import rights_asked
from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import ApiKey, Webhook, WebhookDelivery
from kontor.kernel.queries.api_keys import api_keys
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import day, spoken
from kontor.office.identity.actions.api_access import make_key, rotate_key
from kontor.office.identity.actions.limits import BeyondOwnRightsError
from kontor.office.identity.forms import KeyForm, WebhookForm, last_day
from kontor.office.identity.views.people import held

MANAGE = "identity.api"
PROBLEMS = {
    "form": gettext_lazy("The address is none that can be called."),
    "insecure": gettext_lazy("The address is not https."),
    "private": gettext_lazy("The address leads into a private network."),
    "unknown_host": gettext_lazy("The name is not known."),
    "unreachable": gettext_lazy("Nobody answers there."),
    "tls": gettext_lazy("The certificate does not hold."),
    "timeout": gettext_lazy("No answer within 15 seconds."),
    "redirect": gettext_lazy("It leads elsewhere (%(status)s); that is not followed."),
    "answer": gettext_lazy("The answer was %(status)s."),
}
OFF = {
    webhooks.FAILING: gettext_lazy("switched off: nothing arrived"),
    webhooks.GONE_AWAY: gettext_lazy("switched off: gone (410)"),
    webhooks.BY_HAND: gettext_lazy("switched off"),
}


@requires(MANAGE)
@require_GET
def access(request: TenantRequest) -> HttpResponseBase:
    """Show the keys and the webhooks."""
    hooks = Webhook.objects.only("address", "kinds", "made_at", "delivered_at", "disabled_at", "disabled_for")
    context = {
        "keys": [(key, key_state(key, request.at), _rights_of(key)) for key in api_keys()],
        "hooks": [(hook, hook_state(hook)) for hook in hooks.order_by("made_at", "pk")],
        "crumbs": [],
    }
    return render(request, "identity/api_access.html", context)


@requires(MANAGE, fresh=True)
@require_http_methods(["GET", "POST"])
def key_new(request: TenantRequest) -> HttpResponseBase:
    """Make a key; its secret is shown on the answer to this request and never again."""
    form = KeyForm(request.POST or None, rights=_offered(request), today=localdate(request.at))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            key, secret = make_key(
                name=told["name"], scopes=told["scopes"], expires_at=form.expires_at, held=held(request), at=request.at,
                actor=request.actor,
            )  # fmt: skip
        except BeyondOwnRightsError as refused:
            form.add_error("scopes", str(refused))
        else:
            context = {"key": key, "secret": secret, "rights": _rights_of(key), "crumbs": _crumbs()}
            return render(request, "identity/api_key_made.html", context)
    context = {"form": form, "crumbs": _crumbs()}
    return render(request, "identity/api_key_new.html", context, status=422 if form.errors else 200)


@requires(MANAGE, fresh=True)
@require_POST
def key_rotate(request: TenantRequest, key_id: uuid.UUID) -> HttpResponseBase:
    """Give a key another secret, shown this once."""
    found = get_object_or_404(ApiKey, pk=key_id, revoked_at=None, expires_at__gt=request.at)
    try:
        key, secret = rotate_key(found.pk, held=held(request), at=request.at, actor=request.actor)
    except BeyondOwnRightsError as refused:
        messages.error(request, str(refused))
        return redirect("identity:api")
    until = request.at + OVERLAP
    context = {"key": key, "secret": secret, "rights": _rights_of(key), "until": until, "crumbs": _crumbs()}
    return render(request, "identity/api_key_made.html", context)


@requires(MANAGE)
@require_POST
def key_revoke(request: TenantRequest, key_id: uuid.UUID) -> HttpResponseBase:
    """Take a key back."""
    found = get_object_or_404(ApiKey, pk=key_id, revoked_at=None)
    revoke_api_key(found.pk, at=request.at, actor=request.actor)
    messages.info(request, _("The key %(name)s opens nothing any more.") % {"name": found.name})
    return redirect("identity:api")


@requires(MANAGE, fresh=True)
@require_http_methods(["GET", "POST"])
def webhook_new(request: TenantRequest) -> HttpResponseBase:
    """Add an address that is told of events."""
    form = WebhookForm(request.POST or None, initial={"mail_to": request.user.email})
    if request.method == "POST" and form.is_valid():
        hook = webhooks.add_webhook(**form.cleaned_data, at=request.at, actor=request.actor)
        return redirect("identity:webhook", hook.pk)
    context = {"form": form, "crumbs": _crumbs(), "title": _("New webhook")}
    return render(request, "identity/webhook_form.html", context, status=422 if form.errors else 200)


@requires(MANAGE, fresh=True)
@require_http_methods(["GET", "POST"])
def webhook_change(request: TenantRequest, hook_id: uuid.UUID) -> HttpResponseBase:
    """Change where to send, what of, and whom to tell."""
    hook = get_object_or_404(Webhook, pk=hook_id)
    told = {"address": hook.address, "kinds": hook.kinds, "mail_to": hook.mail_to}
    form = WebhookForm(request.POST or None, initial=told)
    if request.method == "POST" and form.is_valid():
        webhooks.change_webhook(hook.pk, **form.cleaned_data, at=request.at, actor=request.actor)
        return redirect("identity:webhook", hook.pk)
    crumbs = [*_crumbs(), (hook.address, reverse("identity:webhook", args=[hook.pk]))]
    context = {"form": form, "crumbs": crumbs, "title": _("Change the webhook")}
    return render(request, "identity/webhook_form.html", context, status=422 if form.errors else 200)


@requires(MANAGE)
@require_GET
def webhook(request: TenantRequest, hook_id: uuid.UUID) -> HttpResponseBase:
    """Show one webhook, its secret, and what was sent to it."""
    hook = get_object_or_404(Webhook, pk=hook_id)
    meanings = {kind.key: kind.meaning for module in registry.modules() for kind in module.events}
    deliveries = _deliveries(request, hook)
    if deliveries.wants_file:
        return deliveries.file()
    context = {
        "hook": hook,
        "state": hook_state(hook),
        "kinds": [(kind, meanings.get(kind, kind)) for kind in hook.kinds],
        "rotating": hook.old_until is not None and request.at < hook.old_until,
        "deliveries": deliveries,
        "crumbs": _crumbs(),
    }
    return render(request, "identity/webhook.html", context)


@requires(MANAGE, fresh=True)
@require_POST
def webhook_do(request: TenantRequest, hook_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Rotate the secret, switch on or off, send a test, or remove."""
    hook = get_object_or_404(Webhook, pk=hook_id)
    done: dict[str, Any] = {"at": request.at, "actor": request.actor}
    if word == "rotate":
        webhooks.rotate_secret(hook.pk, **done)
    elif word in ("on", "off"):
        webhooks.switch(hook.pk, on=word == "on", **done)
    elif word == "test":
        webhooks.send_test(hook.pk, at=request.at)
        messages.info(request, _("A test message is on its way."))
    elif word == "remove":
        webhooks.remove_webhook(hook.pk, **done)
        return redirect("identity:api")
    else:
        raise Http404(word)
    return redirect("identity:webhook", hook.pk)


@requires(MANAGE)
@require_GET
def delivery(request: TenantRequest, delivery_id: uuid.UUID) -> HttpResponseBase:
    """Show one message as it was sent, byte for byte, and what came of it."""
    row = get_object_or_404(WebhookDelivery.objects.select_related("webhook").defer("webhook__secret"), pk=delivery_id)
    crumbs = [*_crumbs(), (row.webhook.address, reverse("identity:webhook", args=[row.webhook_id]))]
    context = {"row": row, "state": delivery_state(row), "problem": _problem(row), "crumbs": crumbs}
    return render(request, "identity/webhook_delivery.html", context)


@requires(MANAGE)
@require_POST
def delivery_again(request: TenantRequest, delivery_id: uuid.UUID) -> HttpResponseBase:
    """Send a message again under its id."""
    row = get_object_or_404(WebhookDelivery, pk=delivery_id)
    try:
        made = webhooks.redeliver(row.pk, at=request.at, actor=request.actor)
    except webhooks.NotSettledError:
        messages.warning(request, _("This message is still being tried; it is sent again by itself."))
        return redirect("identity:delivery", row.pk)
    return redirect("identity:delivery", made.pk)


def key_state(key: ApiKey, at: datetime) -> Badge:
    """Return whether a key opens anything."""
    if key.revoked_at:
        return Badge(_("taken back"))
    if key.expires_at <= at:
        return Badge(_("expired"), "warn")
    return Badge(_("valid until %(day)s") % {"day": day(last_day(key.expires_at))}, "good")


def hook_state(hook: Webhook) -> Badge:
    """Return whether anything is sent to an address."""
    return Badge(OFF[hook.disabled_for], "warn") if hook.disabled_at else Badge(_("on"), "good")


def delivery_state(row: WebhookDelivery) -> Badge:
    """Return how far a message came."""
    if row.delivered_at:
        return Badge(_("arrived"), "good")
    if row.given_up_at:
        return Badge(_("given up"), "bad")
    return Badge(_("is being tried"), "info")


def _deliveries(request: TenantRequest, hook: Webhook) -> Listing:
    states: dict[str, dict[str, Any]] = {
        "arrived": {"delivered_at__isnull": False},
        "tried": {"delivered_at": None, "given_up_at": None},
        "given_up": {"given_up_at__isnull": False},
    }
    return Listing(
        request,
        hook.deliveries.defer("body"),
        name="deliveries",
        columns=(
            Column("at", _("Happened"), kind="moment", sort="at", slot="meta"),
            Column("kind", _("Event"), url=lambda row: reverse("identity:delivery", args=[row.pk]), slot="title"),
            Column("attempts", _("Attempts"), kind="number", late=True),
            Column("problem", _("Last answer"), value=_problem, late=True),
            Column("state", _("State"), kind="badge", value=delivery_state, slot="state"),
        ),
        search=("kind",),
        choices=(
            Choice(
                "state", _("State"),
                (("arrived", _("arrived")), ("tried", _("is being tried")), ("given_up", _("given up"))),
                apply=lambda rows, chosen: rows.filter(**states[chosen]),
            ),
        ),
        order="-at",
    )  # fmt: skip


def _problem(row: WebhookDelivery) -> str:
    if row.problem:
        return str(PROBLEMS[row.problem]) % {"status": row.status}
    return str(row.status or "")


def _offered(request: TenantRequest) -> list[tuple[str, str, str]]:
    """Return the rights that endpoints ask for, as far as this person may give them: key, meaning, endpoints."""
    standing, known = request.standing, registry.permissions()
    return [
        (right, spoken(known[right].meaning), ", ".join(dict.fromkeys(each.partition("/{")[0] for each in asked)))
        for right, asked in rights_asked().items()
        if standing.unlocked(right) and standing.may(right)
    ]


def _rights_of(key: ApiKey) -> list[str]:
    known = registry.permissions()
    return [spoken(known[right].meaning) if right in known else right for right in key.scopes]


def _crumbs() -> list[tuple[str, str]]:
    return [(_("API and webhooks"), reverse("identity:api"))]

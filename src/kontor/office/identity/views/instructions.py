"""The instruction that stands before everybody's first use, and what the administrator sees of it."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.client import client_address
from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, open_at_gates, requires, signed_in
from kontor.kernel.support import LOOK
from kontor.kernel.wording import language
from kontor.office.identity import queries
from kontor.office.identity.actions import instructions as actions
from kontor.office.identity.forms.instructions import CommitmentForm, instruction_form
from kontor.office.identity.models import Commitment, Instruction
from kontor.office.identity.queries.instructions import commitment_of, newest, passages, versions, with_commitment
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.frames import me, security_tabs
from kontor.office.identity.views.people_list import KINDS

ACCESS: Final = Instruction.Topic.ACCESS.value
OWN: Final = Instruction.Topic.OWN_DEVICES.value
SECRECY: Final = Instruction.Topic.CONFIDENTIALITY.value
_TOPICS: Final = {"access": ACCESS, "own-devices": OWN, "confidentiality": SECRECY}
_BACK: Final = {ACCESS: "identity:instructions", OWN: "identity:devices", SECRECY: "identity:support-house"}
_SLUGS: Final = {topic: slug for slug, topic in _TOPICS.items()}


@signed_in
@open_at_gates
@require_http_methods(["GET", "POST"])
def instruction(request: TenantRequest) -> HttpResponseBase:
    """Show what one is instructed about here, and keep that one binds oneself to it."""
    now = newest(ACCESS) if hasattr(request, "standing") else None
    if now is None:
        return redirect("kernel:home")
    if request.method == "POST":
        if commit(request):
            return redirect("kernel:home")
        now = newest(ACCESS)
        assert now is not None  # it was there a moment ago and is never deleted
    context = {
        "instruction": now,
        "passages": passages(text_of(now)),
        "sha256": bytes(now.sha256).hex(),
        "changed": request.method == "POST",
        "done": commitment_of(me(request).pk, now),
        "contact": policy_here(),
    }
    return render(request, "identity/instruction.html", context, status=409 if context["changed"] else 200)


@requires(LOOK)
@require_http_methods(["GET", "POST"])
def confidentiality(request: TenantRequest) -> HttpResponseBase:
    """Show what whoever looks at customers' data binds themselves to, and keep that they did (Klausel 7.4)."""
    if request.method == "POST" and commit(request):
        return redirect("identity:support-house")
    now = newest(SECRECY)
    if now is None:
        messages.error(request, _("The house has not published its commitment to confidentiality yet."))
        return redirect("identity:support-house")
    context = {
        "instruction": now,
        "passages": passages(text_of(now)),
        "sha256": bytes(now.sha256).hex(),
        "changed": request.method == "POST",
        "done": commitment_of(me(request).pk, now),
        "heading": _("Confidentiality of customers' data"),
    }
    return render(request, "identity/instruction.html", context, status=409 if context["changed"] else 200)


def commit(request: TenantRequest) -> bool:
    """Keep the commitment that a form brings; False where another text holds than the one it was shown."""
    form = CommitmentForm(request.POST)
    if not form.is_valid():
        return False
    try:
        actions.commit_to(
            form.cleaned_data["instruction"],
            sha256=form.cleaned_data["sha256"],
            user=me(request),
            address=client_address(request),
            client=request.headers.get("User-Agent", ""),
            at=request.at,
            actor=request.actor,
        )
    except (actions.ChangedTextError, Instruction.DoesNotExist):
        return False
    return True


@requires("identity.security")
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """List who is bound to the instruction that holds, and who is not yet: the company's evidence (FW-037)."""
    now = newest(ACCESS)
    rows = with_commitment(queries.members().filter(queries.here(request.at)), now)
    listing = Listing(
        request,
        rows,
        name="instruction",
        columns=(
            Column("user", _("Name"), url=_person_url, sort="user__name", slot="title"),
            Column("user.email", _("E-mail"), late=True, sort="user__email"),
            Column("kind", _("Counts as"), value=lambda row: KINDS[row.kind], sort="kind", slot="more", late=True),
            Column("committed_at", _("Confirmed"), kind="moment", sort="committed_at", slot="meta"),
            Column("state", _("State"), kind="badge", value=lambda row: _state(row, now), slot="state"),
        ),
        search=("user__name", "user__email"),
        choices=(
            Choice(
                "state",
                _("State"),
                (("open", _("not confirmed")), ("done", _("confirmed"))),
                apply=lambda found, chosen: found.filter(committed_at__isnull=chosen == "open"),
            ),
        ),
        order="user__name",
    )
    if listing.wants_file:
        return listing.file()
    context = {"listing": listing, "now": now, "own": newest(OWN), "tabs": security_tabs(request, "instruction")}
    return render(request, "identity/instructions.html", context)


@requires("identity.security")
@require_http_methods(["GET", "POST"])
def publish(request: TenantRequest, topic: str) -> HttpResponseBase:
    """Publish the next version of a topic."""
    key = _topic(topic)
    if key == SECRECY and not request.tenant.is_house:
        raise Http404
    now = newest(key)
    form = instruction_form(key, now, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish_instruction(key, at=request.at, actor=request.actor, **form.cleaned_data)
        except actions.NothingNewError:
            form.add_error(None, _("This is the text that holds already. Change it, or leave it."))
        else:
            messages.success(request, _("Published. Everybody is asked to confirm it at their next page."))
            return redirect(_BACK[key])
    context = {"form": form, "now": now, "topic": key, "crumbs": _crumbs()}
    return render(request, "identity/instruction_form.html", context, status=422 if form.errors else 200)


@requires("identity.security")
@require_GET
def commitments(request: TenantRequest, topic: str) -> HttpResponseBase:
    """List every confirmation of every version of a topic, to be kept as evidence."""
    key = _topic(topic)
    listing = Listing(
        request,
        Commitment.objects.filter(instruction__topic=key).select_related("instruction"),
        name=f"confirmations-{topic}",
        columns=(
            Column("name", _("Name"), sort="name", slot="title"),
            Column("email", _("E-mail"), sort="email", slot="more"),
            Column("instruction.number", _("Edition"), kind="number", sort="instruction__number", slot="money"),
            Column("at", _("Confirmed"), kind="moment", sort="at", slot="meta"),
            Column("address", _("Network address"), value=lambda row: row.address or "", late=True),
            Column("sha256", _("SHA-256 of the text"), value=_digest, html=_short, late=True),
        ),
        search=("name", "email"),
        order="-at",
    )
    if listing.wants_file:
        return listing.file()
    context = {"listing": listing, "topic": key, "versions": versions(key), "crumbs": _crumbs()}
    return render(request, "identity/commitments.html", context)


@requires("identity.security")
@require_GET
def version(request: TenantRequest, instruction_id: uuid.UUID) -> HttpResponseBase:
    """Show one version as it was published."""
    found = get_object_or_404(Instruction, pk=instruction_id)
    back = reverse("identity:commitments", args=[_SLUGS[found.topic]])
    context = {
        "instruction": found,
        "passages": passages(text_of(found)),
        "sha256": bytes(found.sha256).hex(),
        "crumbs": [*_crumbs(), (_("Confirmations"), back)],
    }
    return render(request, "identity/instruction_version.html", context)


def text_of(row: Instruction) -> str:
    """Return a version in the page's language."""
    return row.text_de if language() == "de" else row.text_en


def _state(row: Any, now: Instruction | None) -> Badge:
    if now is None:
        return Badge(_("nothing published"), "plain")
    return Badge(_("confirmed"), "good") if row.committed_at else Badge(_("not confirmed"), "warn")


def _topic(slug: str) -> str:
    if slug not in _TOPICS:
        raise Http404
    return _TOPICS[slug]


def _person_url(row: Any) -> str:
    return reverse("identity:person", args=[row.pk])


def _digest(row: Commitment) -> str:
    return bytes(row.sha256).hex()


def _short(row: Commitment) -> SafeString:
    return format_html('<span title="{}">{}…</span>', _digest(row), _digest(row)[:12])


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Instruction"), reverse("identity:instructions"))]

"""A member's access: their sessions here, locking and opening it; and the page of who is locked out."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.models import Lock, Membership
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, open_at_gates, requires, signed_in
from kontor.kernel.wording import language
from kontor.office.identity.actions import locks, sessions as ending
from kontor.office.identity.actions.locks import Ground, LockRefusedError
from kontor.office.identity.forms.locks import LiftForm, LockForm
from kontor.office.identity.models import AccessReport
from kontor.office.identity.queries.house_locks import EMERGENCY
from kontor.office.identity.queries.locks import lock_of, reason_words
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.queries.sessions import sessions_in

OURS = frozenset({Lock.By.TENANT, Lock.By.PERSON, Lock.By.RULE})


def access_of(request: TenantRequest, member: Membership) -> dict[str, Any]:
    """Return what the person's page shows of an access: sessions, lock and the report that waits for one."""
    if not request.standing.may("identity.lock"):
        return {"may_lock": False}
    lock = lock_of(member)
    return {
        "may_lock": True,
        "sessions": sessions_in(request.tenant.pk, member.user_id, at=request.at),
        "lock": lock,
        "lock_words": reason_words(lock.reason) if lock else None,
        "lock_is_ours": _ours_to_lift(member) is not None,
        "lock_ahead": lock is not None and lock.effective_at > request.at,
        "reported": AccessReport.objects.filter(membership=member, locked_at=None).order_by("-at").first(),
    }


@requires("identity.lock")
@require_http_methods(["GET", "POST"])
def lock(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Lock a member's access at once, with the reason; a report that waits is answered by one click."""
    member = _member(membership_id)
    waiting = AccessReport.objects.filter(membership=member, locked_at=None).exists()
    initial = {"reason": "suspected"} if waiting else {}
    form = LockForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        ground = Ground(by=Lock.By.TENANT, **form.cleaned_data)
        try:
            locks.lock(member, ground, at=request.at, actor=request.actor)
        except LockRefusedError as refused:
            form.add_error(None, refused.why.spoken(language()))
        else:
            messages.success(request, _("The access of %(name)s is locked.") % {"name": member.user})
            return redirect("identity:person", member.pk)
    context = {"form": form, "member": member, "crumbs": _crumbs(member)}
    return render(request, "identity/lock.html", context, status=422 if form.errors else 200)


@requires("identity.lock")
@require_http_methods(["GET", "POST"])
def lift(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Open a member's access again, with the reason."""
    member = _member(membership_id)
    found = _ours_to_lift(member)
    if found is None:
        raise Http404
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        locks.lift(found.pk, because=form.cleaned_data["because"], by=OURS, at=request.at, actor=request.actor)
        messages.success(request, _("The access of %(name)s is open again.") % {"name": member.user})
        return redirect("identity:person", member.pk)
    context = {"form": form, "member": member, "lock": found, "crumbs": _crumbs(member),
               "lock_words": reason_words(found.reason)}  # fmt: skip
    return render(request, "identity/lift.html", context, status=422 if form.errors else 200)


@requires("identity.lock")
@require_POST
def end_sessions(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """End a member's sessions that work here, all or the one that is named; those elsewhere are none of ours."""
    member = _member(membership_id)
    ended = ending.end_of_member(member, key=request.POST.get("key", ""), at=request.at, actor=request.actor)
    if not request.session.exists(request.session.session_key or ""):
        request.session.flush()  # it was one's own, this one too: nothing is kept in what is over
    said = ngettext("%(count)s device is signed out.", "%(count)s devices are signed out.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("identity:person", member.pk)


@signed_in
@open_at_gates
@require_GET
def locked(request: HttpRequest) -> HttpResponseBase:
    """Say why the access is locked, and which way leads back; whoever is not locked out is led on."""
    standing = getattr(request, "standing", None)
    if standing is None or standing.entry.lock is None:
        return redirect("kernel:home")
    found = Lock.objects.get(pk=standing.entry.lock)
    context = {
        "lock": found,
        "words": reason_words(found.reason),
        "why": reasons_by_id([found.ruling]).get(found.ruling) if found.ruling else None,
        "policy": policy_here(),
        "tenant": standing.tenant,
    }
    return render(request, "identity/locked.html", context, status=403)


def _ours_to_lift(member: Membership) -> Lock | None:
    """Return the lock that the tenant may lift: its own, and what the house locked as help in an emergency."""
    helped = lock_of(member, house=True)
    return helped if helped is not None and helped.reason == EMERGENCY else lock_of(member, house=False)


def _crumbs(member: Membership) -> list[tuple[str, str]]:
    person = reverse("identity:person", args=[member.pk])
    return [(_("People"), reverse("identity:people")), (str(member.user), person)]


def _member(membership_id: uuid.UUID) -> Membership:
    found = Membership.objects.select_related("user").filter(pk=membership_id).first()
    if found is None:
        raise Http404
    return found

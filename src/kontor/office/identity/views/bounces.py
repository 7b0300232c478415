"""Saying that mail reaches a member after all."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from kontor.kernel.models import Membership
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.actions.bounces import note_address_works


@requires("identity.change")
@require_POST
def address_works(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponseBase:
    """Take the flag off a member's address."""
    member = get_object_or_404(Membership.objects.select_related("user"), pk=membership_id)
    note_address_works(member, at=request.at, actor=request.actor)
    return redirect("identity:person", member.pk)

"""The review of everybody's rights: when it is due, looking through them, and what was signed."""

import uuid
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.rights import LastAdministratorError
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.actions import reviews as actions
from kontor.office.identity.actions.limits import BeyondOwnRightsError
from kontor.office.identity.forms.reviews import IntervalForm, ReviewForm
from kontor.office.identity.models import RightsReview
from kontor.office.identity.queries.grants import grants
from kontor.office.identity.queries.reviews import review_due, stands
from kontor.office.identity.queries.security import policy_here
from kontor.office.identity.views.frames import me, security_tabs
from kontor.office.identity.views.people import held, sentence
from kontor.office.identity.views.people_list import KINDS, state


@requires("identity.security")
@require_GET
def reviews(request: TenantRequest) -> HttpResponseBase:
    """Say when the next review is due, and list those that were signed."""
    listing = Listing(
        request,
        RightsReview.objects.all(),
        name="reviews",
        columns=(
            Column("at", _("Signed on"), kind="moment", url=_url, sort="at", slot="title"),
            Column("name", _("By"), sort="name", slot="meta"),
            Column("due_on", _("Was due"), kind="day", sort="due_on", late=True),
            Column("kept", _("Kept"), kind="number", sort="kept", slot="money"),
            Column("ended", _("Taken back"), kind="number", sort="ended"),
        ),
        order="-at",
    )
    if listing.wants_file:
        return listing.file()
    context = {
        "listing": listing,
        "due": review_due(at=request.at),
        "form": IntervalForm(initial={"months": policy_here().review_months}),
        "tabs": security_tabs(request, "reviews"),
        "may_change": request.standing.may("identity.change"),
    }
    return render(request, "identity/reviews.html", context)


@requires("identity.security")
@require_POST
def interval(request: TenantRequest) -> HttpResponseBase:
    """Set how often rights are reviewed."""
    form = IntervalForm(request.POST)
    if form.is_valid():
        actions.change_interval(form.cleaned_data["months"], at=request.at, actor=request.actor)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Name a number of months, 24 at most, or leave it empty."))
    return redirect("identity:reviews")


@requires("identity.change", fresh=True)
@require_http_methods(["GET", "POST"])
def look_through(request: TenantRequest) -> HttpResponseBase:
    """Show every grant there is, and sign what stays and what goes."""
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (signed := _signed(request, form)):
        said = _("Signed. Kept: %(kept)s, taken back: %(ended)s.") % {"kept": signed.kept, "ended": signed.ended}
        messages.success(request, said)
        return redirect("identity:review", signed.pk)
    people = [
        (member, state(member, request.at), KINDS[member.kind], list(rows))
        for member, rows in groupby(grants(at=request.at), key=lambda grant: grant.membership)
    ]
    context = {
        "people": people,
        "form": form,
        "shown": stands(at=request.at),
        "crumbs": [(_("Review of rights"), reverse("identity:reviews"))],
    }
    return render(request, "identity/review_form.html", context, status=409 if request.method == "POST" else 200)


@requires("identity.security")
@require_GET
def review(request: TenantRequest, review_id: uuid.UUID) -> HttpResponseBase:
    """Show what was signed, exactly as it was."""
    found = get_object_or_404(RightsReview, pk=review_id)
    listing = Listing(
        request,
        [Row(each) for each in found.grants],
        name=f"review-{found.at:%Y-%m-%d}",
        columns=(
            Column("person", _("Name"), slot="title", sort="person"),
            Column("email", _("E-mail"), late=True),
            Column("counts", _("Counts as"), value=lambda row: KINDS[row.kind], slot="more", late=True),
            Column("role", _("Role"), sort="role", slot="meta"),
            Column("site", _("Where"), value=lambda row: row.site or _("everywhere")),
            Column("result", _("Result"), value=lambda row: _("stays") if row.kept else _("taken back"), slot="state"),
        ),
        search=("person", "email", "role"),
    )
    if listing.wants_file:
        return listing.file()
    context = {
        "review": found,
        "listing": listing,
        "sha256": bytes(found.sha256).hex(),
        "crumbs": [(_("Review of rights"), reverse("identity:reviews"))],
    }
    return render(request, "identity/review.html", context)


class Row:
    """A grant of a signed review, for a list."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.__dict__.update(told)


def _signed(request: TenantRequest, form: ReviewForm) -> RightsReview | None:
    """Keep the review; None where it cannot be, and the page says why."""
    ids = {str(pk) for pk in grants(at=request.at).values_list("pk", flat=True)}
    keep = {uuid.UUID(word) for word in request.POST.getlist("keep") if word in ids}
    try:
        return actions.sign_review(
            keep=keep, user=me(request), held=held(request), at=request.at, actor=request.actor, **form.cleaned_data
        )
    except actions.RightsChangedError:
        messages.error(request, _("Somebody's rights changed meanwhile. Look through the list as it is now."))
    except (BeyondOwnRightsError, LastAdministratorError) as refused:
        messages.error(request, sentence(refused))
    return None


def _url(row: RightsReview) -> str:
    return reverse("identity:review", args=[row.pk])

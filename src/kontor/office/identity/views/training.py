"""Who of the house was trained in data protection: without it nobody of the house looks at a customer's data."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.models import Membership
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.support import LOOK
from kontor.kernel.wording import spoken
from kontor.office.identity import queries
from kontor.office.identity.actions.training import note_training
from kontor.office.identity.forms.training import TrainingForm
from kontor.office.identity.queries.training import with_training
from kontor.rulebook.refusal import RefusalError


@requires(LOOK, fresh=True)
@require_http_methods(["GET", "POST"])
def trainings(request: TenantRequest) -> HttpResponseBase:
    """Show who is trained until when, and keep that somebody was; needs the right to change people to keep."""
    here = Membership.objects.select_related("user").filter(queries.here(request.at))
    members = list(with_training(here).order_by("user__name", "pk"))
    may_change = request.standing.may("identity.change")
    today = timezone.localdate(request.at)
    form = TrainingForm(request.POST or None, members=members, initial={"held_on": today})
    if request.method == "POST" and may_change and form.is_valid():
        chosen = next(one for one in members if str(one.pk) == form.cleaned_data["person"])
        try:
            note_training(chosen.user, form.told, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            messages.success(request, _("Noted."))
            return redirect("identity:trainings")
    context = {
        "form": form, "members": members, "may_change": may_change, "today": today,
        "crumbs": [(_("Support access"), reverse("identity:support-house"))],
    }  # fmt: skip
    return render(request, "identity/trainings.html", context, status=422 if form.errors else 200)

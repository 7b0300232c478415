"""What is done to several requests of the queue at once, and the views that people keep of it."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.actions import handling
from kontor.office.desk.queries.queue import asked_of
from kontor.office.desk.queries.staff import colleagues
from kontor.office.desk.views.queue import SEE, WORK
from kontor.rulebook.refusal import RefusalError


@requires(WORK)
@require_POST
def do(request: TenantRequest) -> HttpResponseBase:
    """Assign or tag the requests that were chosen."""
    people = {str(each.id): each for each in colleagues(at=request.at)}
    try:
        chosen = [uuid.UUID(each) for each in request.POST.getlist("ticket")]
        if request.POST.get("do") == "tag":
            words = request.POST.get("words", "").split(",")
            count = handling.tag_many(chosen, words, at=request.at, actor=request.actor)
        else:
            person = people.get(request.POST.get("to", ""))
            told = {"name": person.name if person else "", "at": request.at, "actor": request.actor}
            count = handling.assign_many(chosen, person.id if person else None, **told)  # type: ignore[arg-type]
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    except (ValueError, ObjectDoesNotExist) as missing:
        raise Http404 from missing
    else:
        text = ngettext("Done for %(count)s request.", "Done for %(count)s requests.", count)
        messages.info(request, text % {"count": count})
    return redirect(_back(request))


@requires(SEE)
@require_POST
def keep(request: TenantRequest) -> HttpResponseBase:
    """Keep the view that is open."""
    asked = asked_of(request.POST)
    try:
        handling.keep_view(
            request.user.pk, str(request.user), title=request.POST.get("title", ""), query=urlencode(asked),
            shared=bool(request.POST.get("shared")), at=request.at, actor=request.actor,
        )  # fmt: skip
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect(_back(request))


@requires(SEE)
@require_POST
def drop(request: TenantRequest, view_id: uuid.UUID) -> HttpResponseBase:
    """Drop a view of one's own."""
    try:
        handling.drop_view(view_id, request.user.pk, at=request.at, actor=request.actor)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    messages.info(request, _("The view is gone; the requests stay."))
    return redirect("desk:queue")


def _back(request: TenantRequest) -> str:
    """Return to what was looked at; only its known words are taken over."""
    asked = asked_of(request.POST)
    return f"{reverse('desk:queue')}?{urlencode(asked)}" if asked else reverse("desk:queue")

"""The desk's queue: what breaks next, on top; taking a call down; ready-made answers."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Tab
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import number, spoken
from kontor.office.contracts import public as contracts
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.forms.asking import NoteDownForm
from kontor.office.desk.forms.work import kept_files
from kontor.office.desk.models import Ticket
from kontor.office.desk.queries.queue import (
    ALL,
    CLOSED,
    COLUMNS,
    FREE,
    MINE,
    SHOWN,
    VIEWS,
    WAITING,
    asked_of,
    counted,
    first_rows,
    queue_of,
    views_of,
)
from kontor.office.desk.queries.staff import colleagues
from kontor.office.desk.views.queue_rows import SOON, sections
from kontor.office.parties import public as parties
from kontor.rulebook.refusal import RefusalError

SEE, WORK = "desk.see", "desk.work"


@requires(SEE)
@require_GET
def queue(request: TenantRequest) -> HttpResponseBase:
    """Show the open requests, what breaks next first."""
    asked = asked_of(request.GET)
    view, words = asked.get("view", ALL), asked.get("q", "")
    view = view if view in VIEWS else ALL
    people = colleagues(at=request.at)
    person = next((each.id for each in people if str(each.id) == asked.get("person")), None)
    channel = asked.get("channel", "")
    numbers = counted(user=request.user.pk, at=request.at, soon=request.at + SOON)
    rows = queue_of(view, words, user=request.user.pk, person=person, channel=channel)
    pages = Paginator(rows.values_list(*COLUMNS, named=True), SHOWN)
    if view in numbers.views and not (words or person or channel):
        pages.count = numbers.views[view]  # counted already
    page = pages.get_page(request.GET.get("page"))
    if page.number == 1 and view == ALL and not (words or person or channel):
        page.object_list = first_rows(request.at)
    may_work = request.standing.may(WORK)
    context = {
        "sections": list(sections(list(page.object_list), request.at, closed=view == CLOSED, pick=may_work)),
        "page": page,
        "views": [_tab(key, view, numbers.views.get(key), asked) for key in VIEWS],
        "view": view,
        "words": words,
        "asked": asked,
        "query": urlencode({name: value for name, value in asked.items() if name != "page"}),
        "people": people,
        "saved": views_of(request.user.pk),
        "meta": _meta(numbers.views[ALL], numbers.overdue, numbers.soon),
        "may_work": may_work,
    }
    return render(request, "desk/queue.html", context)


@requires(WORK)
@require_http_methods(["GET", "POST"])
def note_down(request: TenantRequest) -> HttpResponseBase:
    """Take down a call, or anything that came in neither by page nor by mail."""
    under = contracts.served_all(at=request.at)
    start = {
        "reported": localtime(request.at).replace(second=0, microsecond=0),
        "contract": request.GET.get("contract"),
    }
    known = [] if under else parties.listed()
    form = NoteDownForm(request.POST or None, request.FILES or None, contracts=under, parties=known, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        asked = Asked(
            subject=given["subject"], text=form.words(), name=given["name"], email=given["email"],
            channel=Ticket.Channel.PHONE, reported=min(given["reported"], request.at),
            files=kept_files(form), **form.whose(),
        )  # fmt: skip
        try:
            made = open_ticket(asked, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            return redirect("desk:ticket", made.pk)
    context = {"form": form, "title": _("Take down a request"), "back": reverse("desk:queue")}
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


def _tab(key: str, view: str, count: int | None, asked: dict[str, str]) -> Tab:
    labels = {
        ALL: _("All"), MINE: _("Mine"), FREE: _("Free"), WAITING: _("Waits for customer"), CLOSED: _("Closed"),
    }  # fmt: skip
    address = f"{reverse('desk:queue')}?{urlencode(asked | {'view': key})}"
    return Tab(labels[key], address, active=key == view, count=count)


def _meta(opened: int, overdue: int, soon: int) -> list[str]:
    found = [ngettext("%(count)s open request", "%(count)s open requests", opened) % {"count": number(opened)}]
    if overdue:
        found.append(_("%(count)s broken") % {"count": number(overdue)})
    if soon:
        text = ngettext(
            "%(count)s runs out in the next two and a half hours", "%(count)s run out in the next two and a half hours",
            soon,
        )  # fmt: skip
        found.append(text % {"count": number(soon)})
    return found

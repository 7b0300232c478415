"""The desk's queue: what breaks next, on top; taking a call down; ready-made answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, localtime
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
    FREE,
    MINE,
    SHOWN,
    VIEWS,
    WAITING,
    asked_of,
    counted,
    queue_of,
    views_of,
)
from kontor.office.desk.queries.spoken import class_words, promise_words
from kontor.office.desk.queries.staff import colleagues
from kontor.rulebook.refusal import RefusalError

SEE, WORK = "desk.see", "desk.work"
SOON: Final = timedelta(hours=2, minutes=30)
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One request of the queue. burnt: how much of its time is used up, per mille in steps of five."""

    it: Ticket
    url: str
    why: str
    burnt: int
    tone: str


@dataclass(frozen=True, slots=True)
class Section:
    """Requests that break in the same span of time."""

    key: str
    title: str
    rows: Sequence[Row]


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
    pages = Paginator(queue_of(view, words, user=request.user.pk, person=person, channel=channel), SHOWN)
    if view in numbers.views and not (words or person or channel):
        pages.count = numbers.views[view]  # counted already
    page = pages.get_page(request.GET.get("page"))
    context = {
        "sections": list(_sections(list(page.object_list), request.at, closed=view == CLOSED)),
        "page": page,
        "views": [_tab(key, view, numbers.views.get(key), asked) for key in VIEWS],
        "view": view,
        "words": words,
        "asked": asked,
        "query": urlencode({name: value for name, value in asked.items() if name != "page"}),
        "people": people,
        "saved": views_of(request.user.pk),
        "meta": _meta(numbers.views[ALL], numbers.overdue, numbers.soon),
        "may_work": request.standing.may(WORK),
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
    form = NoteDownForm(request.POST or None, request.FILES or None, contracts=under, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        asked = Asked(
            subject=given["subject"], text=given["text"], name=given["name"], email=given["email"],
            channel=Ticket.Channel.PHONE, reported=min(given["reported"], request.at),
            contract=form.contracts[given["contract"]].id, answers=form.answers(), files=kept_files(form),
            help_consulted=given["help_consulted"],
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


def _sections(rows: Sequence[Ticket], now: datetime, *, closed: bool) -> Iterator[Section]:
    """Yield the rows of a page, those of one span of time together, in the order they come in."""
    titles = {
        "over": _("Promise broken"),
        "soon": _("Within two and a half hours"),
        "today": _("Today"),
        "tomorrow": _("Tomorrow"),
        "later": _("Later"),
        "still": _("No clock runs"),
        "closed": _("Closed"),
    }  # fmt: skip
    grouped: dict[str, list[Row]] = {}
    today = localdate(now)
    for ticket in rows:
        key = "closed" if closed else _span(ticket, now, today)
        grouped.setdefault(key, []).append(_row(ticket, now, key))
    for key, found in grouped.items():
        yield Section(key, titles[key], found)


def _span(ticket: Ticket, now: datetime, today: date) -> str:
    if ticket.next_due is None:
        return "still"
    if ticket.next_due < now:
        return "over"
    if ticket.next_due < now + SOON:
        return "soon"
    on = localdate(ticket.next_due)
    if on <= today:
        return "today"
    return "tomorrow" if on == today + _ONE_DAY else "later"


def _row(ticket: Ticket, now: datetime, key: str) -> Row:
    named = [promise_words(ticket.next_promise)] if ticket.next_promise else []
    if ticket.class_key:
        named.append(class_words(ticket.pack, ticket.version, ticket.class_key))
    tone = {"over": "over", "soon": "soon"}.get(key, "")
    return Row(
        ticket, reverse("desk:ticket", args=(ticket.pk,)), ", ".join(spoken(each) for each in named),
        _burnt(ticket, now), tone,
    )  # fmt: skip


def _burnt(ticket: Ticket, now: datetime) -> int:
    if ticket.next_due is None or ticket.counted_from is None or ticket.next_due <= ticket.counted_from:
        return 0
    share = (now - ticket.counted_from) / (ticket.next_due - ticket.counted_from)
    return min(1000, max(0, round(share * 200) * 5))

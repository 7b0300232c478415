"""The forum of the customer centre, as our own people answer in it and keep it in order."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.actions.forum import Writer, begin_topic, close_topic, mark_answered, remove, write_post
from kontor.office.desk.forms.centre_door import PostForm, RemoveForm, TopicForm
from kontor.office.desk.models import ForumPost, ForumTopic
from kontor.office.desk.queries.forum import talk_of
from kontor.office.desk.views.queue import SEE, WORK
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_OPEN, _ANSWERED = Text("ohne Antwort", "without an answer"), Text("beantwortet", "answered")
_OURS = Text("von uns begonnen", "begun by us")
_CLOSED, _REMOVED = Text("geschlossen", "closed"), Text("entfernt", "removed")
_STATES = (("open", _OPEN), ("answered", _ANSWERED), ("closed", _CLOSED), ("removed", _REMOVED))


@requires(SEE)
@require_GET
def forum(request: TenantRequest) -> HttpResponseBase:
    """List the topics, with those that nobody answered yet told apart."""
    rows = Listing(
        request,
        ForumTopic.objects.order_by("-last_at"),
        name="forum",
        columns=(
            Column("title", gettext_lazy("Topic"), url=addresses("desk:topic"), slot="title"),
            Column("author", gettext_lazy("From"), slot="meta"),
            Column("state", gettext_lazy("State"), kind="badge", value=state_of_topic, slot="state"),
            Column("replies", gettext_lazy("Replies"), kind="number", sort="replies"),
            Column("last_at", gettext_lazy("Written last"), kind="moment", sort="last_at", slot="more"),
        ),
        search=("title", "text", "author"),
        choices=(Choice("state", gettext_lazy("State"), _STATES, apply=_by_state),),
        order="-last_at",
    )
    if rows.wants_file:
        return rows.file()
    return render(request, "desk/forum.html", {"rows": rows, "may_work": request.standing.may(WORK)})


@requires(WORK)
@require_http_methods(["GET", "POST"])
def begin(request: TenantRequest) -> HttpResponseBase:
    """Begin a topic as one of the tenant's own people."""
    form = TopicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = begin_topic(**form.cleaned_data, writer=_writer(request), at=request.at)
        return redirect("desk:topic", made.pk)
    context = {"form": form, "title": _("Begin a topic"), "back": reverse("desk:forum"), "crumbs": _crumbs()}
    return render(request, "desk/form.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def topic(request: TenantRequest, topic_id: uuid.UUID) -> HttpResponseBase:
    """Show a topic with all that was said, what was removed too."""
    return _page(request, get_object_or_404(ForumTopic, pk=topic_id), PostForm())


@requires(WORK)
@require_POST
def answer(request: TenantRequest, topic_id: uuid.UUID) -> HttpResponseBase:
    """Answer in a topic as one of the tenant's own people."""
    row, form = get_object_or_404(ForumTopic, pk=topic_id), PostForm(request.POST)
    if form.is_valid():
        try:
            write_post(row.pk, form.cleaned_data["text"], writer=_writer(request), at=request.at)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("desk:topic", row.pk)
    return _page(request, row, form)


@requires(WORK)
@require_POST
def step(request: TenantRequest, topic_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Say that a topic is answered or not, close it or open it again."""
    row = get_object_or_404(ForumTopic, pk=topic_id)
    if word in {"answered", "unanswered"}:
        mark_answered(row.pk, answered=word == "answered", at=request.at, actor=request.actor)
    elif word in {"close", "open"}:
        close_topic(row.pk, closed=word == "close", at=request.at, actor=request.actor)
    else:
        raise Http404
    return redirect("desk:topic", row.pk)


@requires(WORK)
@require_POST
def take_off(request: TenantRequest, topic_id: uuid.UUID, post_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Take a topic or one post of it off the forum, with a reason."""
    row = get_object_or_404(ForumTopic, pk=topic_id)
    of = get_object_or_404(ForumPost, topic=row, pk=post_id) if post_id else row
    form = RemoveForm(request.POST)
    if form.is_valid():
        remove(of, because=form.cleaned_data["because"], at=request.at, actor=request.actor)
    else:
        messages.error(request, _("Say why it is removed."))
    return redirect("desk:topic", row.pk)


def state_of_topic(row: ForumTopic) -> Badge:
    """Return where a topic stands."""
    if row.removed_at is not None:
        return Badge(_REMOVED)
    if row.closed_at is not None:
        return Badge(_CLOSED)
    if row.answered:
        return Badge(_ANSWERED, "good")
    return Badge(_OURS, "info", icon="speakerphone") if row.ours else Badge(_OPEN, "warn")


def _page(request: TenantRequest, row: ForumTopic, form: PostForm) -> HttpResponseBase:
    context = {
        "topic": row, "talk": talk_of(row), "form": form, "state": state_of_topic(row),
        "may_work": request.standing.may(WORK), "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "desk/topic.html", context, status=422 if form.errors else 200)


def _by_state(rows: Any, state: str) -> Any:
    shown = rows.filter(removed_at=None, closed_at=None)
    kinds = {
        "open": shown.filter(answered=False, ours=False), "answered": shown.filter(answered=True),
        "closed": rows.filter(removed_at=None).exclude(closed_at=None), "removed": rows.exclude(removed_at=None),
    }  # fmt: skip
    return kinds[state]


def _writer(request: TenantRequest) -> Writer:
    return Writer(name=str(request.user), email=request.user.email, actor=request.actor)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Forum"), reverse("desk:forum"))]

"""The forum of a customer centre, as its customers read and write it."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.wording import spoken
from kontor.office.desk.actions.centre_door import actor_of
from kontor.office.desk.actions.forum import Writer, begin_topic, follow, has_looked, mark_answered, write_post
from kontor.office.desk.forms.centre_door import PostForm, TopicForm
from kontor.office.desk.models import CentrePerson
from kontor.office.desk.queries.forum import follows, talk_of, topics
from kontor.office.desk.views.centre_frame import CentreRequest, signed_in_here
from kontor.rulebook.refusal import RefusalError

_ON_A_PAGE = 30


@signed_in_here
@require_GET
def forum(request: CentreRequest) -> HttpResponseBase:
    """List the topics, the one written in last first, or those in which some words stand."""
    words = request.GET.get("q", "").strip()
    rows = Paginator(topics(words), _ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"here": request.here, "rows": rows, "words": words, "opened": "forum"}
    return render(request, "desk/centre_forum.html", context)


@signed_in_here
@require_http_methods(["GET", "POST"])
def begin(request: CentreRequest) -> HttpResponseBase:
    """Begin a topic."""
    form = TopicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = begin_topic(**form.cleaned_data, writer=_writer(request), at=request.at)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("centre:topic", request.here.slug, made.pk)
    context = {"here": request.here, "form": form, "opened": "forum"}
    return render(request, "desk/centre_topic_new.html", context, status=422 if form.errors else 200)


@signed_in_here
@require_http_methods(["GET", "POST"])
def topic(request: CentreRequest, topic_id: uuid.UUID) -> HttpResponseBase:
    """Show a topic with what was said; take what is added."""
    row, person = get_object_or_404(topics(), pk=topic_id), _person(request)
    form = PostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            write_post(row.pk, form.cleaned_data["text"], writer=_writer(request), at=request.at)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("centre:topic", request.here.slug, row.pk)
    has_looked(row, person)
    context = {
        "here": request.here, "topic": row, "talk": talk_of(row), "form": form, "opened": "forum",
        "follows": follows(row, person), "mine": row.email == person.email,
    }  # fmt: skip
    return render(request, "desk/centre_topic.html", context, status=422 if form.errors else 200)


@signed_in_here
@require_POST
def step(request: CentreRequest, topic_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Follow a topic or stop it; say of one's own that it is answered."""
    row, person = get_object_or_404(topics(), pk=topic_id), _person(request)
    if word in {"follow", "leave"}:
        follow(row, person, wanted=word == "follow", at=request.at)
    else:
        own = get_object_or_404(topics().filter(email=person.email), pk=row.pk)
        mark_answered(own.pk, answered=word == "answered", at=request.at, actor=actor_of(person))
    return redirect("centre:topic", request.here.slug, row.pk)


def _writer(request: CentreRequest) -> Writer:
    person = _person(request)
    name = person.name or _before_at(person.email)
    return Writer(name=name, email=person.email, actor=actor_of(person), person=person)


def _before_at(email: str) -> str:
    """Return what of an address others may see of somebody without a name."""
    return email.partition("@")[0]


def _person(request: CentreRequest) -> CentrePerson:
    assert request.here.person is not None, "signed_in_here saw to it"
    return request.here.person

"""The pages of a customer centre: reading, asking, following one's requests, one's profile."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actor import Actor
from kontor.kernel.client import client_address
from kontor.kernel.wording import language, spoken
from kontor.office.desk.actions.answering import hear_customer
from kontor.office.desk.actions.articles import hear_reader
from kontor.office.desk.actions.centre_door import actor_of, change_profile, request_behind
from kontor.office.desk.actions.centre_password import has_password
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.forms.asking import SayForm
from kontor.office.desk.forms.centre import CentreAskForm, FeedbackForm, ProfileForm
from kontor.office.desk.forms.work import kept_files
from kontor.office.desk.models import CentrePerson, Ticket, TicketFile
from kontor.office.desk.queries.articles import articles_for, by_category, found_articles, reader_of, suggested
from kontor.office.desk.queries.centre import requests_of
from kontor.office.desk.queries.page import ticket_context
from kontor.office.desk.queries.spoken import state_of
from kontor.office.desk.views.centre_frame import CentreRequest, in_centre, signed_in_here
from kontor.office.desk.views.files import handed_out
from kontor.rulebook.refusal import RefusalError

_SHOWN = 30
_FROM_ONE_ADDRESS = 3  # a household or an office may share it


@in_centre
@require_GET
def home(request: CentreRequest) -> HttpResponseBase:
    """Show what can be read, by category, and find what fits some words."""
    words = request.GET.get("q", "").strip()
    here = request.here
    context = {
        "here": here, "words": words, "opened": "home",
        "found": found_articles(words, here.audiences, limit=_SHOWN),
        "categories": [] if words else by_category(articles_for(here.audiences)),
    }  # fmt: skip
    return render(request, "desk/centre_home.html", context)


@in_centre
@require_http_methods(["GET", "POST"])
def article(request: CentreRequest, article_id: uuid.UUID) -> HttpResponseBase:
    """Show an article; hear whether it helped."""
    here = request.here
    row = get_object_or_404(articles_for(here.audiences), pk=article_id)
    form = FeedbackForm(request.POST or None)
    thanked = request.method == "POST" and form.is_valid()
    if thanked:
        reader, at_most = _reader(request)
        hear_reader(row, **form.cleaned_data, reader=reader, at_most=at_most, at=request.at)
    context = {"here": here, "article": row, "form": form, "thanked": thanked, "opened": "home"}
    return render(request, "desk/centre_article.html", context)


@signed_in_here
@require_GET
def requests(request: CentreRequest) -> HttpResponseBase:
    """List one's own requests; the company's too by right."""
    person = _person(request)
    rows = [(row, state_of(row)) for row in requests_of(person).order_by("closed_at", "-reported_at")[:100]]
    return render(request, "desk/centre_requests.html", {"here": request.here, "rows": rows, "opened": "requests"})


@signed_in_here
@require_http_methods(["GET", "POST"])
def ask(request: CentreRequest) -> HttpResponseBase:
    """Ask something; what may answer it already is shown beside it."""
    person = _person(request)
    form = CentreAskForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = _asked(request, form.cleaned_data["subject"], form, person=person)
        try:
            made = open_ticket(told, at=request.at, actor=actor_of(person))
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            return redirect("centre:request", request.here.slug, made.pk)
    context = {"here": request.here, "form": form, "opened": "ask"}
    return render(request, "desk/centre_ask.html", context, status=422 if form.errors else 200)


@in_centre
@require_GET
def suggest(request: CentreRequest) -> HttpResponseBase:
    """Give the articles that may answer what somebody is about to ask."""
    found = suggested(request.GET.get("subject") or request.GET.get("title", ""), request.here.audiences, limit=4)
    return render(request, "desk/centre_suggested.html", {"here": request.here, "found": found})


@signed_in_here
@require_http_methods(["GET", "POST"])
def detail(request: CentreRequest, ticket_id: uuid.UUID) -> HttpResponseBase:
    """Show one request with what is promised and why; take what is added."""
    person = _person(request)
    ticket = get_object_or_404(requests_of(person), pk=ticket_id)
    return _talk(request, ticket, shared="")


@in_centre
@require_http_methods(["GET", "POST"])
def shared(request: CentreRequest, secret: str) -> HttpResponseBase:
    """Show the one request that a link from our mail opens, and take what is added."""
    try:
        ticket = request_behind(secret, at=request.at)
    except CredentialRefusedError as refused:
        raise Http404 from refused
    return _talk(request, ticket, shared=secret)


@signed_in_here
@require_GET
def file(request: CentreRequest, file_id: uuid.UUID) -> HttpResponseBase:
    """Give a file of a request that one may see."""
    found = get_object_or_404(TicketFile.objects.select_related("blob", "message"), pk=file_id)
    get_object_or_404(requests_of(_person(request)), pk=found.message.ticket_id)
    return handed_out(found)


@signed_in_here
@require_http_methods(["GET", "POST"])
def profile(request: CentreRequest) -> HttpResponseBase:
    """Show and change what the tenant knows of oneself."""
    person = _person(request)
    start = {"name": person.name, "phone": person.phone, "language": person.language}
    form = ProfileForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        change_profile(person, **form.cleaned_data, at=request.at)
        messages.info(request, _("Kept."))
        return redirect("centre:profile", request.here.slug)
    context = {"here": request.here, "form": form, "opened": "profile", "has_password": has_password(person)}
    return render(request, "desk/centre_profile.html", context, status=422 if form.errors else 200)


def _reader(request: CentreRequest) -> tuple[str, int]:
    """Return who rates, as a digest, and how often they may: a person once, an address a few times a day."""
    if request.here.person is not None:
        return reader_of(str(request.here.person.pk)), 1
    return reader_of(client_address(request), localdate(request.at)), _FROM_ONE_ADDRESS


def _talk(request: CentreRequest, ticket: Ticket, *, shared: str) -> HttpResponseBase:
    form = SayForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        person = None if shared else _person(request)
        told = _asked(request, ticket.subject, form, ticket=ticket, person=person)
        actor = actor_of(person) if person else Actor.outside(ticket.pk, ticket.requester_name)
        try:
            heard = hear_customer(ticket, told, at=request.at, actor=actor)
        except (RefusalError, QuotaExceededError) as refused:
            form.add_error(None, spoken(refused.text) if isinstance(refused, RefusalError) else str(refused))
        else:
            if shared:
                return redirect("centre:shared", request.here.slug, shared)
            return redirect("centre:request", request.here.slug, heard.pk)
    context: dict[str, Any] = ticket_context(ticket, at=request.at) | {
        "here": request.here, "form": form, "shared": shared, "opened": "requests",
    }  # fmt: skip
    context["talk"] = [each for each in context["talk"] if not each.note]
    return render(request, "desk/centre_request.html", context, status=422 if form.errors else 200)


def _asked(
    request: CentreRequest, subject: str, form: Any, *, person: CentrePerson | None, ticket: Ticket | None = None
) -> Asked:
    """Return what somebody asks or adds; whoever came by a request's link speaks as the one who asked."""
    whose = ticket.party_id if ticket else person.party_id if person else None
    name, email = (str(person), person.email) if person else ("", "")
    if ticket is not None and person is None:
        name, email = ticket.requester_name, ticket.requester_email
    return Asked(
        subject=subject, text=form.cleaned_data["text"], name=name, email=email, channel=Ticket.Channel.PAGE,
        reported=request.at, party=whose,
        contract=ticket.contract_id if ticket else person.contract_id if person else None, language=language(),
        files=kept_files(form),
    )  # fmt: skip


def _person(request: CentreRequest) -> CentrePerson:
    assert request.here.person is not None, "signed_in_here saw to it"
    return request.here.person

"""Self check-in: what a terminal shows, step by step, to whoever stands before it."""

import uuid
from typing import Any, Final

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel import registry
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.models import Site
from kontor.kernel.security_headers import may_decode
from kontor.kernel.wording import language, spoken
from kontor.office.identity import public as identity
from kontor.office.questionnaires.public import Given, answer_form
from kontor.office.terminals.public import TerminalRequest, on_terminal
from kontor.products.visitors.actions import arriving, kiosk, registering
from kontor.products.visitors.forms.inviting import title_of
from kontor.products.visitors.forms.kiosk import CodeForm, PinForm, WalkInForm
from kontor.products.visitors.models import Visit, VisitType
from kontor.products.visitors.queries.asking import due
from kontor.rulebook.refusal import RefusalError

BEAT_SECONDS: Final = 30
DONE_SECONDS: Final = 12


@on_terminal
@require_GET
def start(request: TerminalRequest) -> HttpResponseBase:
    """Ask what somebody wants: scan, type, come unannounced, leave."""
    kinds = VisitType.objects.filter(archived_at=None, walk_in=True).order_by("place", "title_de")
    return _shown(request, "start", {"kinds": [(row, title_of(row)) for row in kinds]})


@on_terminal
@require_http_methods(["GET", "POST"])
def scan(request: TerminalRequest) -> HttpResponseBase:
    """Take a code from the camera or a reader."""

    def known(site: Site, form: CodeForm) -> tuple[Visit, int | None]:
        return arriving.by_code(form.cleaned_data["code"], site=site, at=request.at)

    return _recognised(request, "scan", CodeForm(_post(request)), known)


@on_terminal
@require_http_methods(["GET", "POST"])
def pin(request: TerminalRequest) -> HttpResponseBase:
    """Take a PIN."""

    def known(site: Site, form: PinForm) -> tuple[Visit, int | None] | None:
        visit = arriving.by_pin(form.cleaned_data["pin"], site=site, terminal=request.here.id, at=request.at)
        if visit is not None:
            arriving.refuse_entry(visit, site=site, at=request.at)
        return (visit, None) if visit else None

    return _recognised(request, "pin", PinForm(_post(request)), known)


@on_terminal
@require_http_methods(["GET", "POST"])
def walk_in(request: TerminalRequest, type_id: uuid.UUID) -> HttpResponseBase:
    """Let somebody unannounced say who they are."""
    kind = get_object_or_404(VisitType, pk=type_id, archived_at=None, walk_in=True)
    form = WalkInForm(kind, _post(request), people=identity.colleagues(at=request.at))
    if request.method == "POST" and form.is_valid():
        site = _site(request)
        try:
            visit = kiosk.announce(
                kind, form.guest(language=language()), form.host(), site=site, terminal=request.here.id, at=request.at
            )
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return _on("visitors:kiosk-step", kiosk.ticket(visit, site=site, number=None))
    return _shown(request, "walk_in", {"form": form, "kind": title_of(kind)}, failed=bool(form.errors))


@on_terminal
@require_http_methods(["GET", "POST"])
def step(request: TerminalRequest, ticket: str) -> HttpResponseBase:
    """Ask what is still due, one after the other; whoever is asked nothing more is let in."""
    site = _site(request)
    try:
        visit, number = kiosk.of_ticket(ticket, site=site)
    except kiosk.TicketOverError:
        return _on("visitors:kiosk")
    waiting = due(visit, today=timezone.localdate(request.at)) if visit.state == Visit.State.EXPECTED else []
    if not waiting:
        return _enter(request, visit, number, ticket, site)
    first = waiting[0]
    sent = request.method == "POST" and request.POST.get("version") == str(first.asked.version)
    form = answer_form(first.asked, *((request.POST, request.FILES) if sent else ()))
    if sent and form.is_valid():
        told = Given(answers=form.answers, pictures=form.pictures, language=language())
        by = kiosk.at_terminal(visit, what=f"answer-{first.step}", terminal=request.here.id, at=request.at)
        try:
            registering.answer(visit.pk, first.asked.version, told, by)
        except (RefusalError, QuotaExceededError) as refused:
            form.add_error(None, spoken(getattr(refused, "text", str(refused))))
        else:
            return _on("visitors:kiosk-step", ticket)
    context = {
        "form": form, "title": spoken(first.asked.title), "left": len(waiting), "version": first.asked.version,
        "name": visit.name, "notice": registry.notice(request.at),
    }  # fmt: skip
    return _shown(request, "step", context, failed=bool(form.errors))


@on_terminal
@require_GET
def done(request: TerminalRequest, ticket: str) -> HttpResponseBase:
    """Say that somebody is in, and what happens now."""
    try:
        visit, _number = kiosk.of_ticket(ticket, site=_site(request))
    except kiosk.TicketOverError:
        return _on("visitors:kiosk")
    return _shown(request, "done", {"visit": visit, "kind": title_of(visit.type), "seconds": DONE_SECONDS})


@on_terminal
@require_http_methods(["GET", "POST"])
def leave(request: TerminalRequest) -> HttpResponseBase:
    """Let somebody leave by their code or PIN."""
    form, by_pin = CodeForm(_post(request)), PinForm()
    if request.method == "POST" and "pin" in request.POST:
        form, by_pin = CodeForm(), PinForm(request.POST)
    if request.method == "POST" and (form.is_valid() or by_pin.is_valid()):
        try:
            visit = _gone(request, form, by_pin)
        except RefusalError as refused:
            (by_pin if by_pin.is_bound else form).add_error(None, spoken(refused.text))
        else:
            return _shown(request, "left", {"visit": visit, "seconds": DONE_SECONDS})
    context = {"form": form, "pin": by_pin, "check_out": True}
    return _shown(request, "leave", context, failed=bool(form.errors or by_pin.errors))


def _gone(request: TerminalRequest, form: CodeForm, by_pin: PinForm) -> Visit:
    site, terminal = _site(request), request.here.id
    if not by_pin.is_bound:
        return kiosk.leave_by_code(form.cleaned_data["code"], site=site, terminal=terminal, at=request.at)
    visit = arriving.by_pin(by_pin.cleaned_data["pin"], site=site, terminal=terminal, at=request.at)
    if visit is None or visit.state != Visit.State.IN:
        raise RefusalError(kiosk.NOBODY)
    return kiosk.leave(visit, terminal=terminal, at=request.at)


def _recognised(request: TerminalRequest, name: str, form: Any, known: Any) -> HttpResponseBase:
    """Lead whoever is recognised to their next step; a wrong PIN was counted and stays counted."""
    if request.method == "POST" and form.is_valid():
        site = _site(request)
        try:
            found = known(site, form)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            if found is not None:
                visit, number = found
                return _on("visitors:kiosk-step", kiosk.ticket(visit, site=site, number=number))
            form.add_error("pin", _("This PIN is not good here today."))
    return _shown(request, name, {"form": form}, failed=bool(form.errors))


def _enter(request: TerminalRequest, visit: Visit, number: int | None, ticket: str, site: Site) -> HttpResponseBase:
    try:
        kiosk.enter(visit, site=site, number=number, terminal=request.here.id, at=request.at)
    except RefusalError as refused:
        return _shown(request, "refused", {"because": spoken(refused.text), "name": visit.name}, failed=True)
    return _on("visitors:kiosk-done", ticket)


def _shown(request: TerminalRequest, name: str, context: dict[str, Any], *, failed: bool = False) -> HttpResponseBase:
    told = {"here": request.here, "beat": BEAT_SECONDS, "lang": language(), **context}
    return may_decode(render(request, f"visitors/kiosk/{name}.html", told, status=422 if failed else 200))


def _on(name: str, *args: str) -> HttpResponseBase:
    return redirect(f"{reverse(name, args=args)}?l={language()}")


def _site(request: TerminalRequest) -> Site:
    return Site.objects.select_related("tenant").get(pk=request.here.site)


def _post(request: TerminalRequest) -> Any:
    return request.POST if request.method == "POST" else None

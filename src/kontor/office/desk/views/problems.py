"""Problems behind requests, and what a request belongs to."""

import uuid

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.actions import linking
from kontor.office.desk.forms.cases import ProblemForm
from kontor.office.desk.models import Problem
from kontor.office.desk.queries.linked import problems, requests_of
from kontor.office.desk.views.queue import SEE, WORK
from kontor.rulebook.refusal import RefusalError


@requires(SEE)
@require_GET
def listed(request: TenantRequest) -> HttpResponseBase:
    """List the problems, those that are open first."""
    context = {"rows": problems(), "crumbs": _crumbs()[:1], "may_work": request.standing.may(WORK)}
    return render(request, "desk/problems.html", context)


@requires(WORK)
@require_http_methods(["GET", "POST"])
def edit(request: TenantRequest, problem_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Write a problem down, or what is known of it by now."""
    row = get_object_or_404(Problem, pk=problem_id) if problem_id else None
    start = {name: getattr(row, name) for name in ("title", "cause", "workaround", "release")} if row else {}
    start["solved"] = bool(row and row.solved_at)
    form = ProblemForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            linking.keep_problem(problem_id, **form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("desk:problems")
    context = {
        "form": form, "row": row, "requests": requests_of(row) if row else [], "back": reverse("desk:problems"),
        "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "desk/problem.html", context, status=422 if form.errors else 200)


@requires(WORK)
@require_POST
def unlink(request: TenantRequest, link_id: uuid.UUID) -> HttpResponseBase:
    """Take a link away."""
    try:
        ticket = linking.unlink(link_id, at=request.at, actor=request.actor)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return redirect("desk:ticket", ticket)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Desk"), reverse("desk:queue")), (_("Problems"), reverse("desk:problems"))]

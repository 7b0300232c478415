"""Reading the knowledge base as staff, and putting an article into an answer."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kontor.kernel.requests import TenantRequest, requires
from kontor.office.desk.models import Ticket
from kontor.office.desk.queries.articles import STAFF, articles_for, by_category, found_articles, modules_read
from kontor.office.desk.queries.inserting import insertable
from kontor.office.desk.views.articles import WRITE
from kontor.office.desk.views.learners import LEARN
from kontor.office.desk.views.queue import SEE, WORK

_SHOWN = 30
_PICKED = 6


@requires(SEE)
@require_GET
def knowledge(request: TenantRequest) -> HttpResponseBase:
    """Show what can be read, internal articles too: by category, by module, by words."""
    words, module = request.GET.get("q", "").strip(), request.GET.get("module", "")
    rows = articles_for(STAFF)
    about = set(rows.exclude(module="").values_list("module", flat=True))
    context = {
        "words": words, "module": module, "found": found_articles(words, STAFF, limit=_SHOWN),
        "modules": [each for each in modules_read() if each[0] in about],
        "categories": [] if words else by_category(rows.filter(module=module) if module else rows),
        "may_write": request.standing.may(WRITE), "may_learn": request.standing.may(LEARN),
    }  # fmt: skip
    return render(request, "desk/knowledge.html", context)


@requires(SEE)
@require_GET
def article(request: TenantRequest, article_id: uuid.UUID) -> HttpResponseBase:
    """Show an article as staff, with for whom it is and whether somebody should look at it again."""
    row = get_object_or_404(articles_for(STAFF).select_related("video"), pk=article_id)
    context = {
        "article": row, "stale": row.review_on is not None and row.review_on <= localdate(request.at),
        "module": dict(modules_read()).get(row.module), "may_write": request.standing.may(WRITE),
        "may_learn": request.standing.may(LEARN), "crumbs": [(_("Knowledge"), reverse("desk:knowledge"))],
    }  # fmt: skip
    return render(request, "desk/knowledge_article.html", context)


@requires(WORK)
@require_GET
def pick(request: TenantRequest, ticket_id: uuid.UUID) -> HttpResponseBase:
    """Give the articles that fit some words, each with what is put into the answer."""
    ticket = get_object_or_404(Ticket, pk=ticket_id)
    found = found_articles(request.GET.get("article", "").strip(), STAFF, limit=_PICKED)
    context = {"found": [(each, insertable(each, ticket, at=request.at)) for each in found]}
    return render(request, "desk/parts_pick.html", context)

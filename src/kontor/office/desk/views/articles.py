"""Writing the knowledge base."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.desk.actions.articles import Written, write_article
from kontor.office.desk.forms.centre import ArticleForm
from kontor.office.desk.models import Article, ArticleFeedback
from kontor.office.desk.queries.articles import modules_read
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

WRITE = "desk.write_articles"
STATES = {
    "DRAFT": Badge(Text("Entwurf", "Draft"), "info"),
    "PUBLISHED": Badge(Text("Veröffentlicht", "Published"), "good"),
    "ARCHIVED": Badge(Text("Abgelegt", "Archived"), ""),
}


@requires(WRITE)
@require_GET
def articles(request: TenantRequest) -> HttpResponseBase:
    """List the articles, with what readers said of each."""
    title = "title_de" if get_language() == "de" else "title_en"
    counted = Article.objects.annotate(helped=_said(helpful=True), unhelped=_said(helpful=False))
    rows = Listing(
        request,
        counted.order_by(title),
        name="articles",
        columns=(
            Column(
                title, gettext_lazy("Title"), url=addresses("desk:article-edit"), slot="title", sort=title,
                sub=lambda row: row.category_de if title == "title_de" else row.category_en,
            ),
            Column("state", gettext_lazy("State"), kind="badge", value=lambda row: STATES[row.state], slot="state"),
            Column("helped", gettext_lazy("Helped"), kind="number", slot="meta", sort="helped"),
            Column("unhelped", gettext_lazy("Did not help"), kind="number", slot="more", sort="unhelped"),
            Column("review_on", gettext_lazy("Look again on"), kind="day", sort="review_on", late=True),
            Column("at", gettext_lazy("Written"), kind="moment", sort="at", late=True),
        ),
        search=("title_de", "title_en", "text_de", "text_en"),
        choices=(
            Choice("state", gettext_lazy("State"), tuple((key, each.label) for key, each in STATES.items())),
            Choice("module", gettext_lazy("Module"), tuple(modules_read())),
            Choice("stale", gettext_lazy("To look at again"), (("yes", gettext_lazy("due")),), apply=_stale(request)),
        ),
        order=title,
    )  # fmt: skip
    if rows.wants_file:
        return rows.file()
    return render(request, "desk/articles.html", {"rows": rows})


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: TenantRequest, article_id: uuid.UUID | None = None) -> HttpResponseBase:
    """Write an article, or write one anew."""
    row = get_object_or_404(Article, pk=article_id) if article_id else None
    form = ArticleForm(request.POST or None, request.FILES or None, initial=ArticleForm.start(row))
    if request.method == "POST" and form.is_valid():
        given, video = form.split()
        who: dict[str, Any] = {"by": str(request.user), "at": request.at, "actor": request.actor}
        try:
            write_article(article_id, Written(**given), video=video, **who)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("video", str(full))
        else:
            return redirect("desk:articles")
    context = {
        "form": form, "article": row, "back": reverse("desk:articles"),
        "crumbs": [(_("Help articles"), reverse("desk:articles"))],
        "versions": row.versions.order_by("-number") if row else [],
        "feedback": row.feedback.exclude(words="").order_by("-at")[:20] if row else [],
    }  # fmt: skip
    return render(request, "desk/article_edit.html", context, status=422 if form.errors else 200)


def _stale(request: TenantRequest) -> Callable[..., Any]:
    """Return what narrows articles to those that somebody should look at again by today."""
    today = localdate(request.at)
    return lambda rows, _value: rows.filter(review_on__lte=today).exclude(state=Article.State.ARCHIVED)


def _said(*, helpful: bool) -> Coalesce:
    """Return how many readers said so of an article; counted beside it, since a row's key is tenant and id."""
    told = ArticleFeedback.objects.filter(article=OuterRef("pk"), helpful=helpful).order_by().values("article")
    return Coalesce(Subquery(told.annotate(count=Count("pk")).values("count")), 0)

"""Writing articles, and hearing whether they helped."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.desk.models import Article, ArticleFeedback, ArticleVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An article as somebody writes it; see models.Article."""

    kind: str
    state: str
    audience: str
    category_de: str
    category_en: str
    title_de: str
    title_en: str
    text_de: str
    text_en: str
    link: str = ""


@transaction.atomic
def write_article(article_id: uuid.UUID | None, written: Written, *, by: str, at: datetime, actor: Actor) -> Article:
    """Write an article, or write it anew; each wording is kept as a version of its own."""
    row = Article.objects.select_for_update().get(pk=article_id) if article_id else Article()
    told = {name: value for name, value in asdict(written).items() if name.startswith(("title", "text"))}
    fresh = any(getattr(row, name) != value for name, value in told.items())
    for name, value in asdict(written).items():
        setattr(row, name, value)
    row.number += fresh
    row.at = at
    row.save()
    if fresh:
        ArticleVersion.objects.create(article=row, number=row.number, by=by, at=at, **told)
    record("desk.article_written", row, at=at, actor=actor, after={"state": row.state, "audience": row.audience})
    return row


@transaction.atomic
def hear_reader(article: Article, *, helpful: bool, words: str, at: datetime) -> ArticleFeedback:
    """Keep whether an article, as it stands, helped its reader."""
    return ArticleFeedback.objects.create(
        article=article, number=article.number, helpful=helpful, words=words[:1000], at=at
    )

"""Writing articles, and hearing whether they helped."""

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.desk.actions.videos import Video, kept_video, refuse_captions
from kontor.office.desk.models import Article, ArticleFeedback, ArticleVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An article as somebody writes it; see models.Article. video  a file, None to leave what is there."""

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
    module: str = ""
    review_on: date | None = None
    captions_de: str = ""
    captions_en: str = ""


@transaction.atomic
def write_article(
    article_id: uuid.UUID | None, written: Written, *, by: str, at: datetime, actor: Actor, video: Video | None = None
) -> Article:
    """
    Write an article, or write it anew; each wording is kept as a version of its own.

    video  a new one, None to leave what is there. RefusalError for what is no video or no captions.
    """
    for words in (written.captions_de, written.captions_en):
        refuse_captions(words)
    row = Article.objects.select_for_update().get(pk=article_id) if article_id else Article()
    told = {name: value for name, value in asdict(written).items() if name.startswith(("title", "text"))}
    fresh = any(getattr(row, name) != value for name, value in told.items())
    for name, value in asdict(written).items():
        setattr(row, name, value)
    if video is not None:
        row.video = kept_video(video, at=at)
    row.number += fresh
    row.at = at
    row.save()
    if fresh:
        ArticleVersion.objects.create(article=row, number=row.number, by=by, at=at, **told)
    record("desk.article_written", row, at=at, actor=actor, after={"state": row.state, "audience": row.audience})
    return row


@transaction.atomic
def hear_reader(
    article: Article, *, helpful: bool, words: str, reader: str, at: datetime, at_most: int = 1
) -> ArticleFeedback | None:
    """
    Keep whether an article, as it stands, helped its reader; None where they said it so often already.

    reader  see `queries.articles.reader_of`; at_most  how often one reader is heard on one wording
    """
    told = ArticleFeedback.objects.filter(article=article, number=article.number, reader=reader)
    if reader and told.count() >= at_most:
        return None
    return ArticleFeedback.objects.create(
        article=article, number=article.number, helpful=helpful, words=words[:1000], reader=reader, at=at
    )

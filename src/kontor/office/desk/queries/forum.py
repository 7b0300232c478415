"""The forum for whoever reads in it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from kontor.kernel.finding import begins, words_of
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import CentrePerson, ForumFollower, ForumPost, ForumTopic


@dataclass(frozen=True, slots=True)
class Said:
    """One thing somebody wrote: the topic's own words or a post; removed: why it stands there no more."""

    row: ForumTopic | ForumPost
    author: str
    ours: bool
    text: str
    removed: str
    at: datetime


def topics(asked: str = "") -> QuerySet[ForumTopic]:
    """Return the topics customers see, the one written in last first; by words in the title, its text or its posts."""
    rows = ForumTopic.objects.filter(tenant_id=current_tenant(), removed_at=None).order_by("-last_at", "-pk")
    words = words_of(asked)
    if not words:
        return rows
    below = ForumPost.objects.filter(topic=OuterRef("pk"), removed_at=None).filter(begins(words, "text"))
    return rows.filter(begins(words, "title", "text") | Exists(below))


def talk_of(topic: ForumTopic) -> list[Said]:
    """Return what was said under a topic, its own words first; one query."""
    rows: list[ForumTopic | ForumPost] = [topic, *ForumPost.objects.filter(topic=topic).order_by("at", "pk")]
    return [_said(row) for row in rows]


def follows(topic: ForumTopic, person: CentrePerson) -> bool:
    """Tell whether somebody is told what is written under a topic."""
    return ForumFollower.objects.filter(topic=topic, person=person).exists()


def _said(row: ForumTopic | ForumPost) -> Said:
    return Said(row, row.author, row.ours, row.text, row.removed_because if row.removed_at else "", row.at)

"""Writing in the forum of a customer centre, as an end customer or one of our own people, and keeping it in order."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext

from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.desk.actions.centre_door import has_left
from kontor.office.desk.models import Centre, CentrePerson, ForumFollower, ForumPost, ForumTopic
from kontor.office.desk.queries.centre import centre_address, open_centre
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

AN_HOUR: Final = timedelta(hours=1)
IN_AN_HOUR: Final = 20  # of one end customer: more writes a machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes; person is the end customer, None for one of our own people."""

    name: str
    email: str
    actor: Actor
    person: CentrePerson | None = None


@transaction.atomic
def begin_topic(title: str, text: str, *, writer: Writer, at: datetime) -> ForumTopic:
    """Begin a topic; whoever does follows it. RefusalError without words, or for too many in an hour."""
    _refuse_many(writer, at)
    if not title.strip() or not text.strip():
        raise RefusalError(Text("Schreiben Sie, worum es geht.", "Write what it is about."))
    topic = ForumTopic.objects.create(
        title=title.strip()[:200], text=text.strip(), author=writer.name, email=writer.email,
        ours=writer.person is None, last_at=at, at=at,
    )  # fmt: skip
    record("desk.topic_begun", topic, at=at, actor=writer.actor, after={"title": topic.title})
    if writer.person is not None:
        follow(topic, writer.person, wanted=True, at=at)
    return topic


@transaction.atomic
def write_post(topic_id: uuid.UUID, text: str, *, writer: Writer, at: datetime) -> ForumPost:
    """
    Write under a topic; its followers are told by mail, once until they look.

    RefusalError without words, for a topic that is closed or removed, or for too many in an hour.
    """
    topic = ForumTopic.objects.select_for_update().get(pk=topic_id)
    _refuse_many(writer, at)
    if topic.closed_at is not None or topic.removed_at is not None:
        raise RefusalError(Text("Dieses Thema ist geschlossen.", "This topic is closed."))
    if not text.strip():
        raise RefusalError(Text("Schreiben Sie, worum es geht.", "Write what it is about."))
    post = ForumPost.objects.create(
        topic=topic, text=text.strip(), author=writer.name, email=writer.email, ours=writer.person is None, at=at
    )
    ForumTopic.objects.filter(pk=topic.pk).update(replies=F("replies") + 1, last_at=at)
    record("desk.topic_answered", topic, at=at, actor=writer.actor)
    _tell(topic, post, at=at)
    return post


@transaction.atomic
def follow(topic: ForumTopic, person: CentrePerson, *, wanted: bool, at: datetime) -> None:
    """Be told by mail what is written under a topic, or be told no more."""
    if wanted:
        ForumFollower.objects.get_or_create(topic=topic, person=person, defaults={"at": at})
    else:
        ForumFollower.objects.filter(topic=topic, person=person).delete()


@transaction.atomic
def has_looked(topic: ForumTopic, person: CentrePerson) -> None:
    """Note that somebody has read what they were told of: the next post is told again."""
    ForumFollower.objects.filter(topic=topic, person=person).exclude(told_at=None).update(told_at=None)


@transaction.atomic
def mark_answered(topic_id: uuid.UUID, *, answered: bool, at: datetime, actor: Actor) -> ForumTopic:
    """Say that a topic is answered, or not yet."""
    topic = ForumTopic.objects.select_for_update().get(pk=topic_id)
    topic.answered = answered
    topic.save(update_fields=["answered"])
    record("desk.topic_marked", topic, at=at, actor=actor, after={"answered": answered})
    return topic


@transaction.atomic
def close_topic(topic_id: uuid.UUID, *, closed: bool, at: datetime, actor: Actor) -> ForumTopic:
    """Let nobody add to a topic, or open it again."""
    topic = ForumTopic.objects.select_for_update().get(pk=topic_id)
    topic.closed_at = at if closed else None
    topic.save(update_fields=["closed_at"])
    record("desk.topic_closed", topic, at=at, actor=actor, after={"closed": closed})
    return topic


@transaction.atomic
def remove(row: ForumTopic | ForumPost, *, because: str, at: datetime, actor: Actor) -> None:
    """Take something off the forum, with a reason that whoever reads there is told; RefusalError without one."""
    if not because.strip():
        raise RefusalError(Text("Warum wird es entfernt?", "Why is it removed?"))
    row.removed_at, row.removed_because = at, because.strip()[:300]
    row.save(update_fields=["removed_at", "removed_because"])
    record("desk.forum_removed", row, at=at, actor=actor, after={"because": row.removed_because})


def _refuse_many(writer: Writer, at: datetime) -> None:
    if writer.person is None:
        return
    lately = {"email": writer.email, "at__gt": at - AN_HOUR}
    if ForumPost.objects.filter(**lately).count() + ForumTopic.objects.filter(**lately).count() >= IN_AN_HOUR:
        raise RefusalError(
            Text("Das war viel in einer Stunde; bitte später weiter.", "That was a lot in an hour; go on later.")
        )


def _tell(topic: ForumTopic, post: ForumPost, *, at: datetime) -> None:
    """Tell the followers who are here still, except whoever wrote it, and mark that they were told."""
    if open_centre(localdate(at)) is None:
        return
    waiting = ForumFollower.objects.select_for_update(of=("self",)).select_related("person")
    title, url = Centre.objects.values_list("title", flat=True).get(), f"{centre_address()}forum/{topic.pk}/"
    for each in waiting.filter(topic=topic, told_at=None).exclude(person__email=post.email):
        if has_left(each.person, at=at):
            continue
        with translation.override(each.person.language):
            subject = gettext("New in “%(topic)s”") % {"topic": topic.title}
            text = gettext(
                "%(author)s wrote under “%(topic)s” in %(title)s:\n\n%(text)s\n\n%(url)s\n\nYou are told again once "
                "you have looked. On that page you can stop following it."
            ) % {"author": post.author, "topic": topic.title, "title": title, "text": post.text[:500], "url": url}
        send_mail(to=each.person.email, to_name=each.person.name, subject=subject, text=text, at=at)
        ForumFollower.objects.filter(pk=each.pk).update(told_at=at)

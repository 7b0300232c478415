"""The forum of a customer centre: what its customers ask and tell each other, and what our own people say there."""

from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned
from kontor.office.desk.models.centre import CentrePerson


class ForumTopic(TenantOwned):
    """
    A question or an experience, told to everybody in the centre.

    author, email  who began it; ours  one of our own people did
    answered       one of our own people, or whoever began it, said that it is answered
    last_at        when somebody wrote last, replies  how many wrote under it
    closed_at      nobody adds to it any more; removed_at, removed_because  customers see it no more
    """

    title = models.CharField(max_length=200)
    text = models.TextField()
    author = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    ours = models.BooleanField(default=False)
    answered = models.BooleanField(default=False)
    replies = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_because = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-last_at"], name="forum_topic_latest")]


class ForumPost(TenantOwned):
    """
    What somebody wrote under a topic; see ForumTopic.

    A post that was removed stays in its place, with the reason, so that nobody wonders what the next one answers.
    """

    topic = TenantForeignKey(ForumTopic, models.PROTECT, related_name="posts")
    text = models.TextField()
    author = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    ours = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_because = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "topic", "at"], name="forum_post_in_topic")]


class ForumFollower(TenantOwned):
    """
    Somebody who is told by mail what is written under a topic.

    told_at  when they were told last; they are told again once they have looked, null from then on
    """

    topic = TenantForeignKey(ForumTopic, models.PROTECT, related_name="followers")
    person = TenantForeignKey(CentrePerson, models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "topic", "person"], name="forum_follower_once")]

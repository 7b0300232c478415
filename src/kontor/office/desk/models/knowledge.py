"""What people can read before they ask."""

from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned


class Article(TenantOwned):
    """
    A short manual of the house, in both languages; customers read it once it is published.

    topic  under which it is listed: a key of queries.knowledge.TOPICS
    """

    slug = models.SlugField(max_length=100)
    topic = models.CharField(max_length=30)
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    text_de = models.TextField()
    text_en = models.TextField()
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "slug"], name="article_slug")]


class ArticleFeedback(FinalRow):
    """Whether an article helped, and what was missing."""

    article = TenantForeignKey(Article, models.PROTECT, related_name="feedback")
    helped = models.BooleanField()
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

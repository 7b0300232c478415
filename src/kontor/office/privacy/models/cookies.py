import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.rows import uuid7


class CookieText(models.Model):
    """What people were told about cookies when they chose: the words of both languages, kept once, by their hash."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    text_de = models.TextField()
    text_en = models.TextField()
    since = models.DateTimeField()


class CookieChoice(models.Model):
    """
    What somebody allowed in a browser, and when: the proof of a consent, and of its withdrawal (GDPR Art. 7 (1), (3)).

    Global, since most people choose before they sign in. A choice is never changed; the newest counts.

    visitor  the random number in the browser's cookie, none where nothing was ever allowed: a refusal is kept of nobody
    person   key of who was signed in
    allowed  keys of what goes beyond the necessary cookies
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.ForeignKey(CookieText, on_delete=models.PROTECT, related_name="+")
    visitor = models.UUIDField(null=True, blank=True, db_index=True)
    person = models.UUIDField(null=True, blank=True, db_index=True)
    allowed = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    made_at = models.DateTimeField(db_index=True)


class PageView(models.Model):
    """How often a browser that allowed analysis opened a page on a day: the page's name, never its address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visitor = models.UUIDField()
    page = models.CharField(max_length=120)
    on = models.DateField(db_index=True)
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("visitor", "page", "on"), name="privacy_pageview_once"),)

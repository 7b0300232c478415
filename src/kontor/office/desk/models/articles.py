"""The knowledge base: articles in both languages, each of their versions, and what readers said."""

from django.db import models

from kontor.kernel.rows import FinalRow, ReadersWall, TenantForeignKey, TenantOwned


class Article(TenantOwned):
    """
    Something to read, as it stands now.

    link       where a video or a manual lies that is not text; number  how often it was written
    module     key of the module it is about; "" for none
    review_on  the day on which somebody looks whether it is still right
    video      kept with us, with captions as WebVTT in both languages; its transcript is the text
    """

    class Kind(models.TextChoices):
        ARTICLE = "ARTICLE"
        MANUAL = "MANUAL"
        VIDEO = "VIDEO"

    class State(models.TextChoices):
        DRAFT = "DRAFT"
        PUBLISHED = "PUBLISHED"
        ARCHIVED = "ARCHIVED"

    class Audience(models.TextChoices):
        PUBLIC = "PUBLIC"
        CUSTOMERS = "CUSTOMERS"
        STAFF = "STAFF"

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ARTICLE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PUBLIC)
    category_de = models.CharField(max_length=100)
    category_en = models.CharField(max_length=100)
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    text_de = models.TextField()
    text_en = models.TextField()
    link = models.URLField(max_length=500, blank=True)
    module = models.CharField(max_length=60, blank=True)
    review_on = models.DateField(null=True, blank=True)
    video = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    captions_de = models.TextField(blank=True)
    captions_en = models.TextField(blank=True)
    number = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "state", "category_de"], name="article_shown")]
        constraints = [ReadersWall(name="article_readers", field="audience", part_of="")]


class ArticleVersion(FinalRow):
    """How an article was written at one time."""

    article = TenantForeignKey(Article, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    text_de = models.TextField()
    text_en = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "article", "number"], name="article_version_number"),
            ReadersWall(name="article_version_readers", field="", part_of="article"),
        ]


class ArticleFeedback(FinalRow):
    """
    Whether an article helped somebody; nobody is asked who they are.

    reader  a keyed digest of the person, or of the address and the day: so that nobody is counted over and over
    """

    article = TenantForeignKey(Article, models.PROTECT, related_name="feedback")
    number = models.PositiveIntegerField()
    helpful = models.BooleanField()
    reader = models.CharField(max_length=64, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "article"], name="article_feedback")]

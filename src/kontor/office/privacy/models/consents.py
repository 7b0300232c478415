from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey


class ConsentText(FinalRow):
    """
    One edition of what people are asked for a purpose; a new edition asks everybody again.

    purpose  names it over its editions: "newsletter"
    sha256   over the UTF-8 bytes of both texts, German first, a zero byte between
    """

    purpose = models.SlugField(max_length=50)
    edition = models.PositiveSmallIntegerField()
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    text_de = models.TextField()
    text_en = models.TextField()
    sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "purpose", "edition"], name="consent_text_edition_once")
        ]


class ConsentStep(FinalRow):
    """
    What happened to one address and one text: never changed, all of it stays as proof (GDPR Art. 7 (1)).

    email    in small letters
    channel  where it happened: the form, the link of a mail, one's own page, a mail program, staff
    address  network address from which it came, None where a machine or a paper told it
    proof    the paper or the written request, where there is one
    """

    class Kind(models.TextChoices):
        ASKED = "ASKED"
        CONFIRMED = "CONFIRMED"
        WITHDRAWN = "WITHDRAWN"
        REACTIVATED = "REACTIVATED"

    class Channel(models.TextChoices):
        FORM = "FORM"
        LINK = "LINK"
        PAGE = "PAGE"
        MAIL_PROGRAM = "MAIL_PROGRAM"
        STAFF = "STAFF"

    text = TenantForeignKey(ConsentText, models.PROTECT, related_name="steps")
    email = models.EmailField(max_length=320)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    address = models.GenericIPAddressField(null=True, blank=True)
    client = models.CharField(max_length=400, blank=True)
    proof = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "email", "-at"], name="consent_step_of_address")]


class Suppression(FinalRow):
    """
    That an address took a consent back, kept as a keyed hash alone: it holds although the person was erased.

    digest  HMAC-SHA256 of purpose and address, under a key of the tenant's
    """

    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "digest"], name="suppression_by_digest")]

from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey


class DocumentVersion(FinalRow):
    """
    One version of a named text that people agree to: terms of use, an annex, a processing agreement.

    key      names the document over its versions: "terms", "dpa"
    sha256   over the UTF-8 bytes of both texts, German first, a zero byte between: what an acceptance refers to
    effective_from  since when it applies to everybody, where it is published to all; null where people agree to it
    """

    key = models.CharField(max_length=50)
    version = models.CharField(max_length=20)
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    text_de = models.TextField()
    text_en = models.TextField()
    sha256 = models.BinaryField(max_length=32)
    required_from = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key", "version"], name="document_version_once")]


class Agreement(FinalRow):
    """A person's agreement to one version, for themselves or for the tenant: who, when, from where, to which bytes."""

    document = TenantForeignKey(DocumentVersion, models.PROTECT, related_name="agreements")
    user = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=200)
    function = models.CharField(max_length=200, blank=True)
    for_tenant = models.BooleanField(default=False)
    sha256 = models.BinaryField(max_length=32)
    address = models.GenericIPAddressField(null=True, blank=True)
    client = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "document", "user", "for_tenant"], name="agreement_once")
        ]


class Signature(FinalRow):
    """
    That somebody outside put their name under a file: an accepted offer, an order form.

    subject_kind, subject_id  what was signed; sha256  of exactly the bytes that were shown
    declarations              the sentences that were ticked, each with its clause, in the language shown
    """

    subject_kind = models.CharField(max_length=100)
    subject_id = models.UUIDField()
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    name = models.CharField(max_length=200)
    function = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    declarations = models.JSONField()
    address = models.GenericIPAddressField(null=True, blank=True)
    client = models.CharField(max_length=400, blank=True)
    credential = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subject_kind", "subject_id"], name="signature_once"),
        ]

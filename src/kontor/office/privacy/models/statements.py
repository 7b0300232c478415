from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey


class Statement(FinalRow):
    """
    One edition of something that the people of a tenant are asked to agree to, each by itself and of their own will.

    key      names it over its editions: "advertising"; the newest edition is the one that is asked
    clause   where the contract speaks of it
    sha256   over the UTF-8 bytes of both texts, German first, a zero byte between
    """

    key = models.CharField(max_length=50)
    edition = models.CharField(max_length=40)
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    text_de = models.TextField()
    text_en = models.TextField()
    clause = models.CharField(max_length=60)
    sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key", "edition"], name="statement_once")]


class Declaration(FinalRow):
    """That a person agreed to a statement, or not, or took it back: the newest counts, all of them stay as proof."""

    statement = TenantForeignKey(Statement, models.PROTECT, related_name="declarations")
    person = models.UUIDField()
    agreed = models.BooleanField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "person", "-at"], name="declaration_of_person")]

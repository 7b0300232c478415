from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned
from kontor.office.documents.models.store import Document


class Template(TenantOwned):
    """
    A filed document that letters are made from; its newest version counts.

    kind      of the record a letter is about, whose fields it may name: "parties.Party"
    language  in which days, amounts and numbers are written
    """

    class Language(models.TextChoices):
        GERMAN = "de"
        ENGLISH = "en"

    document = TenantForeignKey(Document, models.CASCADE, related_name="templates")
    kind = models.CharField(max_length=100)
    language = models.CharField(max_length=2, choices=Language.choices)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "document"], name="documents_template_once")]

from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned
from kontor.office.documents.models.store import Version


class SignatureRequest(TenantOwned):
    """
    That one person is asked to sign one version of a document, until a moment.

    user     the person where they work here; null for somebody outside, who has a link
    reason   why it was refused, in their words
    outcome  the version that holds the document with its sheet of evidence
    """

    class State(models.TextChoices):
        ASKED = "ASKED"
        SIGNED = "SIGNED"
        REFUSED = "REFUSED"
        WITHDRAWN = "WITHDRAWN"

    version = TenantForeignKey(Version, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    user = models.UUIDField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    reason = models.CharField(max_length=500, blank=True)
    by = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = TenantForeignKey(Version, models.PROTECT, null=True, blank=True, related_name="+")

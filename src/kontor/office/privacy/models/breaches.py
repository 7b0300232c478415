from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned


class Breach(TenantOwned):
    """
    A breach of the security of personal data, as a case: of the house (mostly as processor) or of a customer.

    aware_at      the moment at which somebody here knew; the 72 hours run from it
    due_at        by when the authority is to be told, where it is; `ruling` says why
    contact_*     where those who are told learn more; without it nothing can be sent
    """

    class Role(models.TextChoices):
        CONTROLLER = "controller"
        PROCESSOR = "processor"

    class Risk(models.TextChoices):
        UNKNOWN = "unknown"
        UNLIKELY = "unlikely"
        RISK = "risk"
        HIGH = "high"

    title = models.CharField(max_length=200)
    role = models.CharField(max_length=10, choices=Role.choices)
    risk = models.CharField(max_length=10, choices=Risk.choices, default=Risk.UNKNOWN)
    risk_because = models.TextField(blank=True)
    happened_from = models.DateTimeField(null=True, blank=True)
    aware_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ruling = models.UUIDField()
    contact_name = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(max_length=320, blank=True)
    contact_phone = models.CharField(max_length=50, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.TextField(blank=True)


class BreachFact(FinalRow):
    """What was known of one part of a breach at a moment; a later one adds to it and replaces none."""

    breach = TenantForeignKey(Breach, models.PROTECT, related_name="facts")
    block = models.CharField(max_length=20)
    text = models.TextField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200)


class BreachNotice(FinalRow):
    """
    What somebody was told about a breach, word for word, and how long after it was known.

    stage      1 for the first notice to this recipient, 2 for what followed, ...
    body       [[block, text or ""], ...]: an empty text was marked "to follow"
    minutes    from `aware_at` to `sent_at`
    """

    class To(models.TextChoices):
        AUTHORITY = "authority"
        CONTROLLER = "controller"
        PERSONS = "persons"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    breach = TenantForeignKey(Breach, models.PROTECT, related_name="notices")
    to = models.CharField(max_length=10, choices=To.choices)
    customer_tenant = OtherTenantReference(null=True, blank=True)
    recipient = models.CharField(max_length=200)
    sender = models.CharField(max_length=200)
    stage = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    body = models.JSONField()
    contact = models.TextField()
    late_because = models.TextField(blank=True)
    sent_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "breach", "to", "customer_tenant", "stage"],
                name="breach_notice_stage_once",
                nulls_distinct=False,
            )
        ]

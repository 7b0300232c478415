from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import FinalRow, RowRules, TenantForeignKey, TenantOwned


class StatusSubscription(TenantOwned):
    """
    Somebody who is told of what the status page says, once the mail was answered; whoever ends it is deleted.

    webhook  the address that is told instead of the mailbox, "" for mail; secret  signs what is sent there
    """

    row_rules = RowRules()

    email = models.CharField(max_length=320)
    language = models.CharField(max_length=2)
    webhook = models.CharField(max_length=500, blank=True)
    secret = EncryptedTextField(null=True, blank=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "email", "webhook"], name="status_subscription_once")]

    def __str__(self) -> str:
        return self.webhook or self.email


class StatusNews(FinalRow):
    """
    What is told to those who subscribed to the status page, in both languages.

    kind, about  a note on an outage, work announced, work cancelled; of each row once
    """

    class Kind(models.TextChoices):
        NOTE = "NOTE"
        WORK = "WORK"
        CANCELLED = "CANCELLED"

    row_rules = RowRules(append_only=True)

    kind = models.CharField(max_length=10, choices=Kind.choices)
    about = models.UUIDField()
    subject_de = models.CharField(max_length=300)
    subject_en = models.CharField(max_length=300)
    text_de = models.TextField()
    text_en = models.TextField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "about"], name="status_news_once")]


class StatusDelivery(TenantOwned):
    """
    That news went to a subscription: written in the transaction that sends it, so that it never goes twice.

    delivered_at  when a webhook took it, or the mail was written; problem  why a webhook did not take it the last time
    """

    news = TenantForeignKey(StatusNews, models.PROTECT, related_name="deliveries")
    subscription = TenantForeignKey(StatusSubscription, models.CASCADE, related_name="deliveries")
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "news", "subscription"], name="status_delivery_once")]

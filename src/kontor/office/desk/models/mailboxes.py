"""The mailboxes that are read, and who was asked how they were helped."""

from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import FinalRow, RowRules, TenantForeignKey, TenantOwned
from kontor.office.desk.models.tickets import Ticket


class Mailbox(TenantOwned):
    """
    A mailbox whose mails become requests, read over IMAP.

    after         what happens to a mail that was read: it is moved away, or marked where it lies
    counts_from   what arrived before stays where it is
    validity      the UIDVALIDITY under which `done_uid` was counted (RFC 9051, 2.3.1.1); another one counts anew
    done_uid      every mail up to it was taken in
    reading_until whoever reads it has it until then; a worker that died loses it by itself
    problem       why it cannot be read, in both languages, since `problem_since`; null while it can
    told_at       when the administrators were told of that; null while they know nothing of it
    """

    class Security(models.TextChoices):
        TLS = "TLS"
        STARTTLS = "STARTTLS"

    class After(models.TextChoices):
        MOVE = "MOVE"
        MARK = "MARK"

    address = models.EmailField(max_length=320)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    user = models.CharField(max_length=320)
    password = EncryptedTextField(null=True, blank=True)
    folder = models.CharField(max_length=200, default="INBOX")
    after = models.CharField(max_length=10, choices=After.choices, default=After.MOVE)
    done_folder = models.CharField(max_length=200, default="Kontor")
    unreadable_folder = models.CharField(max_length=200, default="Kontor unreadable")
    counts_from = models.DateTimeField()
    validity = models.BigIntegerField(null=True, blank=True)
    done_uid = models.BigIntegerField(default=0)
    reading_until = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    problem = models.JSONField(null=True, blank=True)
    problem_since = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "host", "user", "folder"], condition=models.Q(ended_at=None), name="mailbox_once"
            )
        ]


class SatisfactionQuestion(FinalRow):
    """That whoever asked was asked how they were helped, once for each closing; the link names this row."""

    row_rules = RowRules(append_only=True)

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    email = models.EmailField(max_length=320)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "ticket", "closed_at"], name="satisfaction_question_once")
        ]
        indexes = [models.Index(fields=["tenant", "email", "at"], name="satisfaction_question_to")]

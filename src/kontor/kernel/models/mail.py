from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import FinalRow, RowRules, TenantForeignKey, TenantOwned


class OutgoingMail(FinalRow):
    """
    A mail as it was written, with the files it carries; queued in the transaction that needed it.

    unsubscribe  address that ends such mail by a single POST (RFC 8058), "" for what nobody subscribed to
    purpose      what it is a mailing for, asked anew as it is handed over; "" for what belongs to a matter
    conversation  a transport.Conversation as JSON, null for a mail that stands alone
    sender       address of the tenant's own under which it is written (Sender); "" for the platform's
    """

    to = models.CharField(max_length=320)
    to_name = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    attachments = models.JSONField(default=list)
    then = models.JSONField(null=True, blank=True)
    conversation = models.JSONField(null=True, blank=True)
    about_kind = models.CharField(max_length=100, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    unsubscribe = models.CharField(max_length=500, blank=True)
    sender = models.EmailField(max_length=320, blank=True)
    purpose = models.CharField(max_length=50, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "-at"], name="outgoing_mail_latest")]


class SentMail(TenantOwned):
    """
    That a mail was handed to the mail server: when, or why not.

    problem      what went wrong the last time, in the mail server's words
    given_up_at  when no further attempt was worth making
    held_at      when a test tenant kept it back: it is to nobody of its own people
    """

    row_rules = RowRules()

    mail = TenantForeignKey(OutgoingMail, models.PROTECT, related_name="sent")
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.IntegerField(default=0)
    problem = models.TextField(blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "mail"], name="sent_mail_once")]


class SuppressedAddress(TenantOwned):
    """
    An address to which nothing is written any more, since its person was erased; only what nobody can read back.

    digest  HMAC-SHA256 of the address, its key derived from the tenant's first: without that key it is no address
    """

    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "digest"], name="suppressed_address_once")]


class RefusedAddress(TenantOwned):
    """
    An address that a mail server refused for good, or a report said so of (RFC 3464); one open row for each.

    source    SMTP, while the mail was handed over, or REPORT, afterwards
    mended_at when a mail to it was taken over again, or somebody said that it works
    """

    class Source(models.TextChoices):
        SMTP = "SMTP"
        REPORT = "REPORT"

    email = models.EmailField(max_length=320)
    source = models.CharField(max_length=10, choices=Source.choices)
    problem = models.TextField()
    at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"], condition=models.Q(mended_at=None), name="refused_address_once"
            )
        ]


class Sender(TenantOwned):
    """
    An address of a tenant's own, under which mail is written once it was proved to be theirs.

    host      the tenant's own mail server, which its mail is handed to; "" for the platform's, which never writes in
              another domain's name: the mail is the platform's then, and its answers go to the address
    code      what was mailed to the address and proves whoever types it in, until code_until
    proved_at since when it counts
    ended_at  since when nothing is written under it
    """

    class Security(models.TextChoices):
        TLS = "TLS"
        STARTTLS = "STARTTLS"

    address = models.EmailField(max_length=320)
    host = models.CharField(max_length=253, blank=True)
    port = models.PositiveIntegerField(default=465)
    security = models.CharField(max_length=10, choices=Security.choices, default=Security.TLS)
    user = models.CharField(max_length=320, blank=True)
    password = EncryptedTextField(null=True, blank=True)
    code = EncryptedTextField(null=True, blank=True)
    code_until = models.DateTimeField(null=True, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "address"], condition=models.Q(ended_at=None), name="sender_address_once"
            )
        ]

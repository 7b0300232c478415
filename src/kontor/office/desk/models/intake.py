"""How requests come in by mail: the mailbox that is read, and each mail that was, once."""

from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned
from kontor.office.desk.models.tickets import Ticket


class DeskHabits(TenantOwned):
    """
    What the house settles for its desk, one row.

    address       from which customers write and are answered
    reopen_days   within how many days a closed request is taken up again; later it is a new one
    imap_host …   the mailbox that is read; none is while imap_host is empty
    mx_host       our own mail exchanger, whose Received line says when a mail arrived
    """

    address = models.EmailField(max_length=320, blank=True)
    reopen_days = models.PositiveSmallIntegerField(default=14)
    imap_host = models.CharField(max_length=253, blank=True)
    imap_port = models.PositiveIntegerField(default=993)
    imap_user = models.CharField(max_length=320, blank=True)
    imap_password = EncryptedTextField(null=True, blank=True)
    imap_folder = models.CharField(max_length=200, default="INBOX")
    mx_host = models.CharField(max_length=253, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="desk_habits_once")]


class IncomingMail(FinalRow):
    """
    That a mail came, and what became of it; a mail of the same Message-ID is the same mail.

    key        the Message-ID, or a digest of the mail where it has none
    outcome    a value of actions.mail_intake.Outcome
    """

    key = models.CharField(max_length=64)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=20)
    ticket = TenantForeignKey(Ticket, models.PROTECT, null=True, blank=True, related_name="+")
    raw = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="incoming_mail_once")]
        indexes = [models.Index(fields=["tenant", "sender", "at"], name="incoming_mail_by_sender")]

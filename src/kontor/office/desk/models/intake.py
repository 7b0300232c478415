"""How requests come in by mail: what the house settles, and each mail that came, once."""

from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned
from kontor.office.desk.models.mailboxes import Mailbox
from kontor.office.desk.models.tickets import Ticket


class DeskHabits(TenantOwned):
    """
    What the house settles for its desk, one row.

    address         to which customers write and are answered
    reopen_days     within how many days a closed request is taken up again; later it is a new one
    mx_host         our own mail exchanger, whose Received line says when a mail arrived
    receipts_a_day  how many automatic receipts one address gets at most within 24 hours
    asks_after      whether whoever asked is asked, after closing, how they were helped
    asks_again_days within how many days nobody is asked that twice
    """

    address = models.EmailField(max_length=320, blank=True)
    reopen_days = models.PositiveSmallIntegerField(default=14)
    mx_host = models.CharField(max_length=253, blank=True)
    receipts_a_day = models.PositiveSmallIntegerField(default=10)
    asks_after = models.BooleanField(default=False)
    asks_again_days = models.PositiveSmallIntegerField(default=30)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="desk_habits_once")]


class IncomingMail(FinalRow):
    """
    That a mail came, and what became of it; a mail of the same Message-ID is the same mail.

    key        a digest of the Message-ID, or of the mail where it has none
    message_id as an answer repeats it; "" where it has none that could be repeated
    outcome    a value of actions.mail_intake.Outcome
    why        what went wrong, for one that could not be read
    mailbox, uid  from where it was fetched; null where it was handed to us
    """

    key = models.CharField(max_length=64)
    message_id = models.CharField(max_length=250, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=20)
    why = models.CharField(max_length=500, blank=True)
    ticket = TenantForeignKey(Ticket, models.PROTECT, null=True, blank=True, related_name="+")
    mailbox = TenantForeignKey(Mailbox, models.PROTECT, null=True, blank=True, related_name="+")
    uid = models.BigIntegerField(null=True, blank=True)
    raw = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="incoming_mail_once")]
        indexes = [
            models.Index(fields=["tenant", "sender", "at"], name="incoming_mail_by_sender"),
            models.Index(fields=["tenant", "-at"], name="incoming_mail_latest"),
            models.Index(fields=["tenant", "ticket", "received_at"], name="incoming_mail_of_ticket"),
        ]


class TakenMail(FinalRow):
    """That a mail which was held back was taken in after all, by whom, and into which request."""

    mail = TenantForeignKey(IncomingMail, models.PROTECT, related_name="taken")
    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="+")
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "mail"], name="taken_mail_once")]

"""What was said about a request: between both sides, and inside the house."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.desk.models.tickets import Ticket


class TicketMessage(FinalRow):
    """
    A message between customer and house; it is never changed, only followed by another.

    ours      the house wrote it; automatic  a machine did, which keeps no promise
    html      what a mail showed, cleaned of all that acts or loads; "" for what was written as text
    mail      the mail it went out by, or came in by
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="messages")
    customer_tenant = OtherTenantReference()
    ours = models.BooleanField()
    automatic = models.BooleanField(default=False)
    author = models.CharField(max_length=200)
    author_email = models.EmailField(max_length=320, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    mail = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "ticket", "at"], name="ticket_message_in_order")]


class TicketFile(FinalRow):
    """
    A file that hangs on a message.

    danger  why it is handed out with a warning or not at all, a key of kernel.hostile; "" for none
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    message = TenantForeignKey(TicketMessage, models.PROTECT, related_name="files")
    customer_tenant = OtherTenantReference()
    blob = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    danger = models.CharField(max_length=20, blank=True)


class TicketFileFinding(TenantOwned):
    """
    What the scanner found in a file; there is none where the installation named no scanner when the file came.

    state      nobody opens what is WAITING or INFECTED
    signature  the scanner's name for what it found
    """

    class State(models.TextChoices):
        WAITING = "WAITING"
        CLEAN = "CLEAN"
        INFECTED = "INFECTED"

    row_rules = RowRules(shared_with="customer_tenant")

    file = TenantForeignKey(TicketFile, models.PROTECT, related_name="findings")
    customer_tenant = OtherTenantReference()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    signature = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "file"], name="ticket_file_finding_once")]


class TicketNote(FinalRow):
    """What the house says to itself about a request; the customer never sees it. mentions: whom it calls, by id."""

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="notes")
    author = models.CharField(max_length=200)
    text = models.TextField()
    mentions = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "ticket", "at"], name="ticket_note_in_order")]


class TicketReader(TenantOwned):
    """Who has a request open right now, and whether they are writing: two people never answer at once unknowingly."""

    ticket = TenantForeignKey(Ticket, models.CASCADE, related_name="readers")
    user = models.UUIDField()
    name = models.CharField(max_length=200)
    writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "ticket", "user"], name="ticket_reader_once")]


class ReplyTemplate(TenantOwned):
    """A ready-made answer in both languages, with placeholders of queries.placeholders."""

    title = models.CharField(max_length=100)
    text_de = models.TextField()
    text_en = models.TextField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "title"], name="reply_template_title")]


class Proposal(FinalRow):
    """
    Work outside what the contract covers, offered for a price before it is done.

    minutes, rate  what it is expected to take, and the price of an hour, net
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="proposals")
    customer_tenant = OtherTenantReference()
    reason = models.CharField(max_length=300)
    told = models.TextField()
    minutes = models.PositiveIntegerField()
    rate = models.DecimalField(max_digits=20, decimal_places=6)
    currency = models.CharField(max_length=3)
    clause = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()


class ProposalAnswer(FinalRow):
    """What the customer said to a proposal, once."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    proposal = TenantForeignKey(Proposal, models.PROTECT, related_name="answers")
    customer_tenant = OtherTenantReference()
    accepted = models.BooleanField()
    by = models.CharField(max_length=320)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "proposal"], name="proposal_answer_once")]


class Satisfaction(FinalRow):
    """How a closed request was answered, by whoever asked: 1 to 5, once for each closing."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="satisfaction")
    customer_tenant = OtherTenantReference()
    closed_at = models.DateTimeField()
    mark = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "ticket", "closed_at"], name="satisfaction_once")]

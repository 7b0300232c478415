"""A request as it stands: whose it is, what is promised for it, and the log from which that is derived."""

from datetime import datetime

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned


class Ticket(TenantOwned):
    """
    A request of a customer, and where it stands. Every column but `assignee` and `tags` follows from its log.

    number        counted by the supplier; "D-17" in every subject
    pack, version the terms under which it is promised; "" where it came from nobody's customer
    next_due      when the next promise breaks; null while nothing runs, which stands behind everything in the queue
    escalate_at   when somebody is told of it; null while nobody needs to be
    still_since   since when the customer has the word
    coverage      "" while nobody looked, else a key of queries.coverage
    cc            addresses of the same customer that get each answer as well
    copied        addresses that stood in copy and get nothing: another's, or taken out again
    """

    class Channel(models.TextChoices):
        EMAIL = "EMAIL"
        PAGE = "PAGE"
        PHONE = "PHONE"
        CHAT = "CHAT"

    row_rules = RowRules(shared_with="customer_tenant")

    number = models.PositiveIntegerField()
    customer_tenant = OtherTenantReference()
    contract = TenantForeignKey("contracts.Contract", models.PROTECT, null=True, blank=True, related_name="+")
    party = TenantForeignKey("parties.Party", models.PROTECT, null=True, blank=True, related_name="+")
    customer_name = models.CharField(max_length=200, blank=True)
    requester_name = models.CharField(max_length=200)
    requester_email = models.EmailField(max_length=320, blank=True)
    subject = models.CharField(max_length=300)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    language = models.CharField(max_length=2, default="de")
    pack = models.CharField(max_length=50, blank=True)
    version = models.CharField(max_length=20, blank=True)
    class_key = models.CharField(max_length=50, blank=True)
    class_ruling = models.UUIDField(null=True, blank=True)
    class_contested_at = models.DateTimeField(null=True, blank=True)
    coverage = models.CharField(max_length=30, blank=True)
    exclusion = models.CharField(max_length=50, blank=True)
    next_due = models.DateTimeField(null=True, blank=True)
    next_promise = models.CharField(max_length=20, blank=True)
    counted_from = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    still_since = models.DateTimeField(null=True, blank=True)
    held = models.BooleanField(default=False)
    reinforced = models.BooleanField(default=False)
    help_consulted = models.BooleanField(default=False)
    voluntary = models.BooleanField(default=False)
    assignee = models.UUIDField(null=True, blank=True)
    assignee_name = models.CharField(max_length=200, blank=True)
    tags = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    copied = models.JSONField(default=list)
    joined_to = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined")
    reported_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="ticket_number")]
        indexes = [
            models.Index(
                models.F("tenant"), models.F("next_due").asc(nulls_last=True), models.F("number"),
                condition=models.Q(closed_at=None), name="ticket_breaks_next",
            ),
            models.Index(
                fields=["tenant", "escalate_at"], condition=models.Q(escalate_at__isnull=False), name="ticket_escalates"
            ),
            models.Index(fields=["customer_tenant", "-at"], name="ticket_received"),
        ]  # fmt: skip

    @property
    def name(self) -> str:
        """How people call it: "D-17"."""
        return f"D-{self.number}"


class TicketLog(FinalRow):
    """
    One entry of a request's log, as rulebook.ticket_log reads it; both sides read it, nobody changes it.

    at     when it happened; recorded_at  when it was written down
    moment the other moment that some entries need: when a joined report came
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="log")
    customer_tenant = OtherTenantReference()
    what = models.CharField(max_length=20)
    detail = models.CharField(max_length=1000, blank=True)
    moment = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "ticket", "at"], name="ticket_log_in_order")]


class TicketPromise(TenantOwned):
    """
    One promise for a request as its log says now; what it was before stands in the log and in the rulings.

    ended, done  when it was done, or no longer owed; ruling  why it is due when it is
    """

    row_rules = RowRules(shared_with="customer_tenant")

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="promises")
    customer_tenant = OtherTenantReference()
    name = models.CharField(max_length=20)
    place = models.PositiveSmallIntegerField()
    current = models.BooleanField(default=True)
    class_key = models.CharField(max_length=50, blank=True)
    since = models.DateTimeField()
    due = models.DateTimeField()
    still_since = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    done = models.BooleanField(default=False)
    ruling = models.UUIDField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "ticket", "name"], name="ticket_promise_once")]
        indexes = [models.Index(fields=["tenant", "due"], name="ticket_promise_due")]

    @property
    def still(self) -> datetime | None:
        """Since when its clock stands, by the name under which the rulebook asks for it."""
        return self.still_since


class TicketAlert(FinalRow):
    """
    That somebody was told of a promise which breaks or broke, once for each due moment.

    stage  ahead or breach, as rulebook.alerting says; whom  office or on_call
    """

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="alerts")
    promise = models.CharField(max_length=20)
    stage = models.CharField(max_length=10)
    due = models.DateTimeField()
    whom = models.CharField(max_length=10)
    ruling = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "ticket", "promise", "stage", "due"], name="ticket_alert_once")
        ]

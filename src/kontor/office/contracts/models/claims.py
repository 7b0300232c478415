"""What is paid late: claims on invoices, what was sent about them, plans, suspensions, and the runs that remind."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class ReminderPlan(FinalRow):
    """
    The house's own habit of reminding, since no contract regulates it; the newest of a pack counts.

    pack       whose contracts it is for, "" for all without a plan of their own
    steps      [{"days_late": 7, "pay_within": "7 days"}, ...] in order; an empty list reminds nobody
    tolerance_minor  an open amount up to this is not reminded of
    automatic  the daily job sends what is due; otherwise a person starts the run
    reason     why the house does so
    """

    pack = models.CharField(max_length=50, blank=True)
    steps = models.JSONField()
    tolerance_minor = models.BigIntegerField()
    automatic = models.BooleanField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()


class EnteredRate(FinalRow):
    """A legal rate for a half-year that no law pack has yet, entered by a person; `last` is its last day."""

    law = models.CharField(max_length=2)
    first = models.DateField()
    last = models.DateField()
    percent = models.DecimalField(max_digits=9, decimal_places=6)
    source = models.CharField(max_length=200)
    confirmed = models.BooleanField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "law", "first"], name="entered_rate_once")]


class Claim(TenantOwned):
    """
    That an invoice is paid late. What it amounts to is computed from the invoice, its payments and the rates.

    next_step, next_on  the reminder that comes next, "" and None where none does; locks on a claim are taken here
    figures     what was computed last, for its customer, who cannot read the house's payments
    settled_on  the day on which nothing at all was left of it, interest and costs included
    """

    row_rules = RowRules(shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="claims")
    invoice = TenantForeignKey("books.Invoice", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    number = models.CharField(max_length=50)
    due_on = models.DateField()
    opened_on = models.DateField()
    next_step = models.CharField(max_length=50, blank=True)
    next_on = models.DateField(null=True, blank=True)
    disputed_on = models.DateField(null=True, blank=True)
    dispute = models.CharField(max_length=300, blank=True)
    written_off_on = models.DateField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    figures = models.JSONField(default=dict)
    figures_on = models.DateField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "invoice"], name="claim_once")]
        indexes = [
            models.Index(fields=["tenant", "contract"], name="claim_of_contract"),
            models.Index(
                fields=["tenant", "due_on"],
                condition=models.Q(settled_on=None, written_off_on=None),
                name="claim_open",
            ),
            models.Index(fields=["customer_tenant", "due_on"], name="claim_received"),
        ]


class ClaimLetter(TenantOwned):
    """
    A letter about a claim that went out: each step once.

    key          "reminder-1", "reminder-2", ..., "threat", "statement-2026-08-20"
    received_on  the day the customer's mail server took it, or staff entered with proof; periods count from it
    proof        how a person knows that it arrived
    """

    row_rules = RowRules(shared_with="customer_tenant")

    class Kind(models.TextChoices):
        REMINDER = "REMINDER"
        THREAT = "THREAT"
        STATEMENT = "STATEMENT"

    claim = TenantForeignKey(Claim, models.PROTECT, related_name="letters")
    customer_tenant = OtherTenantReference()
    key = models.CharField(max_length=50)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sent_on = models.DateField()
    pay_until = models.DateField()
    received_on = models.DateField(null=True, blank=True)
    proof = models.CharField(max_length=300, blank=True)
    total_minor = models.BigIntegerField()
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "claim", "key"], name="claim_letter_once")]


class ClaimReceipt(FinalRow):
    """What of a payment went to a claim's costs and interest, divided by the ruling; the rest went to the invoice."""

    claim = TenantForeignKey(Claim, models.PROTECT, related_name="receipts")
    payment = TenantForeignKey("books.Payment", models.PROTECT, related_name="+")
    paid_on = models.DateField()
    costs_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField()
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "claim", "payment"], name="claim_receipt_once")]


class PaymentPlan(TenantOwned):
    """
    Instalments agreed for a claim: [{"due": "2026-12-01", "minor": 50000}, ...].

    broken_on  the day from which it counts as broken: the rest is due; kept_on  the day all of it was paid
    """

    row_rules = RowRules(shared_with="customer_tenant")

    claim = TenantForeignKey(Claim, models.PROTECT, related_name="plans")
    customer_tenant = OtherTenantReference()
    agreed_on = models.DateField()
    instalments = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    broken_on = models.DateField(null=True, blank=True)
    kept_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "claim"],
                condition=models.Q(broken_on=None, kept_on=None),
                name="payment_plan_one_runs",
            )
        ]


class Suspension(TenantOwned):
    """
    That a contract's services are suspended: a gate stands before them, nothing is taken away.

    kind  LATE for late payment, lifted once all is paid; BREACH for a breach of the limits of use; PROCESSING where
          the customer ordered that its personal data be processed no further
    """

    class Kind(models.TextChoices):
        LATE = "LATE"
        BREACH = "BREACH"
        PROCESSING = "PROCESSING"

    row_rules = RowRules(shared_with="customer_tenant")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.LATE)
    contract = TenantForeignKey(Contract, models.PROTECT, related_name="suspensions")
    customer_tenant = OtherTenantReference()
    seller_name = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()
    reason = models.CharField(max_length=300)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.CharField(max_length=300, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "kind"], condition=models.Q(lifted_at=None), name="suspension_stands_once"
            )
        ]
        indexes = [
            models.Index(fields=["customer_tenant"], condition=models.Q(lifted_at=None), name="suspension_received")
        ]


class ReminderRun(TenantOwned):
    """One run over the claims that are to be reminded of on a day; it can be left and come back to."""

    on = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    claims = models.IntegerField(default=0)
    letters = models.IntegerField(default=0)
    done = models.IntegerField(default=0)


class ReminderProblem(TenantOwned):
    """A claim of which a run could not remind, and why; it holds up no other."""

    run = TenantForeignKey(ReminderRun, models.CASCADE, related_name="problems")
    claim = TenantForeignKey(Claim, models.PROTECT, related_name="+")
    sentence_de = models.TextField()
    sentence_en = models.TextField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "run", "claim"], name="reminder_problem_once")]

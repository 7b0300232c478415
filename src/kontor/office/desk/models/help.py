"""Help beyond words: sessions on the customer's machine, visits, solutions to try, and the customer's own fault log."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.desk.models.tickets import Ticket


class HelpPlan(FinalRow):
    """
    A session from afar or a visit that is meant to happen; nothing begins before the customer consents.

    minutes, rate  travel and work on site as they are expected, and the price of an hour; no rate for what is included
    """

    class Kind(models.TextChoices):
        REMOTE = "REMOTE"
        SITE = "SITE"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="help_plans")
    customer_tenant = OtherTenantReference()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    told = models.TextField()
    agent = models.CharField(max_length=200)
    planned_at = models.DateTimeField()
    minutes = models.PositiveIntegerField(default=0)
    rate = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    clause = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()


class HelpAnswer(FinalRow):
    """What the customer said to it, once; how: on its page, or by word of mouth as somebody here noted."""

    class How(models.TextChoices):
        PAGE = "PAGE"
        WORD = "WORD"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    plan = TenantForeignKey(HelpPlan, models.PROTECT, related_name="answers")
    customer_tenant = OtherTenantReference()
    accepted = models.BooleanField()
    by = models.CharField(max_length=320)
    how = models.CharField(max_length=10, choices=How.choices)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "plan"], name="help_answer_once")]


class HelpGiven(FinalRow):
    """
    What became of it.

    tool_missing  the tool for access from afar was changed or gone, which both sides are told
    amount_minor  what is charged for it, 0 for what the contract includes
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    plan = TenantForeignKey(HelpPlan, models.PROTECT, related_name="given")
    customer_tenant = OtherTenantReference()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    agent = models.CharField(max_length=200)
    words = models.TextField(blank=True)
    tool_missing = models.BooleanField(default=False)
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "plan"], name="help_given_once")]


class SolutionTrial(FinalRow):
    """A solution that the customer is asked to try; training: a course is recommended instead."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="trials")
    customer_tenant = OtherTenantReference()
    text = models.TextField()
    training = models.BooleanField(default=False)
    at = models.DateTimeField()


class TrialAnswer(FinalRow):
    """Whether it worked, once."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    trial = TenantForeignKey(SolutionTrial, models.PROTECT, related_name="answers")
    customer_tenant = OtherTenantReference()
    worked = models.BooleanField()
    by = models.CharField(max_length=320)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "trial"], name="trial_answer_once")]


class FaultEntry(TenantOwned):
    """
    A fault that a customer writes into its own log; its words may be changed for a day, then only added to.

    module  the part that failed, in the customer's words; ticket  the request made of it
    """

    row_rules = RowRules(shared_with="customer_tenant")

    contract = TenantForeignKey("contracts.Contract", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    happened_at = models.DateTimeField()
    module = models.CharField(max_length=100)
    text = models.TextField()
    by = models.CharField(max_length=320)
    ticket = TenantForeignKey(Ticket, models.PROTECT, null=True, blank=True, related_name="faults")
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["customer_tenant", "-happened_at"], name="fault_entry_received")]


class FaultAddition(FinalRow):
    """What was added to a fault later."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    entry = TenantForeignKey(FaultEntry, models.PROTECT, related_name="additions")
    customer_tenant = OtherTenantReference()
    text = models.TextField()
    by = models.CharField(max_length=320)
    at = models.DateTimeField()


class SavedView(TenantOwned):
    """
    A way of looking at the queue that somebody keeps; shared: everybody at the desk has it.

    query  what the queue's address asks for, without "?"
    """

    user = models.UUIDField()
    owner = models.CharField(max_length=200)
    title = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    shared = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "title"], name="saved_view_title")]

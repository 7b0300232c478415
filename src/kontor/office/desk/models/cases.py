"""What a request is about beside itself: a defect with its periods, a problem that many share, an outage, a release."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.desk.models.tickets import Ticket


class Problem(TenantOwned):
    """
    What lies behind several requests.

    cause, workaround  "" while nobody found one; release  the version that mends it, "" while none is planned
    """

    title = models.CharField(max_length=200)
    cause = models.TextField(blank=True)
    workaround = models.TextField(blank=True)
    release = models.CharField(max_length=60, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "title"], name="problem_title")]


class TicketLink(TenantOwned):
    """That a request belongs to an outage, a problem or a release; label: how that was called when it was linked."""

    class Kind(models.TextChoices):
        OUTAGE = "OUTAGE"
        PROBLEM = "PROBLEM"
        RELEASE = "RELEASE"

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="links")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    target = models.UUIDField()
    label = models.CharField(max_length=200)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "ticket", "kind", "target"], name="ticket_link_once")]
        indexes = [models.Index(fields=["tenant", "kind", "target"], name="ticket_link_of")]


class Defect(TenantOwned):
    """
    A defect of the service that a customer claims; one for a request.

    position      the part of the contract that is defective, by its key there
    deviation     how the service differs from what was described
    noticed_on    when the customer noticed it; reported_on  when its notice in text form reached us
    late          what was decided of a notice that came days later: "" not yet, else admitted or excluded
    interfered    the customer modified it or used it against the documentation
    proof         why that had no effect; "" where nothing was attached, and no claim is dealt with until it is
    remedy        a key of the contract's remedies, "" while none was chosen; remedy_words  what was done or instructed
    """

    class Late(models.TextChoices):
        ADMITTED = "admitted"
        EXCLUDED = "excluded"

    row_rules = RowRules(shared_with="customer_tenant")

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="defects")
    customer_tenant = OtherTenantReference()
    position = models.CharField(max_length=100)
    deviation = models.TextField()
    noticed_on = models.DateField()
    reported_on = models.DateField()
    late = models.CharField(max_length=10, blank=True)
    late_reason = models.CharField(max_length=300, blank=True)
    interfered = models.BooleanField(default=False)
    proof = models.TextField(blank=True)
    remedy = models.CharField(max_length=30, blank=True)
    remedy_words = models.TextField(blank=True)
    remedy_at = models.DateTimeField(null=True, blank=True)
    mended_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "ticket"], name="defect_once")]


class DefectPeriod(FinalRow):
    """A period that the customer set in writing to mend a defect; number 1, then 2."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    defect = TenantForeignKey(Defect, models.PROTECT, related_name="periods")
    customer_tenant = OtherTenantReference()
    number = models.PositiveSmallIntegerField()
    set_on = models.DateField()
    until = models.DateField()
    words = models.TextField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "defect", "number"], name="defect_period_once")]


class DefectAnswer(FinalRow):
    """Whether instructions that avoid a defect are reasonable for the customer; remedy_at: which instructions."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    defect = TenantForeignKey(Defect, models.PROTECT, related_name="answers")
    customer_tenant = OtherTenantReference()
    remedy_at = models.DateTimeField()
    reasonable = models.BooleanField()
    words = models.CharField(max_length=1000, blank=True)
    by = models.CharField(max_length=320)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "defect", "remedy_at"], name="defect_answer_once")]


class DefectReduction(FinalRow):
    """That a month's fee was reduced for a defect; `reduction` is the contract's own row, with its ruling."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    defect = TenantForeignKey(Defect, models.PROTECT, related_name="reductions")
    customer_tenant = OtherTenantReference()
    month = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reduction = models.UUIDField()
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "defect", "month"], name="defect_reduction_once")]

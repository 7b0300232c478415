from django.db import models

from kontor.kernel.rows import OtherTenantReference, RowRules, TenantForeignKey, TenantOwned


class Subprocessor(TenantOwned):
    """
    Somebody who processes customers' data on the house's behalf.

    access        what of the data they can reach
    country       where they process, ISO 3166
    agreement_on  day of the contract that binds them to the same duties; without it they are never active
    ground        key of `rulebook.transfers.GROUNDS` where the country lies outside the EEA
    ground_document  the decision, the clauses or the safeguards themselves; sent to whoever asks for a copy
    instruction   the documented instruction under which data may leave, "" where there is none
    effective_on  the day from which they are to process
    """

    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    country = models.CharField(max_length=2)
    task_de = models.CharField(max_length=300)
    task_en = models.CharField(max_length=300)
    access = models.CharField(max_length=300)
    safeguards = models.CharField(max_length=500, blank=True)
    agreement_on = models.DateField(null=True, blank=True)
    ground = models.CharField(max_length=30, blank=True)
    ground_since = models.DateField(null=True, blank=True)
    ground_until = models.DateField(null=True, blank=True)
    ground_document = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    instruction = models.CharField(max_length=300, blank=True)
    effective_on = models.DateField()
    late_because = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "name"], name="subprocessor_by_name")]


class SubprocessorNotice(TenantOwned):
    """
    A sub-processor announced to one customer, and what it answered.

    mode           how its contract lets sub-processors in, "" where the text is silent
    instructed     the contract lets data leave the EEA on documented instruction only
    last_day       last day on which an objection counts; None where no period runs
    objected_at    when it objected, why, and who; settled_at when the case was closed, and how
    """

    class Mode(models.TextChoices):
        SILENT = ""
        SPECIFIC = "specific"
        GENERAL = "general"

    row_rules = RowRules(shared_with="customer_tenant")

    subprocessor = TenantForeignKey(Subprocessor, models.PROTECT, related_name="notices")
    customer_tenant = OtherTenantReference()
    contract = models.UUIDField()
    contract_number = models.CharField(max_length=50)
    customer_name = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    country = models.CharField(max_length=2)
    task_de = models.CharField(max_length=300)
    task_en = models.CharField(max_length=300)
    safeguards = models.CharField(max_length=500, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, blank=True)
    within = models.CharField(max_length=30, blank=True)
    clauses = models.JSONField(default=list)
    instructed = models.BooleanField(default=False)
    effective_on = models.DateField()
    received_on = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    ruling = models.UUIDField()
    at = models.DateTimeField()
    objected_at = models.DateTimeField(null=True, blank=True)
    objected_on = models.DateField(null=True, blank=True)
    objected_by = models.CharField(max_length=200, blank=True)
    objection = models.TextField(blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_how = models.TextField(blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subprocessor", "contract"], name="subprocessor_notice_once")
        ]

"""Changes of terms: what is changed, the notice each customer had, and what came of it."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Amendment, Contract
from kontor.office.contracts.models.ending import EndingCase


class TermsChange(TenantOwned):
    """
    A change of terms by one of a pack's procedures; a draft until it is announced, then as it was announced.

    kind        as the pack names it
    version     what the changed terms are called from then on
    told        language -> key of an element -> the notice's own text on it
    named_on    the day the notice names, null where the procedure itself gives the day
    contracts   how many customers' contracts it was announced to; done how many were looked at
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT"
        ANNOUNCED = "ANNOUNCED"

    pack = models.CharField(max_length=50)
    kind = models.CharField(max_length=30)
    version = models.CharField(max_length=30)
    title_de = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    told = models.JSONField(default=dict)
    named_on = models.DateField(null=True, blank=True)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    contracts = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    announced_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "pack", "version"], name="terms_change_version")]


class TermsNotice(FinalRow):
    """
    The notice of a change to one customer, as it went out in the contract's language.

    told  what it says, by element; apart  the elements it tells separately
    file  the notice on paper; text  the changed terms, null where the notice holds all of them
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="terms_notices")
    customer_tenant = OtherTenantReference()
    change = TenantForeignKey(TermsChange, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=30)
    version = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    told = models.JSONField()
    apart = models.JSONField(default=list)
    named_on = models.DateField(null=True, blank=True)
    sent_on = models.DateField()
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    text = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "change", "contract"], name="terms_notice_once")]


class TermsNoticeState(TenantOwned):
    """
    Where a notice stands; whoever moves it locks this row first.

    received_on  the civil day in the contract's zone on which the customer had it, received_at the moment, proof how
    objection_by, effective_on  what follows from that day; ruling  why
    """

    class State(models.TextChoices):
        SENT = "SENT"  # on its way
        OPEN = "OPEN"  # received, the customer may object
        HOLDS = "HOLDS"  # received, and nothing to be answered
        ACCEPTED = "ACCEPTED"
        SILENT = "SILENT"  # accepted by silence
        OBJECTED = "OBJECTED"  # the house decides
        CONTINUED = "CONTINUED"  # the contract goes on unchanged
        ENDING = "ENDING"  # the house ends it by a case

    row_rules = RowRules(shared_with="customer_tenant")

    notice = TenantForeignKey(TermsNotice, models.PROTECT, related_name="states")
    customer_tenant = OtherTenantReference()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    received_on = models.DateField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=300, blank=True)
    objection_by = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    amendment = TenantForeignKey(Amendment, models.PROTECT, null=True, blank=True, related_name="+")
    case = TenantForeignKey(EndingCase, models.PROTECT, null=True, blank=True, related_name="+")
    ruling = models.UUIDField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "notice"], name="terms_notice_state_once")]
        indexes = [models.Index(fields=["tenant", "state"], name="terms_notice_waiting")]

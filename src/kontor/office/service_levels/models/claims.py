from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey
from kontor.office.service_levels.models.statements import AvailabilityStatement


class CreditClaim(FinalRow):
    """
    A customer's claim for the credit of a month, as it was filed; a late one is recorded all the same.

    month     the first day of the incident's month, in the contract's zone
    told      what the contract wants told, by its keys
    file_by   last day in time; decide_by  last day on which it is to be decided
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey("contracts.Contract", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    contract_number = models.CharField(max_length=50)
    customer_name = models.CharField(max_length=200)
    month = models.DateField()
    incident_at = models.DateTimeField()
    told = models.JSONField()
    filed_by = models.CharField(max_length=200)
    filed_at = models.DateTimeField()
    in_time = models.BooleanField()
    file_by = models.DateField()
    decide_by = models.DateField(null=True, blank=True)
    ruling = models.UUIDField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "filed_at"], name="credit_claim_by_day")]


class ClaimDecision(FinalRow):
    """
    How a claim was decided, with the statement that was looked at; a goodwill credit follows a refusal by rule.

    outcome  GRANTED and REFUSED follow the rules, GOODWILL a person's own decision; CORRECTED follows a new version of
             the statement, its amount is the difference, below nought where less is due than was given
    notes    numbers of the credit notes
    """

    class Outcome(models.TextChoices):
        GRANTED = "GRANTED"
        REFUSED = "REFUSED"
        GOODWILL = "GOODWILL"
        CORRECTED = "CORRECTED"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    claim = TenantForeignKey(CreditClaim, models.PROTECT, related_name="decisions")
    customer_tenant = OtherTenantReference()
    statement = TenantForeignKey(AvailabilityStatement, models.PROTECT, null=True, blank=True, related_name="decisions")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reasons = models.TextField()
    amount_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    notes = models.JSONField(default=list)
    ruling = models.UUIDField()
    decided_by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "claim", "outcome", "statement"], name="claim_decision_once")
        ]

"""Too many requests: the house's limits, the minutes beyond them, and the case that follows."""

from django.db import models
from django.db.models import Q

from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class OverloadRule(FinalRow):
    """
    What the house lets each customer send, and from when on it is called deliberate; the highest number holds.

    per_minute, per_client  requests in a minute of a whole customer, and of one person or key
    minutes, within_minutes so many minutes beyond a limit within so many open a case
    decide_days             calendar days in which a case is to be decided
    """

    number = models.IntegerField()
    per_minute = models.IntegerField()
    per_client = models.IntegerField()
    minutes = models.IntegerField()
    within_minutes = models.IntegerField()
    decide_days = models.IntegerField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="overload_rule_number")]


class OverloadMinute(FinalRow):
    """A minute in which a customer sent more than it may: whose limit it broke (client "" its own), and by how much."""

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="overload_minutes")
    minute = models.DateTimeField()
    client = models.CharField(max_length=50, blank=True)
    limit = models.IntegerField()
    count = models.IntegerField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "minute", "client"], name="overload_minute_once")
        ]


class OverloadCase(TenantOwned):
    """Repeated overload by a customer, to be decided by a day; open there is one for each contract."""

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="overload_cases")
    opened_at = models.DateTimeField()
    evidence_from = models.DateTimeField()
    decide_by = models.DateField()
    clause = models.CharField(max_length=200, blank=True)
    ruling = models.UUIDField()
    outcome = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract"], condition=Q(closed_at=None), name="overload_case_open_once"
            )
        ]

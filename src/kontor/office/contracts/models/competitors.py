"""Listed competitors, registrations that wait for a consent, and reading that looks like benchmarking."""

from django.db import models
from django.db.models import Q

from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract
from kontor.office.contracts.models.trials import Trial, TrialOffering


class Competitor(TenantOwned):
    """A company that competes with the house, known by the domain of its mail addresses, lower case."""

    domain = models.CharField(max_length=253)
    company = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "domain"], name="competitor_once")]


class HeldRegistration(TenantOwned):
    """
    A registration for a trial that waits until the house's written consent is attached, or that was refused.

    listed   the entry of the list that its address belongs to, as it stood then
    told     what was typed: company, person, e-mail, language, declarations ticked
    consent  the paper; trial  what began with it
    """

    class State(models.TextChoices):
        HELD = "HELD"
        RELEASED = "RELEASED"
        REFUSED = "REFUSED"

    offering = TenantForeignKey(TrialOffering, models.PROTECT, related_name="+")
    listed = models.CharField(max_length=253)
    email = models.EmailField(max_length=320)
    told = models.JSONField()
    evidence = models.JSONField()
    ruling = models.UUIDField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    consent = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    trial = TenantForeignKey(Trial, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    registered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"], condition=Q(state="HELD"), name="held_registration_open_once"
            ),
            models.CheckConstraint(
                name="held_registration_with_consent",
                condition=~Q(state="RELEASED") | Q(consent__isnull=False, decided_at__isnull=False),
            ),
        ]


class BenchmarkSuspicion(TenantOwned):
    """
    An hour in which one client of a customer read the same address more often than the house lets pass.

    address  path that was read, without its query; clause  "" where the terms do not forbid it
    """

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="benchmark_suspicions")
    hour = models.DateTimeField()
    client = models.CharField(max_length=50)
    address = models.CharField(max_length=300)
    limit = models.IntegerField()
    count = models.IntegerField()
    decide_by = models.DateField()
    clause = models.CharField(max_length=200, blank=True)
    ruling = models.UUIDField()
    flagged_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "hour", "client", "address"], name="benchmark_suspicion_once"
            )
        ]


class ProbeRule(FinalRow):
    """How many identical reads of one client in an hour pass before benchmarking is suspected; the newest holds."""

    number = models.IntegerField()
    reads_per_hour = models.IntegerField()
    decide_days = models.IntegerField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="probe_rule_number")]

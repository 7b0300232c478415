from django.db import models

from kontor.kernel.rows import FinalRow, RowRules, TenantForeignKey, TenantOwned
from kontor.office.service_levels.models.components import Component


class Outage(TenantOwned):
    """
    A time in which the service could not be used, as a case.

    noticed_at  when a customer reported it or the provider noticed it, the earlier; known_at  when the provider knew
    hits        what could not be done: anything, reading, writing; some contracts count only what hits both
    everybody   whether every contract is affected; else those of OutageContract
    found_by    a probe's alarm, a customer's report, or a person of the house
    """

    class FoundBy(models.TextChoices):
        PROBE = "PROBE"
        REPORT = "REPORT"
        PERSON = "PERSON"

    class Hits(models.TextChoices):
        ALL = "ALL"
        READ = "READ"
        WRITE = "WRITE"

    title = models.CharField(max_length=200)
    hits = models.CharField(max_length=10, choices=Hits.choices, default=Hits.ALL)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    noticed_at = models.DateTimeField()
    known_at = models.DateTimeField()
    found_by = models.CharField(max_length=10, choices=FoundBy.choices)
    everybody = models.BooleanField(default=True)
    cause = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(name="outage_forward", condition=models.Q(ended_at__gte=models.F("started_at")))
        ]
        indexes = [models.Index(fields=["tenant", "started_at"], name="outage_by_start")]

    def __str__(self) -> str:
        return self.title


class OutageComponent(TenantOwned):
    """A component that an outage hit."""

    outage = TenantForeignKey(Outage, models.PROTECT, related_name="components")
    component = TenantForeignKey(Component, models.PROTECT, related_name="outages")

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "outage", "component"], name="outage_component_once")]


class OutageContract(TenantOwned):
    """A contract that an outage hit, where it did not hit all."""

    outage = TenantForeignKey(Outage, models.PROTECT, related_name="contracts")
    contract = TenantForeignKey("contracts.Contract", models.PROTECT, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "outage", "contract"], name="outage_contract_once")]


class OutageExcuse(FinalRow):
    """
    Why part of an outage does not count under one pack's terms, with its evidence; never without.

    accepted  False takes back what an earlier row of the same pack, cause and times excused
    """

    row_rules = RowRules(append_only=True)

    outage = TenantForeignKey(Outage, models.PROTECT, related_name="excuses")
    pack = models.CharField(max_length=50)
    cause = models.CharField(max_length=50)
    start = models.DateTimeField()
    end = models.DateTimeField()
    evidence = models.TextField()
    accepted = models.BooleanField(default=True)
    clause = models.CharField(max_length=200)
    at = models.DateTimeField()


class OutageNote(FinalRow):
    """What people are told of an outage, in both languages; it stands on the status page."""

    row_rules = RowRules(append_only=True)

    class State(models.TextChoices):
        INVESTIGATING = "INVESTIGATING"
        IDENTIFIED = "IDENTIFIED"
        WATCHING = "WATCHING"
        SOLVED = "SOLVED"

    outage = TenantForeignKey(Outage, models.PROTECT, related_name="notes")
    state = models.CharField(max_length=15, choices=State.choices)
    text_de = models.TextField()
    text_en = models.TextField()
    at = models.DateTimeField()


class MendingPeriod(FinalRow):
    """
    A period that a customer set in writing for an outage to be mended.

    until  its last day; a fee is reduced after a second one that passed without remedy
    proof  where the writing lies
    """

    row_rules = RowRules(append_only=True)

    outage = TenantForeignKey(Outage, models.PROTECT, related_name="periods")
    contract = TenantForeignKey("contracts.Contract", models.PROTECT, related_name="+")
    received_on = models.DateField()
    until = models.DateField()
    proof = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "outage", "contract", "until"], name="mending_period_once")
        ]


class Reminder(FinalRow):
    """
    That people were reminded of something once: a claim to be decided, a recovery about to be late.

    kind, about  what of which row; pack  under whose terms, "" where that makes no difference
    """

    row_rules = RowRules(append_only=True)

    kind = models.CharField(max_length=20)
    about = models.UUIDField()
    pack = models.CharField(max_length=50, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "about", "pack"], name="service_level_reminder_once")
        ]

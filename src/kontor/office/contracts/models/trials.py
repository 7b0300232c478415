"""Free trials: what the house lets people try, and each trial with what became of it."""

from django.db import models

from kontor.kernel.rows import OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class TrialOffering(TenantOwned):
    """
    What can be tried under a pack that knows trials.

    length       as the rulebook reads a duration: "30 days"; the pack names none, so the house says it
    warned_before  whole days before the last day on which its end is announced
    opens        what a trial unlocks: [{"module": …, "unit": …, "quantity": …}]
    open         whether the public page takes registrations
    """

    pack = models.CharField(max_length=50)
    version = models.CharField(max_length=20)
    seller = TenantForeignKey("books.Seller", models.PROTECT, related_name="+")
    length = models.CharField(max_length=30)
    warned_before = models.JSONField()
    opens = models.JSONField()
    open = models.BooleanField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "pack"], name="trial_offering_once")]


class Trial(TenantOwned):
    """
    A trial that somebody registered for, in a tenant of its own.

    terms       pack, version, settings and agreed values, as a contract copies them
    declared    what was ticked at registration: key, clause, sentences; evidence  from where
    choice      what the buyer wants at the conclusion: "continue", "new_database", "" while nothing was chosen
    ended_by    "" while it runs; `contract` where its conclusion ended it
    erase_on    the day from which everything entered is to be erased, null where the customer goes on with it
    """

    class End(models.TextChoices):
        RUNNING = ""
        EXPIRY = "EXPIRY"
        CONCLUSION = "CONCLUSION"

    row_rules = RowRules(shared_with="customer_tenant")

    offering = TenantForeignKey(TrialOffering, models.PROTECT, related_name="trials")
    party = TenantForeignKey("parties.Party", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    seller_name = models.CharField(max_length=200)
    company = models.CharField(max_length=200)
    person = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    language = models.CharField(max_length=2)
    pack = models.CharField(max_length=50)
    version = models.CharField(max_length=20)
    terms = models.JSONField()
    declared = models.JSONField()
    evidence = models.JSONField()
    registered_at = models.DateTimeField()
    last_on = models.DateField()
    warnings = models.JSONField()
    warned = models.JSONField(default=list)
    ruling = models.UUIDField()
    asked_at = models.DateTimeField(null=True, blank=True)
    choice = models.CharField(max_length=20, blank=True)
    chosen_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=20, blank=True, choices=End.choices, default=End.RUNNING)
    ended_at = models.DateTimeField(null=True, blank=True)
    contract = TenantForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="+")
    erase_on = models.DateField(null=True, blank=True)
    erased_on = models.DateField(null=True, blank=True)
    erased_note = models.CharField(max_length=300, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "email"], condition=models.Q(ended_by=""), name="trial_one_runs"),
        ]
        indexes = [
            models.Index(fields=["customer_tenant"], name="trial_received"),
            models.Index(
                fields=["tenant", "erase_on"], condition=models.Q(erased_on=None, erase_on__isnull=False),
                name="trial_to_erase",
            ),
        ]  # fmt: skip

"""Service companies: of which type they are, what they must prove, and the people they send."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned


class ProofKind(TenantOwned):
    """
    Something that service companies of certain types, or the people they send, must prove.

    types         of A, B and C
    valid_months  how long a proof holds where it names no last day itself; None: it does not run out
    warn_days     so many days before, company and reception are reminded
    """

    class Of(models.TextChoices):
        COMPANY = "COMPANY"
        PERSON = "PERSON"

    title_de = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    of = models.CharField(max_length=10, choices=Of.choices)
    types = ArrayField(models.CharField(max_length=1))
    valid_months = models.PositiveSmallIntegerField(null=True, blank=True)
    warn_days = models.PositiveSmallIntegerField(default=30)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "title_de"], condition=models.Q(archived_at=None), name="proof_kind_once"
            )
        ]

    def __str__(self) -> str:
        return self.title_de


class Contractor(TenantOwned):
    """
    A service company.

    party    the company among the tenant's parties; None where it is not one
    grade    type A, B or C (visitor, Anlage 1, 1.2)
    blocked  why nobody of it comes in; "" otherwise
    """

    class Grade(models.TextChoices):
        A = "A"
        B = "B"
        C = "C"

    party = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=200)
    grade = models.CharField(max_length=1, choices=Grade.choices)
    email = models.EmailField(max_length=320, blank=True)
    language = models.CharField(max_length=2, default="de")
    blocked = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(archived_at=None), name="contractor_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ContractorPerson(TenantOwned):
    """Somebody whom a service company sends."""

    contractor = TenantForeignKey(Contractor, models.CASCADE, related_name="people")
    person = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    language = models.CharField(max_length=2, default="de")
    blocked = models.CharField(max_length=300, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Proof(TenantOwned):
    """
    A proof that was shown: an insurance, a certificate, a briefing that was passed.

    person    whose it is; None: the company's
    last_day  on which it still holds; None: it does not run out
    document  among the tenant's documents; None where it was looked at only
    reminded  the day for which a reminder went out last
    """

    kind = TenantForeignKey(ProofKind, models.PROTECT, related_name="proofs")
    contractor = TenantForeignKey(Contractor, models.CASCADE, related_name="proofs")
    person = TenantForeignKey(ContractorPerson, models.CASCADE, null=True, blank=True, related_name="proofs")
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    document = models.UUIDField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by_name = models.CharField(max_length=200, blank=True)
    reminded = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "last_day"], name="proof_runs_out")]

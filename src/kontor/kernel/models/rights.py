from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.rows import RowRules, SiteOrEverywhereReference, TenantForeignKey, TenantOwned


class Role(TenantOwned):
    """
    A named set of permissions that the tenant builds itself.

    everything     the administrator's: it allows all there is
    second_factor  whoever has it, anywhere, must show a second factor, whatever is set for the person or for everybody
    """

    name = models.CharField(max_length=100)
    permissions = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    everything = models.BooleanField(default=False)
    second_factor = models.BooleanField(default=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="role_name")]

    def __str__(self) -> str:
        return self.name


class Membership(TenantOwned):
    """
    A person's place in a tenant. The person can see it from outside, to choose where to work.

    second_factor        what is demanded of this person; empty for what the tenant's policy says
    consulting_contract  the contract under which somebody of another company works here
    kind                 an auditor looks for some days: what they open is on record, and they write nothing
    entry                rises with what makes the person pass the gates again: roles, second factor, locks
    """

    row_rules = RowRules(about="user")

    class Kind(models.TextChoices):
        EMPLOYEE = "EMPLOYEE"
        SERVICE_PROVIDER = "SERVICE_PROVIDER"
        AUDITOR = "AUDITOR"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.EMPLOYEE)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    second_factor = models.CharField(max_length=10, blank=True)
    consulting_contract = models.CharField(max_length=200, blank=True)
    entry = models.PositiveIntegerField(default=1)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="membership_person")]


class RoleAssignment(TenantOwned):
    """A role that a member has, everywhere or at one site."""

    membership = TenantForeignKey(Membership, models.CASCADE, related_name="assignments")
    role = TenantForeignKey(Role, models.PROTECT, related_name="assignments")
    site = SiteOrEverywhereReference(on_delete=models.CASCADE)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "membership", "role", "site"], name="role_assignment_once", nulls_distinct=False
            )
        ]


class Entitlement(TenantOwned):
    """
    What the tenant may use, from a day until the day before another; written by contracts only.

    module    key of a module, "visitors"
    quantity  seats, GB or sites; null where the contract sets no number
    zone      whose days and months count for a limited meter, "" for the tenant's
    warn_at   at which percent of a limited meter people are warned
    ruling    the stored ruling of the tenant that granted it, shown as "Why?"
    """

    module = models.CharField(max_length=50)
    unit = models.CharField(max_length=30, blank=True)
    quantity = models.IntegerField(null=True, blank=True)
    zone = models.CharField(max_length=50, blank=True, default="")
    warn_at = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    contract = models.UUIDField(null=True, blank=True)
    clause = models.CharField(max_length=100)
    reason_de = models.TextField()
    reason_en = models.TextField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.CheckConstraint(
                name="entitlement_ends_after_it_begins",
                condition=models.Q(until_on=None) | models.Q(until_on__gt=models.F("from_on")),
            ),
            models.UniqueConstraint(
                fields=["tenant", "contract", "module", "unit", "from_on"],
                name="entitlement_once",
                nulls_distinct=False,
            ),
        ]

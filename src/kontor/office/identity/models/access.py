"""Attempts to come in, the devices people are known by, and what is reported about an access."""

from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned, uuid7


class FailedSignIn(models.Model):
    """
    A wrong password; global, since it comes before anybody is known, and without an address that could be read.

    account  keyed hash of what was typed as the e-mail address, whether anybody has it or not
    address  keyed hash of where it came from
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.BinaryField(max_length=32)
    address = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="failed_sign_in_account"),
            models.Index(fields=["address", "at"], name="failed_sign_in_address"),
        ]


class SignInPause(models.Model):
    """Until when new devices wait before they may try an account, or an address any account, again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    whose = models.BinaryField(max_length=32, unique=True)
    until = models.DateTimeField()


class KnownDevice(models.Model):
    """A browser in which a person has signed in before: the SHA-256 of the secret in its signed cookie."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("identity.User", models.CASCADE, related_name="devices")
    digest = models.BinaryField(max_length=32)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="known_device_once")]


class AccessReport(TenantOwned):
    """
    A person's word that their access may be in other hands, as one of their tenants received it.

    told       how many administrators were written to
    locked_at  when the access was locked thereupon
    """

    class Kind(models.TextChoices):
        SUSPECTED = "SUSPECTED"
        LOST = "LOST"

    membership = TenantForeignKey("kernel.Membership", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    told = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    lock = TenantForeignKey("kernel.Lock", models.PROTECT, null=True, blank=True, related_name="+")
    locked_at = models.DateTimeField(null=True, blank=True)


class SecurityCase(TenantOwned):
    """
    Something about security that the house must look at: a suspicion reported, or somebody who tries strangers' ids.

    of_tenant  the tenant it is about
    told       what the house was told, and by whom, where somebody wrote to it
    voluntary  help in an emergency that leaves the duty with the customer
    lock       key of the lock that was laid for it
    """

    class Kind(models.TextChoices):
        SUSPICION = "SUSPICION"
        STRANGERS = "STRANGERS"
        EMERGENCY = "EMERGENCY"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    of_tenant = models.UUIDField()
    tenant_name = models.CharField(max_length=200)
    person = models.UUIDField()
    told = models.TextField(blank=True)
    voluntary = models.BooleanField(default=False)
    lock = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    closed_because = models.CharField(max_length=300, blank=True)


class HouseLock(TenantOwned):
    """
    A lock that the house has laid on a customer or one of its people; the customer's own row has the same key.

    of_tenant  the customer's tenant; person whom, none for everybody there
    voluntary  help in an emergency that leaves the duty with the customer
    proof      the file that shows the reason, beside what is written
    ruling     the stored decision, shared with the customer
    violations, notices  the keys of what it rests on, where a whole customer is shut out
    """

    of_tenant = models.UUIDField()
    person = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=60)
    clause = models.CharField(max_length=100, blank=True)
    evidence = models.TextField()
    proof = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    ruling = models.UUIDField(null=True, blank=True)
    weighing = models.TextField(blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    immediate_because = models.TextField(blank=True)
    effective_at = models.DateTimeField()
    voluntary = models.BooleanField(default=False)
    violations = models.JSONField(default=list)
    notices = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_because = models.TextField(blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "of_tenant"], name="house_lock_of_tenant")]


class Violation(TenantOwned):
    """
    A breach of the rules of use by one of a customer's people, as the house learned of it.

    user_name  by which the customer knows the person; nothing else of them is told
    mail       key of the report to the customer's contact
    """

    of_tenant = models.UUIDField()
    person = models.UUIDField()
    user_name = models.CharField(max_length=320)
    rule = models.CharField(max_length=300)
    clause = models.CharField(max_length=100, blank=True)
    on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    reported_at = models.DateTimeField(null=True, blank=True)
    mail = TenantForeignKey("kernel.OutgoingMail", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "of_tenant", "made_at"], name="violation_of_tenant")]

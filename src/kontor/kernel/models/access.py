from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from kontor.kernel.rows import MemberRead, TenantForeignKey, TenantOwned


class Session(AbstractBaseSession):
    """
    A browser in which somebody is, or was about to be, signed in; global, since it begins before a tenant is chosen.

    session_key  SHA-256 of the cookie: who reads the table cannot sign in with it
    person       key of the person signed in, none before
    working_in   key of the tenant the person works in, none before the choice
    method       how the person showed who they are: "password", "passkey", "oidc:<provider>", "saml:<provider>"
    address      gone with the row, which is gone with the session
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    person = models.UUIDField(null=True, blank=True, db_index=True)
    working_in = models.UUIDField(null=True, blank=True)
    method = models.CharField(max_length=60, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    began_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "kernel_session"

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the store that keeps its sessions here."""
        from kontor.kernel.sessions import SessionStore  # the store reads this table

        return SessionStore


class AccessPolicy(TenantOwned):
    """
    What a tenant demands of those who come in; what it leaves empty, nobody demands.

    Its members can read it from outside: a password must satisfy every tenant its person works in.

    revision  rises with every change and with everything that must be passed again (instructions, terms)
    """

    class SecondFactor(models.TextChoices):
        OFF = "OFF"
        OPTIONAL = "OPTIONAL"
        MANDATORY = "MANDATORY"

    password_length = models.PositiveSmallIntegerField(null=True, blank=True)
    password_special = models.BooleanField(default=False)
    password_digit = models.BooleanField(default=False)
    password_mixed = models.BooleanField(default=False)
    password_days = models.PositiveSmallIntegerField(null=True, blank=True)
    second_factor = models.CharField(max_length=10, choices=SecondFactor.choices, default=SecondFactor.OPTIONAL)
    authenticator_apps = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    sso_only = models.BooleanField(default=False)
    idle_minutes = models.PositiveIntegerField(null=True, blank=True)
    absolute_hours = models.PositiveIntegerField(null=True, blank=True)
    device_locks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    device_integrity = models.BooleanField(default=False)
    own_devices = models.BooleanField(default=False)
    patch_days = models.PositiveSmallIntegerField(null=True, blank=True)
    review_months = models.PositiveSmallIntegerField(null=True, blank=True)
    contact_name = models.CharField(max_length=200, blank=True)
    contact_phone = models.CharField(max_length=50, blank=True)
    contact_email = models.EmailField(max_length=320, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="access_policy_one"),
            MemberRead(name="access_policy_member_read"),
        ]


class Lock(TenantOwned):
    """
    An access that is shut: a member's, or the whole tenant's; it is lifted, never deleted.

    membership       whose; none for everybody of the tenant
    by               who shut it: the house, the tenant itself, a rule, the person
    reason           key of the reason; the house's are those of the contract's clause
    evidence         what shows the reason
    weighing         the customer's interests that were weighed, where the contract asks for it
    announced_at     when it was told beforehand
    immediate_because why it was not
    effective_at     from when it holds
    ruling           the stored decision of the house's lock, shared with the tenant
    """

    class By(models.TextChoices):
        HOUSE = "HOUSE"
        TENANT = "TENANT"
        RULE = "RULE"
        PERSON = "PERSON"

    membership = TenantForeignKey("kernel.Membership", models.PROTECT, null=True, blank=True, related_name="locks")
    by = models.CharField(max_length=10, choices=By.choices)
    reason = models.CharField(max_length=60)
    clause = models.CharField(max_length=100, blank=True)
    evidence = models.TextField(blank=True)
    weighing = models.TextField(blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    immediate_because = models.TextField(blank=True)
    effective_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200, blank=True)
    ruling = models.UUIDField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_because = models.TextField(blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "membership"], condition=models.Q(lifted_at=None), name="lock_standing"),
        ]

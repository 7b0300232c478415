"""People and groups that a directory brings by itself (SCIM, RFC 7643), the tokens it shows, and its last calls."""

from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned
from kontor.office.identity.models.single_sign_on import IdentityProvider


class ScimToken(TenantOwned):
    """
    What a directory shows with each call; the secret itself is a credential, kept as its hash.

    ends_at  when it opens nothing any more; sooner where another one was made in its place
    """

    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="tokens")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200, blank=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class ScimCall(TenantOwned):
    """
    A call of a directory, for whoever sets it up to read; only the last ones are kept.

    what    method and address after ours
    reason  why it was not done, "" where it was; told: what stands in that sentence
    """

    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="calls")
    at = models.DateTimeField()
    what = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20, blank=True)
    told = models.JSONField(default=dict, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "provider", "at"], name="scim_call_at")]


class ProvisionedUser(TenantOwned):
    """
    A person whom a directory brought, as it states them; known by its id and its name for them, never by an address.

    user_key    the name in small letters
    active      what the directory says; whether the person is in, the membership says
    made_here   whether the account was made for this, so that its name and address are the directory's to change
    version     rises with each change
    deleted_at  when the directory took the person away; the row stays, and is found again if it brings them back
    """

    provider = TenantForeignKey(IdentityProvider, models.PROTECT, related_name="people")
    membership = TenantForeignKey("kernel.Membership", models.PROTECT, related_name="+")
    user_name = models.CharField(max_length=320)
    user_key = models.CharField(max_length=320)
    external_id = models.CharField(max_length=300, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    display_name = models.CharField(max_length=201, blank=True)
    email = models.CharField(max_length=320, blank=True)
    language = models.CharField(max_length=20, blank=True)
    active = models.BooleanField(default=True)
    made_here = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "provider", "user_key"], condition=models.Q(deleted_at=None), name="scim_user_name"
            ),
            models.UniqueConstraint(
                fields=["tenant", "membership"], condition=models.Q(deleted_at=None), name="scim_user_member"
            ),
        ]

    def __str__(self) -> str:
        return self.user_name


class ProvisionedGroup(TenantOwned):
    """A group that a directory brought; the provider's role rules say by its name or its id which roles it gives."""

    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="groups")
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=300)
    external_id = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "provider", "name_key"], name="scim_group_name")]

    def __str__(self) -> str:
        return self.name


class ProvisionedMember(TenantOwned):
    """That a person is in a group."""

    group = TenantForeignKey(ProvisionedGroup, models.CASCADE, related_name="members")
    person = TenantForeignKey(ProvisionedUser, models.CASCADE, related_name="in_groups")

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "group", "person"], name="scim_member_once")]

"""Whom a tenant trusts to say who somebody is: its identity providers, their people, and the domains leading there."""

from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import TenantForeignKey, TenantOwned, uuid7

EVERYBODY: Final = "*"


def _factors() -> list[str]:
    return ["mfa"]  # RFC 8176: several factors were shown


class IdentityProvider(TenantOwned):
    """
    A directory that signs a tenant's people in.

    issuer         what it calls itself: OIDC's issuer, SAML's entity id
    entra_tenant   Entra ID's directory; tokens of another are refused
    details        what only its protocol needs (SAML: certificates, addresses)
    role_claim     the claim that the role rules read; "" where it gives no roles
    factor_values  which values of amr or acr stand for a second factor; empty: none does
    joins          whether somebody unknown becomes a member by signing in
    session_hours  how long a session lasts at most after the person signed in there
    provisions     whether the directory itself brings people and groups (SCIM)
    signs_out      whether signing out here offers to sign out there too
    tested_at      when an administrator last came through it
    """

    class Protocol(models.TextChoices):
        OIDC = "OIDC"
        SAML = "SAML"

    class Kind(models.TextChoices):
        ENTRA = "ENTRA"
        GENERIC = "GENERIC"

    protocol = models.CharField(max_length=10, choices=Protocol.choices, default=Protocol.OIDC)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.GENERIC)
    name = models.CharField(max_length=100)
    issuer = models.CharField(max_length=500, blank=True)
    client_id = models.CharField(max_length=300, blank=True)
    client_secret = EncryptedTextField(null=True, blank=True)
    entra_tenant = models.CharField(max_length=36, blank=True)
    details = models.JSONField(default=dict, blank=True)
    role_claim = models.CharField(max_length=100, blank=True)
    factor_values = ArrayField(models.CharField(max_length=100), default=_factors, blank=True)
    joins = models.BooleanField(default=False)
    session_hours = models.PositiveSmallIntegerField(default=12)
    active = models.BooleanField(default=False)
    provisions = models.BooleanField(default=False)
    signs_out = models.BooleanField(default=False)
    tested_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="identity_provider_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def method(self) -> str:
        """How a session that began here names its way in."""
        return f"{self.protocol.lower()}:{self.pk}"


class RoleRule(TenantOwned):
    """Who has this value among the provider's role claim has that role; `EVERYBODY` stands for whoever signs in."""

    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="rules")
    value = models.CharField(max_length=300)
    role = TenantForeignKey("kernel.Role", models.PROTECT, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "provider", "value", "role"], name="role_rule_once"),
        ]


class ExternalIdentity(TenantOwned):
    """
    A person as a tenant's provider knows them, found by issuer and subject and by nothing else.

    subject  OIDC's `sub`, Entra's directory and object "tid.oid", SAML's persistent name id
    """

    provider = TenantForeignKey(IdentityProvider, models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=300)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_constraint=False)
    connected_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "issuer", "subject"], name="external_identity_once"),
        ]


class ClaimedDomain(TenantOwned):
    """An e-mail domain that a tenant says is its own; it counts once the record `token` was seen in its DNS."""

    domain = models.CharField(max_length=253)
    token = models.CharField(max_length=64)
    claimed_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "domain"], name="claimed_domain_once")]

    def __str__(self) -> str:
        return self.domain


class BreakGlass(TenantOwned):
    """An administrator who may come in with a password while single sign-on is enforced; named beforehand."""

    membership = TenantForeignKey("kernel.Membership", models.CASCADE, related_name="+")
    named_at = models.DateTimeField()
    named_by = models.CharField(max_length=200, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "membership"], name="break_glass_once")]


class Entrance(models.Model):
    """
    What leads to a tenant before anybody is known: a verified e-mail domain, or a provider's address.

    Global, since it is asked to learn whose it is; it holds nothing else.
    """

    class Kind(models.TextChoices):
        DOMAIN = "DOMAIN"
        PROVIDER = "PROVIDER"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=253)
    tenant = models.ForeignKey("kernel.Tenant", models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="entrance_once")]

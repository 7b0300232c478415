from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Amendment, Contract


class LicenceSigner(TenantOwned):
    """
    A key with which the house signs licences; the newest signs, all of them prove what they signed.

    kid     thumbprint of the public key (RFC 7638), which every licence key names
    secret  the secret key in base64, which only this tenant's own keys open
    """

    number = models.IntegerField()
    kid = models.CharField(max_length=50)
    public = models.JSONField()
    secret = EncryptedTextField()
    made_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="licence_signer_number"),
            models.UniqueConstraint(fields=["tenant", "kid"], name="licence_signer_kid"),
        ]


class LicenceKey(FinalRow):
    """
    An electronic key as it was delivered; the latest of a product counts.

    says    the signed document, as `rulebook.licence_keys` writes it
    ruling  why it says so, with the clauses
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="licence_keys")
    customer_tenant = OtherTenantReference()
    number = models.IntegerField()
    product = models.CharField(max_length=50)
    kid = models.CharField(max_length=50)
    says = models.JSONField()
    text = models.TextField()
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "contract", "number"], name="licence_key_number")]


class Activation(TenantOwned):
    """
    A computer on which a licence is activated; released, its place is free again.

    computer  SHA-256 of what the computer says of itself; the fingerprint itself is not kept
    label     what people call it
    from_copy whether the registered backup copy was installed, in place of a destroyed original
    locked_*  locked by the house: no place is freed, and no request of this computer is granted
    """

    row_rules = RowRules(shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="activations")
    customer_tenant = OtherTenantReference()
    product = models.CharField(max_length=50)
    site = models.CharField(max_length=200)
    computer = models.CharField(max_length=64)
    label = models.CharField(max_length=100)
    from_copy = models.BooleanField(default=False)
    activated_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    release_reason = models.CharField(max_length=300, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    lock_reason = models.CharField(max_length=300, blank=True)
    ruling = models.UUIDField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "product", "computer"],
                name="activation_once",
                condition=models.Q(released_at=None),
            )
        ]


class BackupCopy(TenantOwned):
    """
    The backup copy that a customer may keep of a product.

    label        where it is kept
    used_at      when it replaced a destroyed original; then another may be kept
    """

    row_rules = RowRules(shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="backup_copies")
    customer_tenant = OtherTenantReference()
    product = models.CharField(max_length=50)
    label = models.CharField(max_length=200)
    registered_by = models.CharField(max_length=200)
    used_at = models.DateTimeField(null=True, blank=True)
    ruling = models.UUIDField()
    at = models.DateTimeField()


class SiteReport(TenantOwned):
    """
    A site as the customer reported it: a new one, which waits for an amendment, or a network of a known one.

    network    addresses from which the site's computers ask, such as 192.0.2.0/24, "" where none was told
    amendment  with which the new site became part of the contract; None while it waits
    replaces   the site it took the place of, "" where it was added
    """

    row_rules = RowRules(shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="site_reports")
    customer_tenant = OtherTenantReference()
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    network = models.CharField(max_length=50, blank=True)
    reported_by = models.CharField(max_length=200)
    amendment = TenantForeignKey(Amendment, models.PROTECT, null=True, blank=True, related_name="+")
    replaces = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()


class LicenceNotice(TenantOwned):
    """A notice for staff: a computer asked from a network that nobody had reported for its site."""

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="licence_notices")
    product = models.CharField(max_length=50)
    site = models.CharField(max_length=200)
    network = models.CharField(max_length=50)
    label = models.CharField(max_length=100)
    ruling = models.UUIDField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled = models.CharField(max_length=300, blank=True)

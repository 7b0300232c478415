"""Releases of a product: what is new, how it was tested, what is gone, and which customers were given it."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Contract


class Release(TenantOwned):
    """
    A release of a product; a candidate until it is published, and never changed after that.

    product          key of the terms pack under which the product is sold
    kind             UPDATE corrects what there is, VERSION changes functions substantially (leisure Art. 1)
    supported_until  the last day on which it is supported; null while no end is known
    """

    class Kind(models.TextChoices):
        UPDATE = "UPDATE"
        VERSION = "VERSION"

    product = models.CharField(max_length=50)
    version = models.CharField(max_length=30)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    notes_de = models.TextField()
    notes_en = models.TextField()
    supported_until = models.DateField(null=True, blank=True)
    released_on = models.DateField(null=True, blank=True)
    ruling = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "product", "version"], name="release_version")]

    def __str__(self) -> str:
        return self.version


class ReleaseFile(TenantOwned):
    """A file of a release: the software, its documentation of the same version, or the report of its tests."""

    class Role(models.TextChoices):
        SOFTWARE = "SOFTWARE"
        DOCUMENTATION = "DOCUMENTATION"
        REPORT = "REPORT"

    release = TenantForeignKey(Release, models.PROTECT, related_name="files")
    role = models.CharField(max_length=15, choices=Role.choices)
    blob = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    at = models.DateTimeField()


class ReleaseCheck(TenantOwned):
    """An acceptance test of the published specification, and how the release fared in it; one result for each test."""

    release = TenantForeignKey(Release, models.PROTECT, related_name="checks")
    key = models.CharField(max_length=50)
    title = models.CharField(max_length=200)
    passed = models.BooleanField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "release", "key"], name="release_check_once")]


class RemovedFunction(TenantOwned):
    """A function that a release has no more: why, and what does its work instead."""

    release = TenantForeignKey(Release, models.PROTECT, related_name="removed")
    name_de = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    replacement = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()


class ReleaseOffer(FinalRow):
    """
    A release as one customer was given it; the customer reads it, and fetches the files through the house.

    files  role, name, size and SHA-256 of each; postponable  whether the terms let the customer refuse or delay it
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    release = TenantForeignKey(Release, models.PROTECT, related_name="offers")
    contract = TenantForeignKey(Contract, models.PROTECT, related_name="release_offers")
    customer_tenant = OtherTenantReference()
    version = models.CharField(max_length=30)
    kind = models.CharField(max_length=10)
    notes_de = models.TextField()
    notes_en = models.TextField()
    released_on = models.DateField()
    supported_until = models.DateField(null=True, blank=True)
    files = models.JSONField()
    removed = models.JSONField()
    postponable = models.BooleanField()
    clause = models.CharField(max_length=200, blank=True)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "release", "contract"], name="release_offer_once")]


class ReleaseInstallation(TenantOwned):
    """
    How a release comes to be installed at a customer, once anybody said something of it; both sides read it.

    way              key of the terms' list, "" while nobody planned it: then it is installed at the next connection
    planned_at       from this moment on it is installed
    postponed_until  the customer wants it on this day at the earliest, where the terms let it
    installed_on     what the installation calls itself
    """

    row_rules = RowRules(shared_with="customer_tenant")

    offer = TenantForeignKey(ReleaseOffer, models.PROTECT, related_name="installations")
    customer_tenant = OtherTenantReference()
    way = models.CharField(max_length=30, blank=True)
    planned_at = models.DateTimeField(null=True, blank=True)
    postponed_until = models.DateField(null=True, blank=True)
    installed_at = models.DateTimeField(null=True, blank=True)
    installed_on = models.CharField(max_length=100, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "offer"], name="release_installation_once")]

from django.db import models

from kontor.kernel.rows import TenantOwned, uuid7


class Tenant(models.Model):
    """
    A business that works here; the house is one of them.

    This table is global, so it holds what the frame of a page needs and nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    is_house = models.BooleanField(default=False)
    language = models.CharField(max_length=2, default="de")
    zone = models.CharField(max_length=64, default="Europe/Berlin")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_house"], condition=models.Q(is_house=True), name="tenant_one_house"),
        ]

    def __str__(self) -> str:
        return self.name


class Site(TenantOwned):
    """A place of business: it has an address and a zone, and rights can end at its door."""

    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, default="DE")
    zone = models.CharField(max_length=64, default="Europe/Berlin")

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="site_name")]

    def __str__(self) -> str:
        return self.name

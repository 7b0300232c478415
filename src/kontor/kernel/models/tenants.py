from django.db import models

from kontor.kernel.rows import NeverChanged, TenantOwned, uuid7


class Tenant(models.Model):
    """
    A business that works here; the house is one of them.

    This table is global, so it holds what the frame of a page and the start of the installation need, nothing else.

    stage       whether anything here is real; said when it is made, and the database lets nobody change it
    sandbox_of  the company whose test tenant this is
    kept_under  what contracts demand of where its data lies: [{pack, version, countries, clause}], one for each pack
    files_at    key of the declared place where its files lie, "" for KONTOR_BLOBS
    files_from  the place from which they are being moved there, null where all of them have arrived
    """

    class Stage(models.TextChoices):
        PRODUCTION = "PRODUCTION"
        TEST = "TEST"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    is_house = models.BooleanField(default=False)
    language = models.CharField(max_length=2, default="de")
    zone = models.CharField(max_length=64, default="Europe/Berlin")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.PRODUCTION)
    sandbox_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    kept_under = models.JSONField(default=list)
    files_at = models.CharField(max_length=40, blank=True)
    files_from = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001  "" is a place, null is none
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_house"], condition=models.Q(is_house=True), name="tenant_one_house"),
            models.CheckConstraint(
                condition=models.Q(sandbox_of=None) | models.Q(stage="TEST", is_house=False),
                name="tenant_sandbox_is_test",
            ),
            NeverChanged(name="tenant_stage_stays", fields=("stage", "sandbox_of")),
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

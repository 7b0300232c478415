"""Devices that stand at a site and work for a tenant without a person signed in, and how each came to it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.rows import SiteReference, TenantForeignKey, TenantOwned, uuid7


class Terminal(TenantOwned):
    """
    A device paired with the tenant: where it stands, what it shows, and when it was last heard of.

    serial       of the device as it was delivered; "" where nobody noted it
    pages        keys of the pages it may show, in their order; the first is shown
    revision     counts up with every change of what the device must know
    restart      counts up whenever somebody asks it to start anew
    idle_seconds after so long without a touch everything of the last person is gone from the glass
    agent        what the device says of its own software
    printer      prints what is done at this terminal; None: the site's first
    """

    class Kind(models.TextChoices):
        KIOSK = "KIOSK"
        TABLET = "TABLET"
        DISPLAY = "DISPLAY"

    site = SiteReference()
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TABLET)
    serial = models.CharField(max_length=100, blank=True)
    pages = ArrayField(models.CharField(max_length=60), default=list)
    language = models.CharField(max_length=2, default="de")
    idle_seconds = models.PositiveSmallIntegerField(default=60)
    revision = models.PositiveIntegerField(default=1)
    restart = models.PositiveIntegerField(default=0)
    agent = models.CharField(max_length=200, blank=True)
    printer = TenantForeignKey("terminals.Printer", models.PROTECT, null=True, blank=True, related_name="terminals")
    paired_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    unpaired_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "serial"],
                condition=models.Q(unpaired_at=None) & ~models.Q(serial=""),
                name="terminal_serial_once",
            ),
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(unpaired_at=None), name="terminal_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Pairing(models.Model):
    """
    A code that a device shows and somebody types in the tenant it is to work for.

    The table is global, since a device that shows a code belongs to nobody yet. Code, secret and address are kept as
    keyed hashes; a row is deleted once its time is over.

    secret   known to the device alone: with it, it asks what became of its code
    terminal what it was paired as, once somebody typed the code
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.BinaryField(max_length=32, unique=True)
    secret = models.BinaryField(max_length=32, unique=True)
    address = models.BinaryField(max_length=32, db_index=True)
    tenant = models.ForeignKey(
        "kernel.Tenant", models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    terminal = models.UUIDField(null=True, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

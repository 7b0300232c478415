"""From which browsers, systems and devices people may come in."""

from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned, uuid7


class SupportedClient(models.Model):
    """
    From which day on the house supports a browser or a mobile system from which version on; global and for all to read.

    family   "edge", "chrome", "firefox", "safari", "ios" or "android"
    minimum  the oldest version let in; "" where the family is let in no more
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    family = models.CharField(max_length=20)
    minimum = models.CharField(max_length=20, blank=True)
    from_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["family", "from_on"], name="supported_client_once")]


class Device(TenantOwned):
    """
    A phone or tablet with the app, as the app on it says; nobody else vouches for any of this.

    device        the app's own name for it
    integrity     "intact", or what the app found: "rooted", "jailbroken", "custom_rom", "integrity_apps"
    lock          "password", "pin", "pattern", "biometrics" or "none"
    patch_on      the day of the security patch level; none where the system names none
    refused       the code under which it was refused last, "" where it was let in
    reminded_for  the patch level about which its user was written to
    """

    class System(models.TextChoices):
        ANDROID = "android"
        IOS = "ios"

    membership = TenantForeignKey("kernel.Membership", models.CASCADE, related_name="+")
    device = models.CharField(max_length=100)
    model = models.CharField(max_length=100, blank=True)
    system = models.CharField(max_length=10, choices=System.choices)
    version = models.CharField(max_length=20)
    beta = models.BooleanField(default=False)
    integrity = models.CharField(max_length=20)
    lock = models.CharField(max_length=20)
    patch_on = models.DateField(null=True, blank=True)
    private = models.BooleanField(default=False)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    refused = models.CharField(max_length=30, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    reminded_for = models.DateField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "membership", "device"], name="device_once")]

from django.db import models

from kontor.kernel.rows import TenantOwned


class RequestLimit(TenantOwned):
    """
    How many requests the tenant may send in a minute, pages and API together; no row means no limit.

    per_minute  of the whole tenant; per_client  of one person or one key; given by the tenant's supplier
    """

    per_minute = models.IntegerField()
    per_client = models.IntegerField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="request_limit_one"),
            models.CheckConstraint(
                name="request_limit_positive", condition=models.Q(per_minute__gte=1, per_client__gte=1)
            ),
        ]


class ProbeLimit(TenantOwned):
    """How often one key may read the same address in an hour before the tenant's supplier is told; no row: never."""

    reads_per_hour = models.IntegerField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="probe_limit_one"),
            models.CheckConstraint(name="probe_limit_positive", condition=models.Q(reads_per_hour__gte=1)),
        ]


class ProbeHour(TenantOwned):
    """
    How often a client read one address in an hour.

    asked  SHA-256 of path and query, so that what was looked for is not kept here
    """

    hour = models.DateTimeField()
    client = models.CharField(max_length=50)
    asked = models.BinaryField(max_length=32)
    count = models.IntegerField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "hour", "client", "asked"], name="probe_hour_once")]


class RequestMinute(TenantOwned):
    """
    How many requests were sent in a minute, refused ones included: by the whole tenant, and by each client.

    client  "key:…" or "person:…" with its id; "" for the whole tenant
    """

    minute = models.DateTimeField()
    client = models.CharField(max_length=50, blank=True)
    count = models.IntegerField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "minute", "client"], name="request_minute_once")]

from django.db import models

from kontor.kernel.rows import FinalRow, TenantOwned


class EventStream(TenantOwned):
    """The last number given in a tenant's stream; the row is locked as the last statement before commit."""

    last_number = models.BigIntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="event_stream_tenant")]


class Event(FinalRow):
    """Something that happened, told to other modules and to open pages; numbered without gaps per tenant."""

    number = models.BigIntegerField()
    kind = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="event_number")]

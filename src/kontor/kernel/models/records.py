from django.db import models
from django.db.models.expressions import RawSQL

from kontor.kernel.rows import FinalRow, RowRules, TenantForeignKey, TenantOwned

# pg_current_xact_id counts per cluster: after a dump is restored elsewhere, its numbers begin somewhere else.
THIS_CLUSTER = "(pg_control_system()).system_identifier"


class RecordEntry(FinalRow):
    """
    Who did what to which object, when and under which clause; never changed, sealed within minutes.

    salt and detail_digest   what the seal covers instead of personal content, so that the content can be erased
    cluster                  the database cluster whose transactions `made_in` counts; a restored copy counts anew
    """

    cluster = models.BigIntegerField(editable=False, db_default=RawSQL(THIS_CLUSTER, []))  # noqa: S611  a constant
    at = models.DateTimeField()
    actor = models.UUIDField(null=True, blank=True)
    actor_kind = models.CharField(max_length=20)
    verb = models.CharField(max_length=100)
    object_kind = models.CharField(max_length=100)
    object_id = models.UUIDField()
    clause = models.CharField(max_length=200, blank=True)
    ruling = models.UUIDField(null=True, blank=True)
    salt = models.BinaryField(max_length=16)
    detail_digest = models.BinaryField(max_length=32, null=True)

    class Meta(FinalRow.Meta):
        indexes = [
            models.Index(fields=["tenant", "object_id", "at"], name="record_of_object"),
            models.Index(fields=["tenant", "cluster", "made_in", "id"], name="record_in_commit_order"),
            models.Index(fields=["tenant", "-at"], name="record_latest"),
        ]


class RecordKey(TenantOwned):
    """The key that opens one object's details; deleting it erases them while the chain still holds."""

    object_id = models.UUIDField()
    wrapped = models.BinaryField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "object_id"], name="record_key_object")]


class RecordDetail(TenantOwned):
    """Before and after of one entry, encrypted with the object's key."""

    row_rules = RowRules(append_only=True, part_of="entry")

    entry = TenantForeignKey(RecordEntry, models.PROTECT, related_name="details")
    sealed_box = models.BinaryField()


class RecordSeal(FinalRow):
    """
    One link of the tenant's chain: one cluster's entries up to and including the last, in commit order.

    number   1, 2, 3 ... per tenant
    chain    HMAC-SHA256 over the previous link's chain and the digests of this link's entries; its key follows from the
             tenant's first key, so that whoever rewrites the database alone cannot write a new chain
    """

    number = models.BigIntegerField()
    at = models.DateTimeField()
    cluster = models.BigIntegerField(db_default=RawSQL(THIS_CLUSTER, []))  # noqa: S611  a constant
    last_made_in = models.BigIntegerField()
    last_entry = models.UUIDField()
    entries = models.IntegerField()
    chain = models.BinaryField(max_length=32)

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="record_seal_number")]

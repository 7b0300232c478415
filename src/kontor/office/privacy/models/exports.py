from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned


class Export(TenantOwned):
    """
    A copy of everything of the tenant, packed in the background and fetched by a link that works once.

    available_on  the first day on which it is there; where a contract demands notice, `ruling` says which
    recipient     an age public key, "" where whoever fetches it gives a passphrase or none
    box           the key of its pieces at rest, closed with the tenant's
    place         the declared place where its pieces lie
    packed        the archive's bytes that are safe; pieces  the files they lie in; seen  the most there ever were
    last_file     the file that was packed last; until_file  the last one that existed when the tables were read
    missing       names of files that the store has lost
    """

    class State(models.TextChoices):
        WAITING = "WAITING"
        TABLES = "TABLES"
        FILES = "FILES"
        READY = "READY"
        GONE = "GONE"

    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    available_on = models.DateField()
    ruling = models.UUIDField(null=True)
    recipient = models.CharField(max_length=100, blank=True)
    box = models.BinaryField()
    place = models.CharField(max_length=40, blank=True)
    read_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)
    rows_expected = models.BigIntegerField(default=0)
    files = models.IntegerField(default=0)
    files_expected = models.IntegerField(default=0)
    packed = models.BigIntegerField(default=0)
    pieces = models.IntegerField(default=0)
    seen = models.IntegerField(default=0)
    last_file = models.UUIDField(null=True)
    until_file = models.UUIDField(null=True)
    missing = models.JSONField(default=list)
    tables = models.JSONField(default=list)
    ready_at = models.DateTimeField(null=True)
    gone_on = models.DateField(null=True)
    fetched_at = models.DateTimeField(null=True)
    fetched_by = models.UUIDField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-asked_at"], name="privacy_export_latest")]


class ExportEntry(TenantOwned):
    """A file in an export's archive: what its directory and its manifest say of it."""

    export = TenantForeignKey(Export, models.CASCADE, related_name="entries")
    name = models.CharField(max_length=400)
    offset = models.BigIntegerField()
    size = models.BigIntegerField()
    packed = models.BigIntegerField()
    crc = models.BigIntegerField()
    sha256 = models.BinaryField(max_length=32)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "export", "offset"], name="privacy_export_offset")]

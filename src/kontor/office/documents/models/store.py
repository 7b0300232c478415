from django.contrib.postgres.search import SearchVectorField
from django.db import models

from kontor.kernel.rows import FinalRow, SiteReference, TenantForeignKey, TenantOwned


class Folder(TenantOwned):
    """
    A place where people look for documents; it grants nothing, the document's own reach does.

    kept  what its documents are for the law, which says how long they stay once they are in the bin; "" letters
    """

    class Kept(models.TextChoices):
        LETTERS = ""
        INVOICES = "invoice"
        BOOKS = "books"

    name = models.CharField(max_length=120)
    kept = models.CharField(max_length=20, choices=Kept.choices, blank=True)
    parent = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="folders")

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "parent", "name"], name="documents_folder_name", nulls_distinct=False
            )
        ]


class Document(TenantOwned):
    """
    A file that people keep under one title, in versions.

    reach      who may see it besides whoever filed it: everybody who sees documents, those it names, whoever may
               see a record it is linked to, or anybody with its address
    site       whose people alone see it; null for everywhere
    number     of the newest version
    owner      user who filed it, null where the machine did
    binned_at  since when it lies in the bin; whence it is taken out again
    """

    class Reach(models.TextChoices):
        EVERYBODY = "EVERYBODY"
        NAMED = "NAMED"
        RECORD = "RECORD"
        PUBLIC = "PUBLIC"

    title = models.CharField(max_length=200)
    folder = TenantForeignKey(Folder, models.PROTECT, null=True, blank=True, related_name="documents")
    reach = models.CharField(max_length=10, choices=Reach.choices, default=Reach.EVERYBODY)
    site = SiteReference(null=True, blank=True)
    owner = models.UUIDField(null=True, blank=True)
    number = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    binned_at = models.DateTimeField(null=True, blank=True)
    binned_by = models.UUIDField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-changed_at"], name="documents_latest")]


class Version(FinalRow):
    """
    One state of a document's file; never changed, an old one is restored as a new one.

    media_type     found in the content, never in the name
    restored_from  number of the version whose bytes it repeats
    """

    document = TenantForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    blob = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=100)
    note = models.CharField(max_length=200, blank=True)
    restored_from = models.PositiveIntegerField(null=True, blank=True)
    by = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "document", "number"], name="documents_version_once")]


class Finding(TenantOwned):
    """
    What a look into a version found: harmful or not, its words, its picture.

    state      nobody opens what is WAITING or INFECTED; UNSCANNED where this installation has no scanner
    signature  the scanner's name for what it found
    text       what can be read in it, cut off; words, the same for searching
    preview    a picture of its first page
    unread     why nothing could be read: "", "kind", "locked", "limit", "broken"
    """

    class State(models.TextChoices):
        WAITING = "WAITING"
        CLEAN = "CLEAN"
        UNSCANNED = "UNSCANNED"
        INFECTED = "INFECTED"

    version = TenantForeignKey(Version, models.PROTECT, related_name="findings")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    signature = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    words = SearchVectorField(null=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    preview = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    unread = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "version"], name="documents_finding_once")]


class Right(TenantOwned):
    """Somebody whom a document of reach NAMED names: everybody with a role, or one person."""

    document = TenantForeignKey(Document, models.CASCADE, related_name="rights")
    role = TenantForeignKey("kernel.Role", models.CASCADE, null=True, blank=True, related_name="+")
    user = models.UUIDField(null=True, blank=True)
    may_change = models.BooleanField(default=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "document", "role", "user"], name="documents_right_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="documents_right_of_one",
                condition=models.Q(role=None, user__isnull=False) | models.Q(role__isnull=False, user=None),
            ),
        ]


class Link(TenantOwned):
    """That a document belongs to a record of any app: its kind, "contracts.Contract", and its id."""

    document = TenantForeignKey(Document, models.CASCADE, related_name="links")
    kind = models.CharField(max_length=100)
    record = models.UUIDField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "document", "kind", "record"], name="documents_link_once")
        ]
        indexes = [models.Index(fields=["tenant", "kind", "record"], name="documents_of_record")]

"""A visit: who comes to whom, when and where, and everything that happened with it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.keyed_hash import Hashed
from kontor.kernel.rows import FinalRow, SiteReference, TenantForeignKey, TenantOwned
from kontor.products.visitors.models.contractors import ContractorPerson
from kontor.products.visitors.models.setup import VisitType


class VisitGroup(TenantOwned):
    """
    Several people invited to one appointment.

    open_places  so many may still register themselves by the group's link; 0: nobody
    sequence     of the appointment as calendars know it (RFC 5545, 3.8.7.4)
    """

    site = SiteReference()
    type = TenantForeignKey(VisitType, models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    host_user = models.UUIDField(null=True, blank=True)
    host_name = models.CharField(max_length=200, blank=True)
    host_email = models.EmailField(max_length=320, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    open_places = models.PositiveSmallIntegerField(default=0)
    uid = models.CharField(max_length=255, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "begins_at"], name="visit_group_when")]

    def __str__(self) -> str:
        return self.title


def hashed_pin(row: Mapping[str, Any]) -> str:
    """Return a visit's PIN as it is hashed: it holds at its own site."""
    return f"visitors pin {row['site_id']} {row['pin']}"


class Visit(TenantOwned):
    """
    One person's visit, read from its events.

    person       the visitor among the tenant's parties; None while nobody said who it is
    details      what its kind asks besides: {"plate": "HH-AB 123"}
    host_user    whoever receives it, where they sign in here; their name and address stand beside it
    code         counts up whenever a new QR code makes those before it worthless
    pin_digest   keyed hash of the PIN, by which its site's terminals find the visit
    sequence     of the appointment as calendars know it (RFC 5545, 3.8.7.4)
    assumed      nobody saw the visitor leave: never counted as out in an alarm or as working time
    flag         why somebody should look at it: "cancelled", "double", "offline"; "" otherwise
    overridden   why reception let somebody in whom the rules kept out
    over_on      the day, at its site, on which it was over: left, refused, called off or missed
    gone_after   the last day on which it stays; None until it is over, or where nobody settled how long it stays
    """

    class State(models.TextChoices):
        ASKED = "ASKED"
        EXPECTED = "EXPECTED"
        REFUSED = "REFUSED"
        CANCELLED = "CANCELLED"
        IN = "IN"
        OUT = "OUT"
        MISSED = "MISSED"

    class Origin(models.TextChoices):
        INVITED = "INVITED"
        WALK_IN = "WALK_IN"
        REGISTERED = "REGISTERED"
        CALENDAR = "CALENDAR"
        IMPORT = "IMPORT"
        API = "API"

    keyed_hashes: ClassVar[Hashed] = {"pin_digest": hashed_pin}

    site = SiteReference()
    type = TenantForeignKey(VisitType, models.PROTECT, related_name="visits")
    group = TenantForeignKey(VisitGroup, models.PROTECT, null=True, blank=True, related_name="visits")
    contractor_person = TenantForeignKey(
        ContractorPerson, models.SET_NULL, null=True, blank=True, related_name="visits"
    )
    person = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=200)
    company = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=320, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    language = models.CharField(max_length=2, default="de")
    details = models.JSONField(default=dict)
    host_user = models.UUIDField(null=True, blank=True)
    host_name = models.CharField(max_length=200, blank=True)
    host_email = models.EmailField(max_length=320, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.EXPECTED)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.INVITED)
    code = models.PositiveIntegerField(default=1)
    pin = EncryptedTextField(blank=True)
    pin_digest = models.BinaryField(max_length=32, null=True, blank=True)
    uid = models.CharField(max_length=255, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    in_at = models.DateTimeField(null=True, blank=True)
    in_by = models.CharField(max_length=200, blank=True)
    in_way = models.CharField(max_length=10, blank=True)
    out_at = models.DateTimeField(null=True, blank=True)
    out_by = models.CharField(max_length=200, blank=True)
    out_way = models.CharField(max_length=10, blank=True)
    assumed = models.BooleanField(default=False)
    flag = models.CharField(max_length=20, blank=True)
    overridden = models.CharField(max_length=300, blank=True)
    number = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    over_on = models.DateField(null=True, blank=True)
    gone_after = models.DateField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "site", "pin_digest"],
                condition=models.Q(state__in=("ASKED", "EXPECTED", "IN")) & ~models.Q(pin_digest=None),
                name="visit_pin_once",
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begins_at")), name="visit_ends_later"),
        ]
        indexes = [
            models.Index(fields=["tenant", "site", "begins_at"], name="visit_when"),
            models.Index(fields=["tenant", "site"], condition=models.Q(state="IN"), name="visit_inside"),
            models.Index(fields=["tenant", "site", "in_at"], name="visit_came"),
            models.Index(fields=["tenant", "site", "out_at"], name="visit_went"),
            models.Index(fields=["tenant", "email"], name="visit_email"),
            models.Index(fields=["tenant", "person"], name="visit_person"),
        ]

    def __str__(self) -> str:
        return self.name


class VisitEvent(FinalRow):
    """
    One thing that happened to a visit, and what was told of it; together they are the visit.

    kind  "invited", "registered", "approved", "checked_in", "left", …
    key   of the attempt that brought it about: tried again, it is there once
    """

    visit = TenantForeignKey(Visit, models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    told = models.JSONField(default=dict)
    key = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001  null is not unique, "" would be
    terminal = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "visit", "number"], name="visit_event_once"),
            models.UniqueConstraint(fields=["tenant", "key"], name="visit_event_key_once"),
        ]

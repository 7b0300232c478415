"""What a tenant settles about visits: by site, by kind of visit, by badge; and the keys that sign its invitations."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import SiteReference, TenantForeignKey, TenantOwned


class SiteRules(TenantOwned):
    """
    What holds at one site.

    early_minutes  so long before its beginning an invitation opens
    closes_at      time of day, in the site's zone, from which whoever forgot to check out is assumed out
    wrong_pins     so many wrong PINs in a row close a terminal's keypad for `pause_minutes`
    keep_days      how long visits stay once they are over; None: not settled, and nothing goes by itself
    assembly       where people gather in an alarm
    chat_url       address of a chat's incoming webhook that hears of arrivals
    """

    site = SiteReference()
    early_minutes = models.PositiveSmallIntegerField(default=60)
    closes_at = models.TimeField(default=time(22))
    wrong_pins = models.PositiveSmallIntegerField(default=5)  # FW-064
    pause_minutes = models.PositiveSmallIntegerField(default=5)
    keep_days = models.PositiveSmallIntegerField(null=True, blank=True)
    assembly_de = models.CharField(max_length=200, blank=True)
    assembly_en = models.CharField(max_length=200, blank=True)
    chat_url = EncryptedTextField(blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "site"], name="visit_rules_once")]


class BadgeTemplate(TenantOwned):
    """How a badge looks: its size and what stands on it, as `formats.badges` lays it out."""

    name = models.CharField(max_length=100)
    size = models.CharField(max_length=20, default="62x100")
    parts = models.JSONField(default=list)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(archived_at=None), name="badge_template_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class VisitType(TenantOwned):
    """
    A kind of visit and what it demands.

    asks        what is asked of a visitor besides the name: keys of ASKED
    demands     which of these must be answered
    approval    somebody must allow the visit before its invitation goes out
    qualified   the visitor's company must be a qualified service company
    keep_days   how long its visits stay once they are over; None: as the site says
    flow        by which a case begins as the visitor checks in; None for none
    """

    class Asked(models.TextChoices):
        COMPANY = "company"
        EMAIL = "email"
        PHONE = "phone"
        HOST = "host"
        PLATE = "plate"
        DOCK = "dock"
        REASON = "reason"

    title_de = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    icon = models.CharField(max_length=40, default="user")
    colour = models.CharField(max_length=10, default="sea")
    place = models.PositiveSmallIntegerField(default=50)
    asks = ArrayField(models.CharField(max_length=20, choices=Asked.choices), default=list, blank=True)
    demands = ArrayField(models.CharField(max_length=20, choices=Asked.choices), default=list, blank=True)
    walk_in = models.BooleanField(default=True)
    approval = models.BooleanField(default=False)
    qualified = models.BooleanField(default=False)
    badge = TenantForeignKey(BadgeTemplate, models.PROTECT, null=True, blank=True, related_name="+")
    cards = TenantForeignKey("visitors.CardGroup", models.PROTECT, null=True, blank=True, related_name="+")
    flow = models.UUIDField(null=True, blank=True)
    keep_days = models.PositiveSmallIntegerField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "title_de"], condition=models.Q(archived_at=None), name="visit_type_once"
            )
        ]

    def __str__(self) -> str:
        return self.title_de


class TypeStep(TenantOwned):
    """
    A questionnaire that a kind of visit asks by: house rules, a briefing with its quiz, a statement to sign.

    valid_days  so many days an answer holds; None: asked at each visit
    early       it can be answered before the visit, with the registration
    """

    type = TenantForeignKey(VisitType, models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField()
    questionnaire = models.UUIDField()
    valid_days = models.PositiveSmallIntegerField(null=True, blank=True)
    early = models.BooleanField(default=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "type", "questionnaire"], name="visit_step_once"),
        ]


class MailTemplate(TenantOwned):
    """
    The words of a mail about visits, in one language; with a kind of visit it stands before the one without.

    occasion  what it is sent for: "invited", "changed", "cancelled", "arrived"
    subject, text  with placeholders in braces, {name}; the names and times that are put in are never read as such
    """

    class Occasion(models.TextChoices):
        INVITED = "invited"
        CHANGED = "changed"
        CANCELLED = "cancelled"
        ARRIVED = "arrived"

    type = TenantForeignKey(VisitType, models.CASCADE, null=True, blank=True, related_name="mails")
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    text = models.TextField(max_length=5000)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "type", "occasion", "language"], nulls_distinct=False, name="visit_mail_once"
            )
        ]


class SigningKey(TenantOwned):
    """
    The key that signs the tenant's invitations and evacuation lists; the newest signs, older ones still prove.

    private  PKCS 8 as PEM, encrypted with the tenant's key
    public   SubjectPublicKeyInfo as base64, which terminals hold to prove a code without the server
    """

    private = EncryptedTextField()
    public = models.CharField(max_length=200)
    at = models.DateTimeField()


class PinGuard(TenantOwned):
    """How many wrong PINs in a row were typed at a terminal, and until when its keypad is closed."""

    terminal = models.UUIDField()
    wrong = models.PositiveSmallIntegerField(default=0)
    closed_until = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "terminal"], name="pin_guard_once")]

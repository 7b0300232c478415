from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned


class SubjectRequest(TenantOwned):
    """
    What somebody asked about the data on them (GDPR Art. 15 to 21), as a case of whoever was asked.

    role         what we are for the data: as processor we forward and do not answer
    person       the user's key where they are one; else the address is all there is
    known_by     how it is known who asks: "" while it is not
    doubts       what makes it doubtful who asks; only with it more is asked for, and the clock waits
    answer_by    the last day, `ruling` says why; `extended_by` where it was said in time that it takes longer
    authorised_* the controller's word that the processor may answer
    ground       key of `rulebook.subject_request.GROUNDS` of a refusal
    package      what goes into the file beyond what is certain: {by_name, released}. The file is made when it is
                 fetched, until `package_until`: no second copy of the data lies anywhere
    """

    class Kind(models.TextChoices):
        ACCESS = "access"
        RECTIFICATION = "rectification"
        ERASURE = "erasure"
        RESTRICTION = "restriction"
        PORTABILITY = "portability"
        OBJECTION = "objection"
        SAFEGUARDS = "safeguards"

    class Way(models.TextChoices):
        PAGE = "page"
        FORM = "form"
        MAIL = "mail"
        PAPER = "paper"
        CONTROLLER = "controller"

    class Role(models.TextChoices):
        CONTROLLER = "controller"
        PROCESSOR = "processor"

    class State(models.TextChoices):
        OPEN = "open"
        FORWARDED = "forwarded"
        ANSWERED = "answered"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    class KnownBy(models.TextChoices):
        SIGNED_IN = "signed_in"
        ADDRESS = "address"
        STAFF = "staff"

    kind = models.CharField(max_length=15, choices=Kind.choices)
    way = models.CharField(max_length=10, choices=Way.choices)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.CONTROLLER)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    language = models.CharField(max_length=2)
    person = models.UUIDField(null=True, blank=True)
    words = models.TextField()
    received_at = models.DateTimeField()
    received_on = models.DateField()
    known_by = models.CharField(max_length=10, choices=KnownBy.choices, blank=True)
    doubts = models.TextField(blank=True)
    clear_on = models.DateField(null=True, blank=True)
    answer_by = models.DateField()
    extended_by = models.DateField()
    ruling = models.UUIDField()
    extended_at = models.DateTimeField(null=True, blank=True)
    extended_because = models.TextField(blank=True)
    authorised_at = models.DateTimeField(null=True, blank=True)
    authorised_by = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ground = models.CharField(max_length=20, blank=True)
    package = models.JSONField(null=True, blank=True)
    package_until = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "closed_at", "answer_by"], name="subject_request_due"),
            models.Index(fields=["tenant", "person"], name="subject_request_person"),
        ]

    @property
    def reference(self) -> str:
        """What it is called in a letter: the end of its key."""
        return f"DS-{self.pk.hex[-8:].upper()}"

    @property
    def due_on(self) -> date:
        """The last day for the answer: the extended one where that was said in time."""
        return self.extended_by if self.extended_at else self.answer_by


class SubjectStep(FinalRow):
    """A step of a request, never changed: what was done, by whom, and in which words; `told` where the person was."""

    request = TenantForeignKey(SubjectRequest, models.PROTECT, related_name="steps")
    key = models.CharField(max_length=20)
    text = models.TextField(blank=True)
    told = models.BooleanField(default=False)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "request", "at"], name="subject_step_of")]


class SubjectForward(TenantOwned):
    """
    A request as a controller gets it from its processor: who asks what, and when that reached us.

    authorised_at  when the controller said that we may answer; taken_at when it said that it answers itself
    """

    row_rules = RowRules(shared_with="customer_tenant")

    request = TenantForeignKey(SubjectRequest, models.PROTECT, related_name="forwards")
    customer_tenant = OtherTenantReference()
    customer_name = models.CharField(max_length=200)
    sender = models.CharField(max_length=200)
    kind = models.CharField(max_length=15)
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    language = models.CharField(max_length=2)
    words = models.TextField()
    received_at = models.DateTimeField()
    at = models.DateTimeField()
    authorised_at = models.DateTimeField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "request", "customer_tenant"], name="subject_forward_once")
        ]


class SubjectMark(TenantOwned):
    """
    That somebody's data is restricted (Art. 18), or that they object to a use of it (Art. 21), until it ends.

    purpose  key of a processing; "" for every one. `telemetry` is the counting of pages
    """

    class Kind(models.TextChoices):
        RESTRICTION = "restriction"
        OBJECTION = "objection"

    request = TenantForeignKey(SubjectRequest, models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    purpose = models.CharField(max_length=60, blank=True)
    person = models.UUIDField(null=True, blank=True)
    email = models.EmailField(max_length=320)
    name = models.CharField(max_length=200)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "email"], condition=models.Q(ended_at=None), name="subject_mark_stands")
        ]


class AuditRequest(TenantOwned):
    """
    A controller's audit of us, as its processor: asked for, evidence handed over, done with a result.

    beyond     more often than the agreement gives a right to; `ruling` says why
    evidence   the sealed folder; its SHA-256 is what both keep
    """

    row_rules = RowRules(shared_with="customer_tenant")

    customer_tenant = OtherTenantReference()
    customer_name = models.CharField(max_length=200)
    contract = models.UUIDField()
    contract_number = models.CharField(max_length=50)
    scope = models.TextField()
    wished_on = models.DateField()
    asked_by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    beyond = models.BooleanField(default=False)
    ruling = models.UUIDField()
    evidence = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    result = models.TextField(blank=True)


class AuditVisit(TenantOwned):
    """
    An auditor let in to look for some days: a member of their own kind whose pages nobody can write through.

    scope  keys of the permissions whose pages are open
    until  when the access ends by itself
    """

    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    company = models.CharField(max_length=200)
    purpose = models.TextField()
    scope = ArrayField(models.CharField(max_length=80))
    membership = models.UUIDField()
    announced_at = models.DateTimeField()
    announced_by = models.CharField(max_length=200)
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=200, blank=True)

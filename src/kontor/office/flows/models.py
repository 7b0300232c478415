"""The flows that a tenant writes, in versions that stay as they are, and the cases that run by them, event by event."""

from django.db import models

from kontor.kernel.rows import FinalRow, SiteReference, TenantForeignKey, TenantOwned


class Flow(TenantOwned):
    """
    A flow as it is being written.

    draft   the document that the next version takes; no case runs by it
    number  of the newest version, 0 before the first
    """

    title_de = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    draft = models.JSONField()
    number = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "title_de"], condition=models.Q(archived_at=None), name="flow_once"
            )
        ]

    def __str__(self) -> str:
        return self.title_de


class Version(FinalRow):
    """One state of a flow by which cases run: its document and the SHA-256 of that."""

    flow = TenantForeignKey(Flow, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title_de = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    document = models.JSONField()
    sha256 = models.BinaryField(max_length=32)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "flow", "number"], name="flow_version_once")]


class Case(TenantOwned):
    """
    One run of a flow: what its events have come to, so that lists need not read them.

    title    what it is called in lists: "Nele Brandt, Brandt Elektro"
    about    the record that it belongs to: its kind, "visitors.Visit", and its id; "" and null for none
    email    of the person it is about, as far as known; "" otherwise
    number   of its last event
    state    key of the state it is in, since `since`
    task     it waits for somebody to do something; of `role`, where one is named
    stopped  it was stopped, and did not come to an end
    """

    flow = TenantForeignKey(Flow, models.PROTECT, related_name="cases")
    version = TenantForeignKey(Version, models.PROTECT, related_name="cases")
    title = models.CharField(max_length=200)
    about_kind = models.CharField(max_length=100, blank=True)
    about = models.UUIDField(null=True, blank=True)
    email = models.CharField(max_length=254, blank=True)
    site = SiteReference(null=True, blank=True)
    values = models.JSONField()
    number = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=40)
    since = models.DateTimeField()
    task = models.BooleanField(default=False)
    role = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True)
    stopped = models.BooleanField(default=False)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "flow", "state"], condition=models.Q(over_at=None), name="flows_open"),
            models.Index(fields=["tenant", "since"], condition=models.Q(over_at=None, task=True), name="flows_tasks"),
            models.Index(fields=["tenant", "about_kind", "about"], name="flows_of_record"),
        ]

    def __str__(self) -> str:
        return self.title


class CaseEvent(FinalRow):
    """One thing that happened to a case, as `formats.running.Happened` tells it; together they are the case."""

    case = TenantForeignKey(Case, models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    told = models.JSONField()
    by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "number"], name="case_event_once")]


class CaseEffect(TenantOwned):
    """
    Something that an event brings about in the world, once.

    number   of the event, and `place` among its effects
    told     what was written into its fields, values of the case filled in
    problem  why it cannot be; "" otherwise
    """

    class State(models.TextChoices):
        PLANNED = "PLANNED"
        DONE = "DONE"
        FAILED = "FAILED"

    case = TenantForeignKey(Case, models.PROTECT, related_name="effects")
    number = models.PositiveIntegerField()
    place = models.PositiveSmallIntegerField()
    effect = models.CharField(max_length=60)
    told = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    problem = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "number", "place"], name="case_effect_once")]

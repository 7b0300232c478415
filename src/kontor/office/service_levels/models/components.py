from django.db import models

from kontor.kernel.rows import FinalRow, RowRules, TenantForeignKey, TenantOwned


class Component(TenantOwned):
    """
    A part of the provider's service that people can use, or cannot.

    public  whether it stands on the public status page; order the place there
    module  what has to be ordered to have it, by the key of its module; "" where everybody has it
    """

    key = models.SlugField(max_length=50)
    name_de = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    public = models.BooleanField(default=True)
    module = models.CharField(max_length=50, blank=True)
    order = models.PositiveSmallIntegerField(default=10)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="component_key")]

    def __str__(self) -> str:
        return self.key


class Probe(TenantOwned):
    """
    How a component is watched.

    kind      what is tried; purpose  what of the service it proves, since some contracts count reading and writing
    target    an address, or host:port; expects  text that the answer holds, or the days a certificate is still valid
    minutes   how often it is tried; silence_minutes  after how long without a result nothing is known
    confirm   how many failures in a row are an outage
    all_fail  whether every place must fail, or any of them
    stopped_at  when it was watched no more
    """

    class Kind(models.TextChoices):
        HTTP = "HTTP"
        TCP = "TCP"
        SMTP = "SMTP"
        IMAP = "IMAP"
        TLS = "TLS"
        HEARTBEAT = "HEARTBEAT"
        READ = "READ"
        WRITE = "WRITE"

    class Purpose(models.TextChoices):
        REACH = "REACH"
        READ = "READ"
        WRITE = "WRITE"

    component = TenantForeignKey(Component, models.PROTECT, related_name="probes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    target = models.CharField(max_length=500, blank=True)
    expects = models.CharField(max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(default=1)
    silence_minutes = models.PositiveSmallIntegerField(default=5)
    confirm = models.PositiveSmallIntegerField(default=2)
    all_fail = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()


class ProbePlace(TenantOwned):
    """
    What is known of a probe from one place: the state machine's memory, changed by each result.

    place  "here" is this installation; others report what they saw
    """

    probe = TenantForeignKey(Probe, models.PROTECT, related_name="places")
    place = models.CharField(max_length=50)
    state = models.CharField(max_length=10, default="unknown")
    last = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "probe", "place"], name="probe_place_once")]


class ProbeResult(FinalRow):
    """What a probe saw; kept as the monthly control of the intervals, in the order of `at`, never changed."""

    row_rules = RowRules(append_only=True)

    watched = TenantForeignKey(ProbePlace, models.PROTECT, related_name="results")
    at = models.DateTimeField()
    good = models.BooleanField()
    millis = models.PositiveIntegerField(default=0)
    said = models.CharField(max_length=200, blank=True)

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "watched", "at"], name="probe_result_once")]


class StateInterval(TenantOwned):
    """How long one place saw one state; made when the state flips, its end null while it lasts."""

    watched = TenantForeignKey(ProbePlace, models.PROTECT, related_name="intervals")
    state = models.CharField(max_length=10)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "watched"], name="state_interval_open_once", condition=models.Q(end__isnull=True)
            ),
            models.CheckConstraint(name="state_interval_forward", condition=models.Q(end__gte=models.F("start"))),
        ]


class RawControl(FinalRow):
    """
    The results of a time looked at once more, and whether the intervals say the same.

    results      how many there were; places  from how many places
    differences  for each place that differs [id, place, component, from, to]: first and last moment that differ
    """

    row_rules = RowRules(append_only=True)

    start = models.DateTimeField()
    end = models.DateTimeField()
    results = models.PositiveIntegerField()
    places = models.PositiveIntegerField()
    differences = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "-at"], name="raw_control_latest")]

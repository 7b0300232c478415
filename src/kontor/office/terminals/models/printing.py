"""Printers at a site, and what is to come out of them. A job names what it draws and holds nothing of it."""

from django.db import models

from kontor.kernel.rows import SiteReference, TenantForeignKey, TenantOwned


class Printer(TenantOwned):
    """
    A printer for labels and cards at a site.

    kind        how it is spoken to: ZPL or Brother's raster over TCP, or a queue of the server's print system
    host, port  where it listens, for the first two; queue  its name there, for the last
    per_mm      dots to the millimetre, for ZPL
    first       it prints for every terminal of its site that names no other
    error       why the last job did not come out, as a key of queries.printing.ERRORS; "" where it did
    """

    class Kind(models.TextChoices):
        ZPL = "ZPL"
        BROTHER = "BROTHER"
        SYSTEM = "SYSTEM"

    site = SiteReference()
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ZPL)
    host = models.CharField(max_length=255, blank=True)
    port = models.PositiveIntegerField(default=9100)
    queue = models.CharField(max_length=100, blank=True)
    per_mm = models.PositiveSmallIntegerField(default=8)
    first = models.BooleanField(default=False)
    error = models.CharField(max_length=20, blank=True)
    printed_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(removed_at=None), name="printer_name_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "site"], condition=models.Q(first=True, removed_at=None), name="printer_first_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PrintJob(TenantOwned):
    """
    One label that is to be printed, once.

    drawn_by  who draws it, as `public.draws` knows it: "visitors.badge"; about  key of what it is about
    copy      0 for the first, counting up with each reprint; of each there is one, however often it is asked for
    state     WAITING, SENDING, PRINTED, FAILED, GONE (nothing to draw any more), UNKNOWN (it may have come out)
    error     as a printer's; asked_at  when somebody or something wanted it
    """

    class State(models.TextChoices):
        WAITING = "WAITING"
        SENDING = "SENDING"
        PRINTED = "PRINTED"
        FAILED = "FAILED"
        GONE = "GONE"
        UNKNOWN = "UNKNOWN"

    printer = TenantForeignKey(Printer, models.PROTECT, related_name="jobs")
    drawn_by = models.CharField(max_length=60)
    about = models.UUIDField()
    copy = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "drawn_by", "about", "copy"], name="print_job_once"),
        ]
        indexes = [models.Index(fields=["tenant", "printer", "-asked_at"], name="print_job_newest")]

from django.db import models

from kontor.kernel.rows import TenantOwned


class Reservation(TenantOwned):
    """
    Use of a limited meter that was promised before it happens, such as a campaign's mails.

    source    what it was promised to; asked again, it is the same promise
    left      what of `quantity` has neither been used nor given back
    month     first day of the month it is promised in, in the limit's zone; null for a level
    until     from this moment on what is left is free again
    """

    meter = models.CharField(max_length=100)
    source = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    left = models.DecimalField(max_digits=20, decimal_places=6)
    month = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    until = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "meter", "source"], name="reservation_once"),
            models.CheckConstraint(
                name="reservation_holds_what_is_left",
                condition=models.Q(left__gte=0) & models.Q(left__lte=models.F("quantity")),
            ),
        ]


class QuotaWarning(TenantOwned):
    """
    That a limited meter has crossed a share of its limit, told once until it falls below again or a month begins.

    percent  the share; used, quantity in the unit that contracts speak of, as they were at that moment
    month    as a reservation's
    """

    meter = models.CharField(max_length=100)
    percent = models.PositiveSmallIntegerField()
    month = models.DateField(null=True, blank=True)
    used = models.DecimalField(max_digits=26, decimal_places=6)
    quantity = models.DecimalField(max_digits=26, decimal_places=6)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "meter", "percent"],
                condition=models.Q(cleared_at=None),
                name="quota_warning_once",
            )
        ]

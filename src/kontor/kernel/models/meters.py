from django.db import models

from kontor.kernel.rows import FinalRow


class MeterReading(FinalRow):
    """
    One use of something a contract counts; `source` makes a repeated report of the same use one reading.

    quantity  what was used; of a meter that counts a level, the level from this moment on
    subject   who or what used it, as a digest, for meters that count each of them once a month; "" for the others
    """

    meter = models.CharField(max_length=100)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    subject = models.CharField(max_length=64, blank=True, default="")

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "meter", "source"], name="meter_reading_once")]
        indexes = [models.Index(fields=["tenant", "meter", "at"], name="meter_reading_month")]

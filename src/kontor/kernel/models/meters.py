from django.db import models

from kontor.kernel.rows import FinalRow


class MeterReading(FinalRow):
    """One use of something a contract counts; `source` makes a repeated report of the same use one reading."""

    meter = models.CharField(max_length=100)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    source = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "meter", "source"], name="meter_reading_once")]
        indexes = [models.Index(fields=["tenant", "meter", "at"], name="meter_reading_month")]

from django.db import models

from kontor.kernel.rows import FinalRow


class RecordEdition(FinalRow):
    """The record of processing as it stood: a new edition whenever something in it changed."""

    number = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="record_edition_number")]


class MeasureReview(FinalRow):
    """
    A technical or organisational measure that somebody looked at: with what evidence, and when again.

    measure   key of the measure in the packs' list
    owner     who answers for it: a person or a post
    """

    measure = models.CharField(max_length=50)
    owner = models.CharField(max_length=200)
    evidence = models.TextField()
    reviewed_on = models.DateField()
    review_by = models.DateField()
    reviewed_by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "measure"], name="measure_review_by_measure")]

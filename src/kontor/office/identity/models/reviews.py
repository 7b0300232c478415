"""That somebody looked through everybody's rights, and signed what they found."""

from django.db import models

from kontor.kernel.rows import FinalRow


class RightsReview(FinalRow):
    """
    A review of all rights at one moment, with its result.

    grants   every grant as it stood: {person, email, kind, role, site, everything, rights, until, kept}
    sha256   over the grants as they are kept, in canonical JSON: what the signature refers to
    person   who signed; they had just shown who they are
    """

    grants = models.JSONField()
    sha256 = models.BinaryField(max_length=32)
    kept = models.PositiveIntegerField()
    ended = models.PositiveIntegerField()
    remark = models.TextField(max_length=1000, blank=True)
    due_on = models.DateField()
    person = models.UUIDField()
    name = models.CharField(max_length=200)
    at = models.DateTimeField()

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules


class StoredRuling(FinalRow):
    """
    A decision as it was made: value, clauses, inputs and working, kept for whoever asks "why?".

    Equal rulings of one tenant are one row (`digest`); a run shares them. A second tenant sees the
    rulings made about its contract.
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    question = models.CharField(max_length=100)
    pack = models.CharField(max_length=50, blank=True)
    version = models.CharField(max_length=20, blank=True)
    value = models.JSONField()
    clauses = models.JSONField()
    inputs = models.JSONField()
    working = models.JSONField()
    digest = models.BinaryField(max_length=32)
    customer_tenant = OtherTenantReference()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "digest", "customer_tenant"], name="stored_ruling_once", nulls_distinct=False
            )
        ]

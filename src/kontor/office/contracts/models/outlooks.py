from django.db import models

from kontor.kernel.rows import TenantOwned


class Outlook(TenantOwned):
    """
    What pages say of all contracts together, reckoned in the background: one row, which the next reckoning replaces.

    on       the day it was reckoned for
    content  as `queries.outlook` writes it
    """

    on = models.DateField()
    at = models.DateTimeField()
    content = models.JSONField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="outlook_once")]

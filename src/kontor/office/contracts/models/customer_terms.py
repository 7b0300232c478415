from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey
from kontor.office.contracts.models.offers import Offer


class CustomerTerms(FinalRow):
    """
    A customer's own terms that came with its order: filed, and without effect where the contract's terms exclude them.

    by_customer  attached by the customer to its acceptance; filed by the house otherwise
    ruling       why they stand as they do; `clause` the clause that says so
    """

    class Standing(models.TextChoices):
        EXCLUDED = "EXCLUDED"

    offer = TenantForeignKey(Offer, models.PROTECT, related_name="customer_terms")
    standing = models.CharField(max_length=20, choices=Standing.choices)
    received_on = models.DateField()
    by_customer = models.BooleanField()
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    clause = models.CharField(max_length=100)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "offer"], name="customer_terms_of_offer")]

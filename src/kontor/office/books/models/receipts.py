from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey
from kontor.office.books.models.invoices import Invoice


class PostalReceipt(FinalRow):
    """
    Proof that an invoice sent by post was received.

    tracking  the number of the item or of the courier's receipt; "" where the paper alone proves it
    file      the paper that proves it; None where the number does
    ruling    until when that receipt makes the invoice payable; the earliest of all receipts counts
    """

    class Kind(models.TextChoices):
        RETURN_RECEIPT = "RETURN_RECEIPT"
        DELIVERY_RECORD = "DELIVERY_RECORD"
        COURIER = "COURIER"
        HANDED_OVER = "HANDED_OVER"

    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="postal_receipts")
    received_on = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    tracking = models.CharField(max_length=100, blank=True)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "invoice"], name="postal_receipt_of_invoice")]

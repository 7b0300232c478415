from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned
from kontor.office.books.models.checkouts import Checkout
from kontor.office.books.models.payments import Payment
from kontor.office.books.models.sellers import Seller


class TransferBatch(FinalRow):
    """A pain.001 file with which the bank is told to pay refunds out."""

    seller = TenantForeignKey(Seller, models.PROTECT, related_name="transfers")
    message = models.CharField(max_length=35)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    count = models.IntegerField()
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    execute_on = models.DateField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "message"], name="transfer_message")]

    def __str__(self) -> str:
        return self.message


class Refund(TenantOwned):
    """
    Money that goes back to a customer.

    payment  the payment below zero that books it
    way      by a transfer file, by hand elsewhere, or by the processor that took the money
    batch    the file it went out with; None while it waits for one
    checkout   the payment by redirect that a processor pays back; reference  what the processor calls the refund
    state      ASKED until the processor says what became of it; FAILED: the money is owed again, and `why`
    outside    made at the processor's own pages, not here; charged_back  taken back by the processor in a dispute
    """

    class Way(models.TextChoices):
        FILE = "FILE"
        HAND = "HAND"
        PROCESSOR = "PROCESSOR"

    class State(models.TextChoices):
        DONE = "DONE"
        ASKED = "ASKED"
        FAILED = "FAILED"

    seller = TenantForeignKey(Seller, models.PROTECT, related_name="refunds")
    party = TenantForeignKey("parties.Party", models.PROTECT, related_name="+")
    payment = TenantForeignKey(Payment, models.PROTECT, related_name="refunds")
    way = models.CharField(max_length=10, choices=Way.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    holder = models.CharField(max_length=200, blank=True)
    iban = EncryptedTextField(blank=True)
    iban_shown = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=140)
    batch = TenantForeignKey(TransferBatch, models.PROTECT, null=True, blank=True, related_name="refunds")
    checkout = TenantForeignKey(Checkout, models.PROTECT, null=True, blank=True, related_name="refunds")
    reference = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DONE)
    told_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)
    outside = models.BooleanField(default=False)
    charged_back = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "payment"], name="refund_once")]

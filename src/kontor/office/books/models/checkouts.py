from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.books.models.invoices import Invoice
from kontor.office.books.models.payments import Payment


class Checkout(TenantOwned):
    """
    An invoice on its way through a payment processor: what was asked, and what the processor said.

    Kept of the payer: nothing. `order` and `capture` are the processor's own references.
    """

    class State(models.TextChoices):
        OPEN = "OPEN"
        PAID = "PAID"
        FAILED = "FAILED"
        EXPIRED = "EXPIRED"

    row_rules = RowRules(shared_with="customer_tenant")

    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="checkouts")
    customer_tenant = OtherTenantReference()
    method = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    order = models.CharField(max_length=100, blank=True)
    capture = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    items_sent = models.JSONField(default=list)
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    payment = TenantForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="checkouts")
    refunded_minor = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "method", "order"], condition=~models.Q(order=""), name="checkout_order"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "invoice"], name="checkout_of_invoice"),
            models.Index(fields=["tenant", "method", "capture"], name="checkout_by_capture"),
        ]


class EarlyRefund(TenantOwned):
    """
    A refund made at the processor's, told before the payment that it gives back; booked as soon as that is.

    capture  the processor's reference of the payment; refund  that of the refund
    """

    method = models.CharField(max_length=20)
    event = models.CharField(max_length=100)
    capture = models.CharField(max_length=100)
    refund = models.CharField(max_length=100)
    happened = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "method", "event"], name="early_refund_once")]
        indexes = [models.Index(fields=["tenant", "method", "capture"], name="early_refund_of_capture")]


class CheckoutNotice(FinalRow):
    """One message of a processor that was verified and acted upon; a second with its id changes nothing."""

    method = models.CharField(max_length=20)
    event = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    checkout = TenantForeignKey(Checkout, models.PROTECT, related_name="notices")
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "method", "event"], name="checkout_notice_once")]

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.books.models.sellers import Seller


class Quote(FinalRow):
    """
    A numbered offer of goods and services at prices, as it left the house.

    document  seller, buyer, lines and terms as printed; file  the PDF that the hash of an acceptance refers to
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    number = models.CharField(max_length=50)
    seller = TenantForeignKey(Seller, models.PROTECT, related_name="quotes")
    party = TenantForeignKey("parties.Party", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    customer_name = models.CharField(max_length=200)
    issued_on = models.DateField()
    valid_until = models.DateField()
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    per_period_minor = models.BigIntegerField()
    once_minor = models.BigIntegerField()
    document = models.JSONField(encoder=DjangoJSONEncoder)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "seller", "number"], name="quote_number")]


class QuoteLine(TenantOwned):
    """One position of a quote; the price is the list's on the day it was written."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant", part_of="quote")

    quote = TenantForeignKey(Quote, models.PROTECT, related_name="lines")
    position = models.IntegerField()
    item_key = models.CharField(max_length=50)
    kind = models.CharField(max_length=20)
    unit = models.CharField(max_length=20)
    interval = models.CharField(max_length=10)
    module = models.CharField(max_length=50, blank=True)
    name = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    price = models.DecimalField(max_digits=20, decimal_places=6)
    amount_minor = models.BigIntegerField()
    price_list = models.UUIDField(null=True, blank=True)


class OrderConfirmation(FinalRow):
    """The seller's answer to an accepted quote, numbered and kept as it was sent."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    number = models.CharField(max_length=50)
    seller = TenantForeignKey(Seller, models.PROTECT, related_name="confirmations")
    quote = TenantForeignKey(Quote, models.PROTECT, related_name="confirmations")
    customer_tenant = OtherTenantReference()
    issued_on = models.DateField()
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "seller", "number"], name="order_confirmation_number"),
            models.UniqueConstraint(fields=["tenant", "quote"], name="order_confirmation_once"),
        ]

from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned


class Seller(TenantOwned):
    """
    A legal entity of the tenant that sells: it stands on offers and invoices, and its country decides VAT.

    prenotification_days  how long before a direct debit it is announced, where the contract is silent
    tolerance_minor       so little missing closes no invoice and reminds nobody; in minor units
    """

    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2)
    vat_id = models.CharField(max_length=20, blank=True)
    tax_number = models.CharField(max_length=30, blank=True)
    registration = models.CharField(max_length=100, blank=True)
    legal_note = models.TextField(blank=True)
    email = models.EmailField(max_length=320)
    phone = models.CharField(max_length=50)
    contact_name = models.CharField(max_length=200)
    bank = models.CharField(max_length=100)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    creditor_id = models.CharField(max_length=35, blank=True)
    prenotification_days = models.PositiveSmallIntegerField(default=14)
    tolerance_minor = models.PositiveIntegerField(default=5)
    number_prefix = models.CharField(max_length=10, blank=True)
    zone = models.CharField(max_length=64)
    language = models.CharField(max_length=2, default="de")
    currency = models.CharField(max_length=3, default="EUR")

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="seller_name")]

    def __str__(self) -> str:
        return self.name


class NumberSeries(TenantOwned):
    """
    The last number given per seller, kind of document and year; its row is locked until the document's commit.

    kind  "INVOICE" (credit notes count in it too), "QUOTE", "CONFIRMATION"
    """

    seller = TenantForeignKey(Seller, models.PROTECT, related_name="series")
    kind = models.CharField(max_length=20)
    year = models.IntegerField()
    last_number = models.IntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "seller", "kind", "year"], name="number_series_once")]

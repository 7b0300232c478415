from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned
from kontor.office.books.models.sellers import Seller


class PriceList(TenantOwned):
    """A dated list of prices; what was offered from it keeps its price when a newer list comes."""

    seller = TenantForeignKey(Seller, models.PROTECT, related_name="price_lists")
    name = models.CharField(max_length=200)
    pack = models.CharField(max_length=50, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "seller", "name", "valid_from"], name="price_list_once"),
            models.CheckConstraint(
                name="price_list_ends_after_it_begins",
                condition=models.Q(valid_until=None) | models.Q(valid_until__gt=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceItem(TenantOwned):
    """
    Something that can be ordered, and its net price in the list's currency.

    interval  the span the price covers; ONCE for hardware and services
    module    key of the module that it unlocks, "" for none
    block_size, block_unit  how much a block holds; of storage that is ordered, and of use that is charged
    meter     of use: what is counted, by its name in terms; `included` is free, `price` that of a block
    """

    class Kind(models.TextChoices):
        PLAN = "PLAN"
        MODULE = "MODULE"
        STORAGE = "STORAGE"
        HARDWARE = "HARDWARE"
        SERVICE = "SERVICE"
        USAGE = "USAGE"

    class Unit(models.TextChoices):
        USER = "USER"
        CUSTOMER = "CUSTOMER"
        SITE = "SITE"
        BLOCK = "BLOCK"
        GB = "GB"
        PIECE = "PIECE"
        HOUR = "HOUR"

    class Interval(models.TextChoices):
        MONTH = "MONTH"
        QUARTER = "QUARTER"
        YEAR = "YEAR"
        ONCE = "ONCE"

    price_list = TenantForeignKey(PriceList, models.CASCADE, related_name="items")
    key = models.CharField(max_length=50)
    name_de = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    unit = models.CharField(max_length=20, choices=Unit.choices)
    interval = models.CharField(max_length=10, choices=Interval.choices)
    price = models.DecimalField(max_digits=20, decimal_places=6)
    module = models.CharField(max_length=50, blank=True)
    block_size = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    block_unit = models.CharField(max_length=20, blank=True)
    meter = models.CharField(max_length=50, blank=True)
    included = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    order = models.IntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "price_list", "key"], name="price_item_key"),
            models.CheckConstraint(name="price_item_not_negative", condition=models.Q(price__gte=0)),
        ]

    def __str__(self) -> str:
        return self.name_en

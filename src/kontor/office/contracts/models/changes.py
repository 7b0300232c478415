from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Amendment, Contract


class ChangeOrder(FinalRow):
    """
    What a customer orders of its running contract, as it was ordered; it is carried out once it is confirmed.

    lines        for more: item key, name, module, unit, kind, per, price (exact, as text), quantity; for fewer: key of
                 the position and quantity
    interval     the billing interval wanted, "" where it stays
    received_on  the day that counts for a period before an effect: the day of receipt
    warned       what the customer was told may be lost, and ticked
    """

    class Kind(models.TextChoices):
        MORE = "MORE"
        FEWER = "FEWER"
        INTERVAL = "INTERVAL"

    class Channel(models.TextChoices):
        WEB_SHOP = "WEB_SHOP"
        EMAIL = "EMAIL"
        ORDER_FORM = "ORDER_FORM"
        LETTER = "LETTER"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="change_orders")
    customer_tenant = OtherTenantReference()
    number = models.IntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    ordered_by = models.CharField(max_length=200)
    ordered_email = models.CharField(max_length=320, blank=True)
    received_on = models.DateField()
    lines = models.JSONField(default=list)
    interval = models.CharField(max_length=10, blank=True)
    warned = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "contract", "number"], name="change_order_number")]


class ChangeOrderState(TenantOwned):
    """Where a change order stands; whoever answers it locks this row first."""

    class State(models.TextChoices):
        UNSIGNED = "UNSIGNED"
        PLACED = "PLACED"
        CONFIRMED = "CONFIRMED"
        WITHDRAWN = "WITHDRAWN"
        DECLINED = "DECLINED"

    row_rules = RowRules(shared_with="customer_tenant")

    order = TenantForeignKey(ChangeOrder, models.PROTECT, related_name="states")
    customer_tenant = OtherTenantReference()
    state = models.CharField(max_length=20, choices=State.choices)
    signed_by = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    amendment = TenantForeignKey(Amendment, models.PROTECT, null=True, blank=True, related_name="+")
    ruling = models.UUIDField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "order"], name="change_order_state_once")]
        indexes = [models.Index(fields=["tenant", "state"], name="change_order_waiting")]


class AgreedPrice(FinalRow):
    """A price agreed for what a customer orders later; it goes before the price list. `source` where it stands."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="agreed_prices")
    customer_tenant = OtherTenantReference()
    item = models.CharField(max_length=50)
    price = models.DecimalField(max_digits=20, decimal_places=6)
    from_on = models.DateField()
    source = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "item", "from_on"], name="agreed_price_once"),
            models.CheckConstraint(name="agreed_price_not_negative", condition=models.Q(price__gte=0)),
        ]


class PlanAssignment(TenantOwned):
    """That a member of the customer's tenant uses a user plan of a contract it received; one plan per contract."""

    membership = TenantForeignKey("kernel.Membership", models.CASCADE, related_name="+")
    contract = models.UUIDField()
    item = models.CharField(max_length=50)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "membership"], name="plan_assignment_once")
        ]

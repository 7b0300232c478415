"""Services beside a contract that only an accepted offer leads to, each with its price, its dates and how often."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.charges import Charge
from kontor.office.contracts.models.contracts import Contract


class ServiceOrder(FinalRow):
    """
    An additional offer under a running contract: what is done, for how much, when and how often (leisure 9.2, crm §14).

    kind      a key of the terms' list of extra services
    unit      UN/ECE Recommendation 20: HUR hours, DAY days, C62 anything counted; price  net, for one unit
    first_on  the day of the first time; every, times  how often: rulebook.service_order.Every, and how many times
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="service_orders")
    customer_tenant = OtherTenantReference()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=50)
    told = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3)
    price = models.DecimalField(max_digits=20, decimal_places=6)
    currency = models.CharField(max_length=3)
    first_on = models.DateField()
    every = models.CharField(max_length=10)
    times = models.PositiveSmallIntegerField(default=1)
    valid_until = models.DateField()
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "contract", "number"], name="service_order_number")]


class ServiceOrderState(TenantOwned):
    """Where the offer of a service stands; whoever answers it locks this row first."""

    class State(models.TextChoices):
        OFFERED = "OFFERED"
        ACCEPTED = "ACCEPTED"
        DECLINED = "DECLINED"

    row_rules = RowRules(shared_with="customer_tenant")

    order = TenantForeignKey(ServiceOrder, models.PROTECT, related_name="states")
    customer_tenant = OtherTenantReference()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    answered_by = models.CharField(max_length=320, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "order"], name="service_order_state_once")]


class ServicePerformance(FinalRow):
    """That a service was done one of the times that its order names: what it costs, and what came of it as a file."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    order = TenantForeignKey(ServiceOrder, models.PROTECT, related_name="performances")
    customer_tenant = OtherTenantReference()
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    done_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    charge = TenantForeignKey(Charge, models.PROTECT, related_name="+")
    file = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "order", "number"], name="service_performed_once")]

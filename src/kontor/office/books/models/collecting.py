from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.books.models.invoices import Invoice
from kontor.office.books.models.mandates import Mandate
from kontor.office.books.models.payments import Payment
from kontor.office.books.models.sellers import Seller


class Announcement(FinalRow):
    """
    A pre-notification: which amount is collected from which mandate on which day; a later one replaces it.

    announced_on  the day it was sent, in the seller's zone
    way           part of the invoice, or a mail of its own
    """

    class Way(models.TextChoices):
        INVOICE = "INVOICE"
        MAIL = "MAIL"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="announcements")
    mandate = TenantForeignKey(Mandate, models.PROTECT, related_name="announcements")
    customer_tenant = OtherTenantReference()
    number = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    announced_on = models.DateField()
    collect_on = models.DateField()
    way = models.CharField(max_length=10, choices=Way.choices)
    ruling = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "invoice", "number"], name="announcement_number")]
        indexes = [models.Index(fields=["tenant", "collect_on"], name="announcement_by_day")]


class CollectionBatch(FinalRow):
    """A pain.008 file as it goes to the bank, with its sums."""

    seller = TenantForeignKey(Seller, models.PROTECT, related_name="batches")
    message = models.CharField(max_length=35)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    count = models.IntegerField()
    total_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    submit_by = models.DateField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "message"], name="collection_message")]

    def __str__(self) -> str:
        return self.message


class Debit(TenantOwned):
    """
    One direct debit of a batch and what became of it.

    group     the payment information block it stands in, which a bank's sum booking names
    code      why it came back, ISO code
    payment   the money that came in; `returned` the money that went back
    """

    class State(models.TextChoices):
        PRESENTED = "PRESENTED"
        SETTLED = "SETTLED"
        RETURNED = "RETURNED"
        REJECTED = "REJECTED"

    batch = TenantForeignKey(CollectionBatch, models.PROTECT, related_name="debits")
    announcement = TenantForeignKey(Announcement, models.PROTECT, related_name="debits")
    mandate = TenantForeignKey(Mandate, models.PROTECT, related_name="debits")
    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="debits")
    end_to_end = models.CharField(max_length=35)
    group = models.CharField(max_length=35)
    sequence = models.CharField(max_length=4)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    collect_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PRESENTED)
    code = models.CharField(max_length=10, blank=True)
    payment = TenantForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="debits")
    returned = TenantForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="returned_debits")
    ended_on = models.DateField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "announcement"], name="debit_once_per_announcement"),
            models.UniqueConstraint(fields=["tenant", "end_to_end"], name="debit_end_to_end"),
            models.UniqueConstraint(
                fields=["tenant", "invoice"], condition=models.Q(state="PRESENTED"), name="debit_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "group"], name="debit_of_group")]


class BankFee(TenantOwned):
    """What a bank took for a debit that came back: a claim against the debtor, without VAT and without an invoice."""

    debit = TenantForeignKey(Debit, models.PROTECT, related_name="fees")
    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="bank_fees")
    party = TenantForeignKey("parties.Party", models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    arose_on = models.DateField()
    paid_from = TenantForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="bank_fees")
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "debit"], name="bank_fee_once")]


class BankNotice(FinalRow):
    """A camt.054 notification that was read: what came back is taken from it, the same one twice is one."""

    seller = TenantForeignKey(Seller, models.PROTECT, related_name="bank_notices")
    key = models.CharField(max_length=64)
    identification = models.CharField(max_length=100)
    returns_count = models.IntegerField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "seller", "key"], name="bank_notice_once")]

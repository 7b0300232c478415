from typing import ClassVar

from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.keyed_hash import Hashed, hashed_iban
from kontor.kernel.rows import FinalRow, RowRules, TenantForeignKey, TenantOwned
from kontor.office.books.models.invoices import Invoice
from kontor.office.books.models.sellers import Seller


class BankStatement(FinalRow):
    """
    An account statement as the bank sent it (camt.053), proved by its balances; the same one twice is one.

    key  of account, identification and days: the same whenever the statement is read again, since banks begin to
         count anew each year
    """

    seller = TenantForeignKey(Seller, models.PROTECT, related_name="statements")
    key = models.CharField(max_length=64)
    identification = models.CharField(max_length=100)
    sha256 = models.BinaryField(max_length=32)
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_until = models.DateField()
    entries_count = models.IntegerField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "seller", "key"], name="bank_statement_once")]


class BankEntry(TenantOwned):
    """
    One transaction of a statement; what it paid stands in Payment and PaymentShare.

    references  structured references and documents named by the payer, separated by spaces
    group       payment information of the collection that the bank booked as one sum
    mandate     reference of the mandate it was collected by
    """

    row_rules = RowRules(append_only=True, part_of="statement")
    keyed_hashes: ClassVar[Hashed] = {"iban_fingerprint": hashed_iban}

    statement = TenantForeignKey(BankStatement, models.PROTECT, related_name="entries")
    key = models.CharField(max_length=64)
    position = models.IntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    value_on = models.DateField()
    counterparty = models.CharField(max_length=200, blank=True)
    iban = EncryptedTextField(blank=True)
    iban_fingerprint = models.BinaryField(max_length=32, null=True)
    end_to_end = models.CharField(max_length=100, blank=True)
    remittance = models.TextField(blank=True)
    references = models.TextField(blank=True)
    returned_reason = models.CharField(max_length=10, blank=True)
    group = models.CharField(max_length=35, blank=True)
    mandate = models.CharField(max_length=35, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="bank_entry_once")]


class Payment(FinalRow):
    """
    Money that came in: from a bank entry, or booked by hand with a reason; negative where it takes a payment back.

    attempt   1, 2, ...: how often its entry has been booked; each time but the last was taken back
    reverses  the payment that this one takes back, with all its shares
    draws_on  the payment whose rest this one spends: on another invoice (its own amount is 0), or back to the customer
    """

    party = TenantForeignKey("parties.Party", models.PROTECT, null=True, blank=True, related_name="+")
    entry = TenantForeignKey(BankEntry, models.PROTECT, null=True, blank=True, related_name="payments")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    reverses = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reversals")
    draws_on = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="draws")
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "entry", "attempt"],
                condition=models.Q(entry__isnull=False),
                name="payment_once_per_entry",
            ),
            models.UniqueConstraint(
                fields=["tenant", "reverses"],
                condition=models.Q(reverses__isnull=False),
                name="payment_reversed_once",
            ),
        ]


class PaymentShare(TenantOwned):
    """How much of a payment settles which invoice (negative: no longer settles), and how it was found."""

    row_rules = RowRules(append_only=True, part_of="payment")

    payment = TenantForeignKey(Payment, models.PROTECT, related_name="shares")
    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="shares")
    amount_minor = models.BigIntegerField()
    found_by = models.CharField(max_length=20)

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.books.models.mandates import Mandate
from kontor.office.books.models.sellers import Seller


class Invoice(FinalRow):
    """
    A numbered invoice or cancellation, inserted complete and never changed.

    document  the EN 16931 model (formats.invoice.Invoice) it was made of; every file is printed from it
    mandate   the one it is collected by; None where the customer transfers
    collection  how long a direct debit waits by contract: {"wait": "7 days", "clause": [source, number, version]}
    subject   what it is about, (kind, id): a contract; unique `occasion` makes a second run find it made
    cancels   the invoice that this document (381) takes back in full; corrects  the one it credits in part
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    class Kind(models.TextChoices):
        INVOICE = "380"
        CANCELLATION = "381"
        CORRECTION = "384"

    number = models.CharField(max_length=50)
    kind = models.CharField(max_length=3, choices=Kind.choices)
    seller = TenantForeignKey(Seller, models.PROTECT, related_name="invoices")
    party = TenantForeignKey("parties.Party", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    customer_name = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=50, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    occasion = models.CharField(max_length=200, blank=True)
    cancels = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="cancellations")
    corrects = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="credit_notes")
    issued_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    period_first = models.DateField(null=True, blank=True)
    period_last = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    document = models.JSONField()
    due_ruling = models.UUIDField(null=True, blank=True)
    mandate = TenantForeignKey(Mandate, models.PROTECT, null=True, blank=True, related_name="invoices")
    collection = models.JSONField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "seller", "number"], name="invoice_number"),
            models.UniqueConstraint(
                fields=["tenant", "subject_kind", "subject_id", "occasion"],
                condition=~models.Q(occasion=""),
                name="invoice_once_per_occasion",
            ),
            models.UniqueConstraint(
                fields=["tenant", "cancels"], condition=models.Q(kind="381"), name="invoice_cancelled_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-issued_on", "-id"], name="invoice_latest"),
            models.Index(fields=["tenant", "subject_id"], name="invoice_of_subject"),
            models.Index(fields=["customer_tenant", "-issued_on"], name="invoice_received"),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(TenantOwned):
    """
    One position: what, for which days, at which price, under which clause, and the ruling behind it.

    credits_position  on a credit note the position of the corrected invoice that it gives back a part of
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant", part_of="invoice")

    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="lines")
    position = models.IntegerField()
    item_key = models.CharField(max_length=50, blank=True)
    name = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    unit = models.CharField(max_length=3)
    price = models.DecimalField(max_digits=20, decimal_places=6)
    net_minor = models.BigIntegerField()
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    period_first = models.DateField(null=True, blank=True)
    period_last = models.DateField(null=True, blank=True)
    clause = models.CharField(max_length=200, blank=True)
    ruling = models.UUIDField(null=True, blank=True)
    credits_position = models.IntegerField(null=True, blank=True)


class InvoiceFile(FinalRow):
    """A file printed from the invoice and checked before it left: its bytes' hash and what the checks said."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    class Format(models.TextChoices):
        ZUGFERD = "ZUGFERD"
        XRECHNUNG_CII = "XRECHNUNG_CII"
        XRECHNUNG_UBL = "XRECHNUNG_UBL"

    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="files")
    customer_tenant = OtherTenantReference()
    format = models.CharField(max_length=20, choices=Format.choices)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    rules = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "invoice", "format"], name="invoice_file_once")]


class InvoiceBalance(TenantOwned):
    """
    What happened to an invoice since it was issued; locks on an invoice are taken here.

    open_minor  what is still owed; negative where the seller owes
    due_on      the last day for payment that counts; null while a period that counts from receipt has not begun
    due_rule    as queries.receipt reads it, null where the period counts from issue and `due_on` never moves
    due_ruling  why `due_on` is that day, where the receipt decided it; the invoice's own ruling otherwise
    problem     why its files did not leave the house, in a sentence; "" where they did, or have not been tried
    written_off_on  the day the seller gave it up in its books; the debt itself stays
    """

    row_rules = RowRules(shared_with="customer_tenant")

    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="balances")
    customer_tenant = OtherTenantReference()
    open_minor = models.BigIntegerField()
    due_on = models.DateField(null=True, blank=True)
    due_rule = models.JSONField(null=True, blank=True)
    due_ruling = models.UUIDField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    first_opened_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    problem_de = models.TextField(blank=True)
    problem_en = models.TextField(blank=True)
    written_off_on = models.DateField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "invoice"], name="invoice_balance_once")]
        indexes = [
            models.Index(fields=["tenant", "due_on"], condition=~models.Q(open_minor=0), name="invoice_open"),
            models.Index(fields=["tenant", "invoice"], condition=~models.Q(problem_en=""), name="invoice_held_back"),
        ]


class InvoiceLoss(FinalRow):
    """What was given up of an invoice: the open amount, the VAT in it that may be corrected, and why."""

    invoice = TenantForeignKey(Invoice, models.PROTECT, related_name="losses")
    amount_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    on = models.DateField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "invoice"], name="invoice_loss_once")]

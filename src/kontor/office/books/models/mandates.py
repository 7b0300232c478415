from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.books.models.sellers import Seller


class Mandate(FinalRow):
    """
    A SEPA mandate as it was signed: who may collect, from whom, and the very text.

    reference   unique to the creditor
    holder      who owns the account, with the structured address that a direct debit states
    iban_shown  country and last four digits; the whole number stands in MandateAccount, for its tenant alone
    sha256      of both texts, German first; the PDF in `file` prints them
    """

    class Scheme(models.TextChoices):
        CORE = "CORE"
        B2B = "B2B"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    seller = TenantForeignKey(Seller, models.PROTECT, related_name="mandates")
    party = TenantForeignKey("parties.Party", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    reference = models.CharField(max_length=35)
    scheme = models.CharField(max_length=4, choices=Scheme.choices)
    creditor_name = models.CharField(max_length=200)
    creditor_id = models.CharField(max_length=35)
    holder = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2)
    iban_shown = models.CharField(max_length=20)
    signer = models.CharField(max_length=200)
    signed_on = models.DateField()
    sha256 = models.BinaryField(max_length=32)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "seller", "reference"], name="mandate_reference")]
        indexes = [
            models.Index(fields=["tenant", "party"], name="mandate_of_party"),
            models.Index(fields=["customer_tenant", "-at"], name="mandate_received"),
        ]

    def __str__(self) -> str:
        return self.reference


class MandateAccount(TenantOwned):
    """The account that a mandate lets us debit; only its tenant can read it, and it can be erased."""

    mandate = TenantForeignKey(Mandate, models.PROTECT, related_name="accounts")
    iban = EncryptedTextField()
    fingerprint = models.BinaryField(max_length=32)
    bic = models.CharField(max_length=11, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "mandate"], name="mandate_account_once")]


class MandateStanding(TenantOwned):
    """
    What became of a mandate; locks on a mandate are taken here.

    presented          a first debit was presented and not rejected before settlement: the next is a recurrent one
    last_collected_on  day of the latest debit; 36 months without one and the mandate is dead
    blocked_code       the bank's reason for which it may not be used again: AC04, MD01, ...
    """

    row_rules = RowRules(shared_with="customer_tenant")

    mandate = TenantForeignKey(Mandate, models.PROTECT, related_name="standings")
    customer_tenant = OtherTenantReference()
    presented = models.BooleanField(default=False)
    last_collected_on = models.DateField(null=True, blank=True)
    revoked_on = models.DateField(null=True, blank=True)
    revoked_by = models.CharField(max_length=200, blank=True)
    blocked_code = models.CharField(max_length=10, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "mandate"], name="mandate_standing_once")]

from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import OtherTenantReference, TenantForeignKey, TenantOwned


class Party(TenantOwned):
    """
    A business or person that the tenant deals with.

    buyer_reference  what the party wants on e-invoices: a Leitweg-ID (routing number of German authorities) or its own
    region           the part of the country that its seat is in, ISO 3166-2 without the country: HH, BY; "" not asked
    consumer         a person who buys neither for a trade nor for a profession (BGB § 13)
    own_tenant       the tenant in which the party itself works here, once it has one
    """

    class Kind(models.TextChoices):
        ORGANISATION = "ORGANISATION"
        PERSON = "PERSON"

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.ORGANISATION)
    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200)
    addition = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=2, default="DE")
    region = models.CharField(max_length=3, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    buyer_reference = models.CharField(max_length=100, blank=True)
    email = models.EmailField(max_length=320)
    language = models.CharField(max_length=2, default="de")
    consumer = models.BooleanField(default=False)
    own_tenant = OtherTenantReference()
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "name"], name="party_name")]

    def __str__(self) -> str:
        return self.name


class Contact(TenantOwned):
    """A person at a party: who signs, who receives notices, who receives invoices."""

    party = TenantForeignKey(Party, models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    function = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=320, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    signs = models.BooleanField(default=False)
    receives_notices = models.BooleanField(default=False)
    receives_invoices = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class BankAccount(TenantOwned):
    """
    An account from which a party pays.

    iban         encrypted with the tenant's key
    fingerprint  keyed hash of the IBAN, by which a bank statement's entry finds it without opening any
    """

    party = TenantForeignKey(Party, models.CASCADE, related_name="accounts")
    iban = EncryptedTextField()
    fingerprint = models.BinaryField(max_length=32)
    holder = models.CharField(max_length=200, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "fingerprint", "party"], name="bank_account_once"),
        ]

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Lower

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.keyed_hash import Hashed, hashed_iban
from kontor.kernel.rows import OtherTenantReference, TenantForeignKey, TenantOwned


class Party(TenantOwned):
    """
    A business or person that the tenant deals with: customer, supplier, host, visitor, all in one record.

    name             of a person as they say it, in one field: not everybody's name has two parts
    street           and the rest of the address and the e-mail may be "": a visitor often has no more than a name
    employer         the organisation that a person works for, where it is written down; else `employer_name` says it
    merged_into      the party that this one turned out to be; it is shown no more, and what was issued to it stands
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
    street = models.CharField(max_length=200, blank=True)
    addition = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, default="DE")
    region = models.CharField(max_length=3, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    buyer_reference = models.CharField(max_length=100, blank=True)
    email = models.EmailField(max_length=320, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    employer = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="staff")
    employer_name = models.CharField(max_length=200, blank=True)
    merged_into = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    language = models.CharField(max_length=2, default="de")
    consumer = models.BooleanField(default=False)
    own_tenant = OtherTenantReference()
    created_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["tenant", "name"], name="party_name"),
            models.Index("tenant", Lower("email"), name="party_email"),
        ]

    def __str__(self) -> str:
        return self.name


class PartyRole(TenantOwned):
    """
    What a party is to the tenant, from a day on.

    since  its first day
    until  the day it ended, exclusive; None while it lasts
    """

    class Role(models.TextChoices):
        CUSTOMER = "CUSTOMER"
        SUPPLIER = "SUPPLIER"
        PARTNER = "PARTNER"
        HOST = "HOST"
        VISITOR = "VISITOR"
        CONTRACTOR = "CONTRACTOR"
        EMPLOYEE = "EMPLOYEE"
        APPLICANT = "APPLICANT"

    party = TenantForeignKey(Party, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "party", "role"], condition=models.Q(until=None), name="party_role_once"
            )
        ]


class PartyEmail(TenantOwned):
    """A further address of a party: two people may have the same one, and one person several."""

    party = TenantForeignKey(Party, models.CASCADE, related_name="emails")
    email = models.EmailField(max_length=320)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint("tenant", "party", Lower("email"), name="party_email_once")]
        indexes = [models.Index("tenant", Lower("email"), name="party_further_email")]


def hashed_number(row: Mapping[str, Any]) -> str:
    """Return an identifier's kind and number as they are hashed: letters and digits alone, however written."""
    return f"{row['kind']}:{''.join(re.findall(r'[0-9A-Z]', str(row['value']).upper()))}"


class Identifier(TenantOwned):
    """
    A number by which a party is known elsewhere.

    value        encrypted with the tenant's key; numbers of papers are shown by their last digits only
    fingerprint  keyed hash of kind and value, by which it is found without opening any
    """

    keyed_hashes: ClassVar[Hashed] = {"fingerprint": hashed_number}

    class Kind(models.TextChoices):
        CUSTOMER_NUMBER = "CUSTOMER_NUMBER"
        SUPPLIER_NUMBER = "SUPPLIER_NUMBER"
        STAFF_NUMBER = "STAFF_NUMBER"
        REGISTER = "REGISTER"
        LEI = "LEI"
        GLN = "GLN"
        IDENTITY_CARD = "IDENTITY_CARD"
        PASSPORT = "PASSPORT"
        DRIVING_LICENCE = "DRIVING_LICENCE"
        OTHER = "OTHER"

    party = TenantForeignKey(Party, models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    value = EncryptedTextField()
    fingerprint = models.BinaryField(max_length=32)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "fingerprint", "party"], name="identifier_once"),
        ]


class Distinct(TenantOwned):
    """Two parties that somebody looked at and found to be two; `one` has the smaller id."""

    one = TenantForeignKey(Party, models.CASCADE, related_name="+")
    other = TenantForeignKey(Party, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "one", "other"], name="distinct_once")]


class Merge(TenantOwned):
    """
    Two records of one party made one.

    before     the columns of `kept` that were overwritten, as they were; JSON, encrypted
    taken      the same columns as they were written
    moved      rows that followed: {"visitors.Visit.person": ["id", ...]}
    undone_at  when the two were parted again
    """

    kept = TenantForeignKey(Party, models.CASCADE, related_name="+")
    gone = TenantForeignKey(Party, models.CASCADE, related_name="+")
    before = EncryptedTextField()
    taken = EncryptedTextField()
    moved = models.JSONField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=200, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)


class BroughtList(TenantOwned):
    """
    A list of companies and people that somebody brought as a file, until it is taken in; forgotten a month later.

    kind      of rows that do not say whether they are of a company or a person
    content   {"heads": [...], "rows": [[number, [cell, ...]], ...]} as JSON, encrypted; in the end what stayed outside
    chosen    numbers of rows that are taken in although they look like somebody known
    taken     how many were taken in
    by, by_name  who brought it, and in whose name it is taken in
    """

    class State(models.TextChoices):
        SHOWN = "SHOWN"
        WAITING = "WAITING"
        TAKEN = "TAKEN"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Party.Kind.choices)
    content = EncryptedTextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SHOWN)
    chosen = models.JSONField(default=list)
    taken = models.IntegerField(default=0)
    at = models.DateTimeField()
    by = models.UUIDField()
    by_name = models.CharField(max_length=200, blank=True)


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

    keyed_hashes: ClassVar[Hashed] = {"fingerprint": hashed_iban}

    party = TenantForeignKey(Party, models.CASCADE, related_name="accounts")
    iban = EncryptedTextField()
    fingerprint = models.BinaryField(max_length=32)
    holder = models.CharField(max_length=200, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "fingerprint", "party"], name="bank_account_once"),
        ]

"""
What a module says about people: why it keeps something, in which tables and columns, how long, and what erasure does.

The record of processing, the notice, the annexes, retention, erasure and the answer to a person are all made of it.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import TermsPack

Role = Literal["controller", "processor"]
OnErasure = Literal["delete", "mask", "keep"]
PersonKey = Literal["user", "email", "name"]

PERSONS: Final = {
    "customers": Text("Kunden", "Customers"),
    "prospects": Text("Interessenten", "Prospects"),
    "employees": Text("Beschäftigte", "Employees"),
    "contacts": Text("Ansprechpartner", "Contacts"),
}
CATEGORIES: Final = {
    "authentication": Text("Anmeldedaten", "Authentication data"),
    "name": Text("Name und Vorname", "Name and first name"),
    "communication": Text("E-Mail, Telefon und Schriftwechsel", "E-mail, telephone and correspondence"),
    "identity_number": Text("Nummer von Pass oder Ausweis", "Passport or identity number"),
    "presence": Text("Arbeits- oder Anwesenheitszeiten", "Working or presence times"),
    "address": Text("Anschrift", "Postal address"),
    "bank_details": Text("Bankverbindung", "Bank details"),
    "purchases": Text("Käufe und Verträge", "Purchases and contracts"),
    "device": Text("Gerät und Netzadresse", "Device and network address"),
    "conduct": Text("Verhalten bei der Nutzung und was darauf folgte", "Conduct in use and what followed"),
    "photo": Text("Bild", "Picture"),
}

WITH_TENANT: Final = "with_tenant"
WITH_PERSON: Final = "with_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """
    One activity with personal data, as an entry of the record of processing names it (GDPR Art. 30).

    key         "accounts"; tables name it
    persons     keys of PERSONS
    categories  keys of CATEGORIES
    basis       "GDPR Art. 6 (1) (b)"
    source      where the data comes from
    recipients  who gets it besides the tenant's own people
    role        what the operator is for the rows of a customer's tenant; for its own rows it is always the controller
    kept        kinds of retention of what lies outside the tables that name it: log files, cookies
    """

    key: str
    title: Text
    purpose: Text
    persons: tuple[str, ...]
    categories: tuple[str, ...]
    basis: str
    source: Text
    recipients: Text
    role: Role
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """
    A table that holds something about people.

    about       whom it is about
    clause      on what ground it is kept, where the activity's is not said more narrowly
    processing  key of the activity it belongs to
    kept        kind of a pack's `[retention.kinds.*]`, or `with_tenant` (to the contract's end and what the pack
                adds), or `with_person` (until the person's account is dissolved)
    people      lookups by which a row belongs to a person, each as `person_key` reads it; () where none can be told
    personal    the columns that hold something personal
    on_erasure  what the erasure of a person does with its rows: `delete` them, `mask` the personal columns, or `keep`
                them for as long as `ground` demands
    ground      kind of a law pack's retention under which a kept row stays; "" unless `on_erasure` is `keep`
    shared      somebody else's data may stand in the same row: tickets, threads
    categories  of columns whose category their name does not tell: {"by": "name"}
    """

    model: str
    about: Text
    clause: str
    processing: str
    kept: str
    people: tuple[str, ...]
    personal: tuple[str, ...]
    on_erasure: OnErasure
    ground: str = ""
    shared: bool = False
    categories: dict[str, str] = field(default_factory=dict, hash=False)
    export: Callable[..., Any] | None = None
    erase: Callable[..., Any] | None = None

    def category(self, column: str) -> str:
        """Return the category of one of its personal columns; KeyError names a column that has none."""
        return self.categories.get(column) or _CATEGORY_OF[column]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataContract:
    """
    A running contract under which the current tenant processes personal data for a customer.

    customer_tenant  its tenant, None while it has none
    address          the customer's postal address as one line; "" where it is not known
    pack             its terms with what was chosen and agreed
    provider         our name, address, contact person and e-mail, as the seller has them
    last             its last day; None while no end is known
    """

    id: uuid.UUID
    number: str
    customer: str
    customer_tenant: uuid.UUID | None
    address: str
    contact: str
    email: str
    pack: TermsPack
    provider: dict[str, str]
    first: date
    last: date | None


def person_key(model: type[models.Model], lookup: str) -> PersonKey:
    """
    Tell what a lookup of `PersonalData.people` is compared with: a user's id, an e-mail address or a name as written.

    FieldDoesNotExist names a lookup that leads nowhere.
    """
    meta, found = model._meta, None
    for part in lookup.split("__"):
        found = _field(meta, part)
        if found.related_model is not None and not part.endswith("_id"):
            meta = found.related_model._meta
    if found is None or isinstance(found, models.UUIDField | models.ForeignKey):
        return "user"
    return "email" if isinstance(found, models.EmailField) or found.attname in _ADDRESSES else "name"


def _field(meta: Any, name: str) -> Any:
    for known in meta.get_fields():
        if name in {known.name, getattr(known, "attname", None)}:
            return known
    raise FieldDoesNotExist(f"{meta.label} has no field {name}.")


_ADDRESSES: Final = frozenset({"email", "to", "sender", "mail_to", "given_to"})
_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "authentication": (
        "password", "subject", "issuer", "user_name", "user_key", "external_id", "user_id", "user", "person",
        "person_id", "membership_id", "account", "answer", "session_data", "session_key", "step", "type",
        "method", "last_login", "credential",
    ),
    "name": (
        "name", "to_name", "author", "requester_name", "assignee_name", "given_name", "family_name",
        "display_name", "holder", "signer", "signature", "signed_by", "ordered_by", "approved_by",
        "answered_by", "reported_by", "party_id", "registered_by", "given_by", "told_by", "filed_by",
        "decided_by", "closed_by", "made_by", "lifted_by", "by", "begun_by", "asked_by", "asked_by_name",
        "granted_by", "granted_by_name", "ended_by_name", "named_by", "contact_name", "contact",
        "customer_name", "customer", "counterparty", "revoked_by", "company", "seller_name", "creditor_name",
        "function", "mentions", "assignee", "actor", "by_name",
    ),
    "communication": (
        "email", "phone", "to", "reply_to", "sender", "mail_to", "author_email", "requester_email",
        "ordered_email", "contact_email", "contact_phone", "text", "html", "words", "cc", "remittance", "note",
        "told", "body", "attachments", "proof", "reason", "evidence", "references", "remark", "raw_id",
        "file_id", "problem", "tracking", "request", "notice_customer", "notice_seller", "mark", "dispute",
        "finding", "said",
    ),
    "address": (
        "street", "postcode", "city", "region", "addition", "address_text",
    ),
    "bank_details": (
        "iban", "iban_shown", "iban_fingerprint", "fingerprint", "bic", "bank",
    ),
    "device": (
        "address", "network", "agent", "client", "device", "model", "system", "digest", "computer", "label",
        "source",
    ),
    "purchases": (
        "document", "terms", "content", "figures", "declared", "says", "lines", "instalments", "items",
    ),
    "conduct": (
        "weighing", "violations", "notices", "rule", "grants", "lifted_because", "closed_because",
        "immediate_because",
    ),
}  # fmt: skip
_CATEGORY_OF: Final = {column: category for category, columns in _COLUMNS.items() for column in columns}

"""Which tables of parties hold personal data, and for what."""

from typing import Final

from kontor.kernel.personal_data import PersonalData, Processing
from kontor.kernel.records import Reference
from kontor.rulebook.ruling import Text

PROCESSINGS: Final = (
    Processing(
        key="relations",
        title=Text("Geschäftspartner", "Business partners"),
        purpose=Text(
            "Geschäftspartner erreichen und Verträge mit ihnen führen",
            "Reach business partners and keep contracts with them",
        ),
        persons=("customers", "prospects", "contacts"),
        categories=("name", "communication", "address", "bank_details", "identity_number"),
        basis="GDPR Art. 6 (1) (b)",
        source=Text("der Geschäftspartner selbst", "the business partner"),
        recipients=Text("niemand außer den Beschäftigten des Mandanten", "nobody besides the tenant’s own people"),
        role="processor",
    ),
)
PERSONAL_DATA: Final = (
    PersonalData(
        model="parties.Party",
        about=Text("Geschäftspartner", "business partners"),
        clause="GDPR Art. 6 (1) (b)",
        processing="relations",
        kept="business_letter",
        people=("email",),
        personal=(
            *("name", "street", "addition", "postcode", "city", "region"),
            *("email", "phone", "employer_name"),
        ),
        on_erasure="mask",
        categories={"employer_name": "name"},
    ),
    PersonalData(
        model="parties.PartyEmail",
        about=Text("Geschäftspartner mit weiteren Adressen", "business partners with further addresses"),
        clause="GDPR Art. 6 (1) (b)",
        processing="relations",
        kept="business_letter",
        people=("email", "party__email"),
        personal=("email",),
        on_erasure="delete",
    ),
    PersonalData(
        model="parties.Identifier",
        about=Text("Geschäftspartner mit Nummern", "business partners with numbers"),
        clause="GDPR Art. 6 (1) (b)",
        processing="relations",
        kept="business_letter",
        people=("party__email",),
        personal=("value", "fingerprint"),
        on_erasure="delete",
        categories={"value": "identity_number", "fingerprint": "identity_number"},
    ),
    PersonalData(
        model="parties.Merge",
        about=Text("zusammengeführte Geschäftspartner", "business partners that were merged"),
        clause="GDPR Art. 6 (1) (b)",
        processing="relations",
        kept="business_letter",
        people=("kept__email", "gone__email"),
        personal=("before", "taken", "by_name"),
        on_erasure="delete",
        categories={"before": "name", "taken": "name"},
    ),
    PersonalData(
        model="parties.BroughtList",
        about=Text("Firmen und Personen einer mitgebrachten Liste", "companies and people of a list that was brought"),
        clause="GDPR Art. 6 (1) (b)",
        processing="relations",
        kept="with_tenant",
        people=("by",),
        personal=("content", "name", "by_name"),
        on_erasure="delete",
        shared=True,
        categories={"content": "name"},
    ),
    PersonalData(
        model="parties.Contact",
        about=Text("Ansprechpartner", "contact persons"),
        clause="GDPR Art. 6 (1) (b)",
        processing="relations",
        kept="business_letter",
        people=("email",),
        personal=("name", "function", "email", "phone"),
        on_erasure="delete",
    ),
    PersonalData(
        model="parties.BankAccount",
        about=Text("Kontoinhaber", "account holders"),
        clause="GDPR Art. 6 (1) (b)",
        processing="relations",
        kept="payment",
        people=("holder", "party__email"),
        personal=("holder", "iban", "fingerprint"),
        on_erasure="delete",
    ),
)
WITHOUT_PERSONAL_DATA: Final = ("parties.PartyRole", "parties.Distinct")
REFERENCES: Final = tuple(
    Reference(model=f"parties.{model}", column=column, to="parties.Party")
    for model, column in (
        ("Contact", "party_id"),
        ("BankAccount", "party_id"),
        ("PartyRole", "party_id"),
        ("PartyEmail", "party_id"),
        ("Identifier", "party_id"),
        ("Party", "employer_id"),
        ("Party", "merged_into_id"),
    )
)

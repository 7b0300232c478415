"""Which tables of parties hold personal data, and for what."""

from typing import Final

from kontor.kernel.personal_data import PersonalData, Processing
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
        categories=("name", "communication", "address", "bank_details"),
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
        personal=("name", "street", "addition", "postcode", "city", "region", "email"),
        on_erasure="mask",
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

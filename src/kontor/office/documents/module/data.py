"""Which tables of documents hold personal data, and for what."""

from typing import Final

from kontor.kernel.personal_data import PersonalData, Processing
from kontor.office.documents.module.store import FILING, PLAIN, PROVING, STORED
from kontor.rulebook.ruling import Text

PROCESSINGS: Final = (
    FILING,
    PROVING,
    Processing(
        key="agreements",
        title=Text("Zustimmungen und Unterschriften", "Agreements and signatures"),
        purpose=Text("Belegen, wer welchem Text wann zugestimmt hat", "Prove who agreed to which text and when"),
        persons=("employees", "contacts", "customers"),
        categories=("authentication", "name", "communication", "device"),
        basis="GDPR Art. 6 (1) (b)",
        source=Text("die Person selbst", "the person"),
        recipients=Text("die andere Vertragspartei", "the other party to the contract"),
        role="controller",
    ),
)
PERSONAL_DATA: Final = (
    *STORED,
    PersonalData(
        model="documents.Agreement",
        about=Text("Personen, die zugestimmt haben", "people who agreed"),
        clause="GDPR Art. 6 (1) (b)",
        processing="agreements",
        kept="business_letter",
        people=("user",),
        personal=("user", "name", "function", "address", "client"),
        on_erasure="keep",
        ground="business_letter",
    ),
    PersonalData(
        model="documents.Signature",
        about=Text("Personen, die unterschrieben haben", "people who signed"),
        clause="GDPR Art. 6 (1) (b)",
        processing="agreements",
        kept="business_letter",
        people=("email",),
        personal=("name", "function", "email", "address", "client"),
        on_erasure="keep",
        ground="business_letter",
    ),
)
WITHOUT_PERSONAL_DATA: Final = ("documents.DocumentVersion", *PLAIN)

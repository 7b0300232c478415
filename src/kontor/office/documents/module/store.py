"""What the document store adds to the declaration: its activity and its tables with personal data."""

from typing import Final

from kontor.kernel.personal_data import PersonalData, Processing
from kontor.rulebook.ruling import Text

FILING: Final = Processing(
    key="filing",
    title=Text("Ablage von Dokumenten", "Filing of documents"),
    purpose=Text(
        "Dokumente aufbewahren, finden und in ihren Fassungen belegen",
        "Keep documents, find them and prove their versions",
    ),
    persons=("employees", "contacts", "customers"),
    categories=("authentication", "name", "communication", "photo"),
    basis="GDPR Art. 6 (1) (b)",
    source=Text("wer ein Dokument ablegt", "whoever files a document"),
    recipients=Text("wen das Recht am Dokument nennt", "whoever the document's rights name"),
    role="processor",
)
PROVING: Final = Processing(
    key="identity_proofs",
    title=Text("Aufnahme von Ausweisen und Führerscheinen", "Pictures of identity cards and licences"),
    purpose=Text(
        "Prüfen und belegen, wer jemand ist und ob er fahren darf",
        "Check and prove who somebody is and whether they may drive",
    ),
    persons=("prospects", "customers"),
    categories=("authentication", "name", "purchases", "photo", "identity_number"),
    basis="GDPR Art. 6 (1) (b)",
    source=Text("die Person selbst", "the person"),
    recipients=Text(
        "wer das Recht dazu hat; jeder Blick wird vermerkt", "whoever has the right; each look is recorded"
    ),
    role="processor",
)
STORED: Final = (
    PersonalData(
        model="documents.Proof",
        about=Text("wessen Ausweis oder Führerschein aufgenommen wurde", "whose identity card or licence was taken"),
        clause="GDPR Art. 6 (1) (b)",
        processing="identity_proofs",
        kept="with_tenant",
        people=("holder",),
        personal=("holder", "process", "picture", "by"),
        on_erasure="delete",
        categories={"process": "purchases", "picture": "photo", "by": "authentication"},
    ),
    PersonalData(
        model="documents.Document",
        about=Text("wer ein Dokument ablegte", "who filed a document"),
        clause="GDPR Art. 6 (1) (b)",
        processing="filing",
        kept="with_tenant",
        people=("owner", "binned_by"),
        personal=("owner", "binned_by"),
        on_erasure="mask",
        categories={"owner": "name", "binned_by": "name"},
    ),
    PersonalData(
        model="documents.Version",
        about=Text("wer eine Fassung ablegte", "who filed a version"),
        clause="GDPR Art. 6 (1) (b)",
        processing="filing",
        kept="with_tenant",
        people=("by",),
        personal=("by", "note"),
        on_erasure="keep",
        ground="business_letter",
        categories={"by": "name", "note": "communication"},
    ),
    PersonalData(
        model="documents.Finding",
        about=Text("wer in einem Dokument steht", "who is named in a document"),
        clause="GDPR Art. 6 (1) (b)",
        processing="filing",
        kept="with_tenant",
        people=(),
        personal=("text", "words"),
        on_erasure="delete",
        categories={"text": "communication", "words": "communication"},
    ),
    PersonalData(
        model="documents.Right",
        about=Text("wer ein Dokument sehen darf", "who may see a document"),
        clause="GDPR Art. 6 (1) (b)",
        processing="filing",
        kept="with_tenant",
        people=("user",),
        personal=("user",),
        on_erasure="delete",
        categories={"user": "name"},
    ),
    PersonalData(
        model="documents.Exchange",
        about=Text("mit wem von außerhalb Dateien ausgetauscht werden", "people outside with whom files are exchanged"),
        clause="GDPR Art. 6 (1) (b)",
        processing="filing",
        kept="with_tenant",
        people=("email", "by"),
        personal=("name", "email", "note", "by"),
        on_erasure="mask",
    ),
    PersonalData(
        model="documents.SignatureRequest",
        about=Text("wer um eine Unterschrift gebeten wird", "people asked to sign"),
        clause="GDPR Art. 6 (1) (b)",
        processing="agreements",
        kept="business_letter",
        people=("email", "user"),
        personal=("name", "email", "user", "note", "reason", "by"),
        on_erasure="keep",
        ground="business_letter",
    ),
)
PLAIN: Final = ("documents.ExchangeItem", "documents.Folder", "documents.Link", "documents.Template")

"""What the tables of licences and installations say about people."""

from typing import Final

from kontor.kernel.personal_data import PersonalData
from kontor.rulebook.ruling import Text

LICENCES: Final = (
    PersonalData(
        model="contracts.Activation",
        about=Text("Rechner mit Namen", "computers by name"),
        clause="GDPR Art. 6 (1) (b)",
        processing="licences",
        kept="with_tenant",
        people=(),
        personal=("computer", "label"),
        on_erasure="delete",
    ),
    PersonalData(
        model="contracts.BackupCopy",
        about=Text("wer sie eintrug", "who registered it"),
        clause="GDPR Art. 6 (1) (b)",
        processing="licences",
        kept="with_tenant",
        people=("registered_by",),
        personal=("registered_by",),
        on_erasure="mask",
    ),
    PersonalData(
        model="contracts.SiteReport",
        about=Text("wer gemeldet hat", "who reported"),
        clause="GDPR Art. 6 (1) (b)",
        processing="licences",
        kept="with_tenant",
        people=("reported_by",),
        personal=("reported_by",),
        on_erasure="mask",
    ),
    PersonalData(
        model="contracts.LicenceNotice",
        about=Text("Netz eines Rechners", "a network"),
        clause="GDPR Art. 6 (1) (b)",
        processing="licences",
        kept="with_tenant",
        people=(),
        personal=("network", "label"),
        on_erasure="delete",
    ),
    PersonalData(
        model="contracts.ForeignUser",
        about=Text("Nutzer mit der Adresse eines anderen Unternehmens", "users with another company's address"),
        clause="GDPR Art. 6 (1) (f)",
        processing="licences",
        kept="with_tenant",
        people=("user", "email"),
        personal=("user", "name", "email", "note"),
        on_erasure="delete",
    ),
    PersonalData(
        model="contracts.SyncRecord",
        about=Text("wovon die Aufzeichnungen einer Installation handeln", "whom an installation's records are about"),
        clause="GDPR Art. 28",
        processing="synchronisation",
        kept="with_tenant",
        people=(),
        personal=("data",),
        on_erasure="delete",
        shared=True,
        categories={"data": "purchases"},
    ),
)

"""All that the rest of the product knows about documents."""

from kontor.kernel.registry import Module, Permission, PersonalData, register
from kontor.rulebook.ruling import Text

register(
    Module(
        key="documents",
        title=Text("Dokumente", "Documents"),
        entitled=False,
        permissions=(
            Permission("documents.see", Text("Dokumente und Zustimmungen sehen", "See documents and agreements")),
        ),
        personal_data=(
            PersonalData(
                model="documents.Agreement",
                about=Text("Personen, die zugestimmt haben", "people who agreed"),
                clause="GDPR Art. 6 (1) (b)",
            ),
            PersonalData(
                model="documents.Signature",
                about=Text("Personen, die unterschrieben haben", "people who signed"),
                clause="GDPR Art. 6 (1) (b)",
            ),
        ),
        without_personal_data=("documents.DocumentVersion",),
    )
)

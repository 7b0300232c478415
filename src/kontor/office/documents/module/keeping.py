"""What of documents goes by itself: what is in the bin, and pictures of identity documents, when a tenant says."""

from typing import Final

from kontor.kernel.keeping import Keeping
from kontor.rulebook.ruling import Text

KEEPINGS: Final = (
    Keeping(
        key="documents.bin",
        title=Text("Dokumente im Papierkorb", "Documents in the bin"),
        kind="binned_documents",
        model="documents.Document",
        since="binned_at",
        needed_by=("documents.SignatureRequest",),
    ),
    Keeping(
        key="documents.proofs",
        title=Text("Aufgenommene Ausweise und Führerscheine", "Identity cards and licences taken"),
        kind="identity_proofs",
        model="documents.Proof",
        since="at",
    ),
)

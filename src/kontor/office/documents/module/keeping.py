"""What of documents goes by itself once its time is over: what lies in the bin, as long as a tenant says it stays."""

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
)

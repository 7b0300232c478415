"""
What of documents goes by itself: what lies in the bin, and pictures of identity documents, as long as a tenant says.

The law keeps them beyond that: letters for six years, vouchers and books longer. Which a document is, its folder says.
"""

from typing import Any, Final

from django.db.models import Q

from kontor.kernel.keeping import Keeping
from kontor.rulebook.ruling import Text

_BIN: Final[dict[str, Any]] = {
    "kind": "binned_documents",
    "model": "documents.Document",
    "since": "binned_at",
    "needed_by": ("documents.SignatureRequest",),
}
KEEPINGS: Final = (
    Keeping(
        key="documents.bin_invoices",
        title=Text("Rechnungen und Belege im Papierkorb", "Invoices and vouchers in the bin"),
        only=Q(folder__kept="invoice"),
        ground="invoice",
        **_BIN,
    ),
    Keeping(
        key="documents.bin_books",
        title=Text("Bücher und Abschlüsse im Papierkorb", "Books and annual accounts in the bin"),
        only=Q(folder__kept="books"),
        ground="books",
        **_BIN,
    ),
    Keeping(
        key="documents.bin",
        title=Text("Dokumente im Papierkorb", "Documents in the bin"),
        only=Q(folder=None) | Q(folder__kept=""),
        **_BIN,
    ),
    Keeping(
        key="documents.proofs",
        title=Text("Aufgenommene Ausweise und Führerscheine", "Identity cards and licences taken"),
        kind="identity_proofs",
        model="documents.Proof",
        since="at",
    ),
)

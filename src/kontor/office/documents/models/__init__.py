from kontor.office.documents.models.exchange import Exchange, ExchangeItem
from kontor.office.documents.models.legal import Agreement, DocumentVersion, Signature
from kontor.office.documents.models.letters import Template
from kontor.office.documents.models.proofs import Proof
from kontor.office.documents.models.signing import SignatureRequest
from kontor.office.documents.models.store import Document, Finding, Folder, Link, Right, Version

__all__ = [
    "Agreement",
    "Document",
    "DocumentVersion",
    "Exchange",
    "ExchangeItem",
    "Finding",
    "Folder",
    "Link",
    "Proof",
    "Right",
    "Signature",
    "SignatureRequest",
    "Template",
    "Version",
]

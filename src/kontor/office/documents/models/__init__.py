from kontor.office.documents.models.legal import Agreement, DocumentVersion, Signature
from kontor.office.documents.models.letters import Template
from kontor.office.documents.models.store import Document, Finding, Folder, Link, Right, Version

__all__ = [
    "Agreement",
    "Document",
    "DocumentVersion",
    "Finding",
    "Folder",
    "Link",
    "Right",
    "Signature",
    "Template",
    "Version",
]

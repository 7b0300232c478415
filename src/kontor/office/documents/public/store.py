"""What other apps may do with the document store."""

import uuid
from datetime import datetime

from kontor.kernel.actor import Actor
from kontor.office.documents.actions import filing
from kontor.office.documents.actions.filing import Filed, Named

__all__ = ["Filed", "Named", "add_version", "file_document"]


def file_document(filed: Filed, *, at: datetime, actor: Actor) -> uuid.UUID:
    """File a document in the current tenant and return its id; see actions.filing."""
    return filing.file_document(filed, at=at, actor=actor).pk


def add_version(document: uuid.UUID, data: bytes, *, name: str, note: str = "", at: datetime, actor: Actor) -> int:
    """Add a version to a document and return its number; see actions.filing."""
    return filing.add_version(document, data, name=name, note=note, at=at, actor=actor).number

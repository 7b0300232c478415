"""What other apps may do with documents: texts that people agree to, signatures, and the store of files."""

from kontor.office.documents.actions.legal import AlreadySignedError, ChangedTextError, Evidence
from kontor.office.documents.public.legal import (
    Agreed,
    AgreedText,
    Edition,
    Signed,
    agreed_by,
    edition_of,
    first_agreement,
    is_known,
    publish,
    publish_once,
    sign,
    signature_of,
    text_hash,
)
from kontor.office.documents.public.store import Filed, Named, add_version, file_document

__all__ = [
    "Agreed",
    "AgreedText",
    "AlreadySignedError",
    "ChangedTextError",
    "Edition",
    "Evidence",
    "Filed",
    "Named",
    "Signed",
    "add_version",
    "agreed_by",
    "edition_of",
    "file_document",
    "first_agreement",
    "is_known",
    "publish",
    "publish_once",
    "sign",
    "signature_of",
    "text_hash",
]

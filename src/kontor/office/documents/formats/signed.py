"""A PDF with its sheet of evidence behind it."""

from io import BytesIO
from typing import Final

import pikepdf

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

LARGEST: Final = 25 * 10**6  # bytes of a paper that is to be signed
_NO_PDF: Final = Text(
    "Unterschrieben wird ein PDF ohne Kennwort, höchstens 25 MB groß.",
    "What is signed is a PDF without a password, of 25 MB at most.",
)


def refuse_unsignable(data: bytes) -> None:
    """Raise RefusalError for what no sheet can be put behind: no PDF, locked, broken, too large."""
    if len(data) > LARGEST:
        raise RefusalError(_NO_PDF)
    try:
        with pikepdf.open(BytesIO(data)) as paper:
            readable = bool(paper.pages)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise RefusalError(_NO_PDF) from error
    if not readable:
        raise RefusalError(_NO_PDF)


def with_sheet(paper: bytes, sheet: bytes) -> bytes:
    """Return a PDF with the pages of another one behind it, the same bytes for the same two."""
    with pikepdf.open(BytesIO(paper)) as whole, pikepdf.open(BytesIO(sheet)) as more:
        whole.pages.extend(more.pages)
        made = BytesIO()
        whole.save(made, deterministic_id=True)
    return made.getvalue()

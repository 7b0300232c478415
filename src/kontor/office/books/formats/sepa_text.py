"""
What a German bank takes in a SEPA file: its letters, its lengths, its identifiers (Deutsche Kreditwirtschaft, annex 3).

>>> plain_text("Müller & Söhne", 70)
'Mueller + Soehne'
"""

import re
import unicodedata
from typing import Final

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

NAME: Final = 70
REMITTANCE: Final = 140
IDENTIFIER: Final = 35

_SPELT: Final = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS",
        "æ": "ae", "Æ": "Ae", "ø": "oe", "Ø": "Oe", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
        "&": "+", "*": ".", "_": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "“": "'", "”": "'", "„": "'", '"': "'",
        ";": ",", "€": "EUR", "@": "(at)", "§": "Par.",
    }
)  # fmt: skip
_TAKEN: Final = re.compile(r"[A-Za-z0-9':?,\-(+.)/ ]*")
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9':?,\-(+.)/ ]{1,35}")
_CREDITOR: Final = re.compile(r"([A-Z]{2})([0-9]{2})([A-Z0-9]{3})([A-Z0-9]{1,28})")
_DIVISOR: Final = 97


class SepaTextError(RefusalError):
    """An identifier that no bank would take."""


def plain_text(text: str, length: int) -> str:
    """
    Return a text in the letters that every bank takes, not longer than so many.

    >>> plain_text("Café Łódź_24 “Öl”", 70), plain_text("ab cd", 3)
    ("Cafe Lodz-24 'Oel'", 'ab')
    """
    spelt = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_SPELT))
    letters = (sign for sign in spelt if not unicodedata.combining(sign))
    kept = "".join(sign if _TAKEN.fullmatch(sign) else " " if sign.isspace() else "." for sign in letters)
    return " ".join(kept.split())[:length].rstrip()


def identifier(text: str) -> str:
    """
    Return an identifier as it is; SepaTextError where a bank would not take it.

    At most 35 letters without an underscore, no slash at either end and none doubled.
    """
    wrong = text.startswith("/") or text.endswith("/") or "//" in text or text != text.strip()
    if wrong or not _IDENTIFIER.fullmatch(text):
        raise SepaTextError(
            Text(
                f"„{text}“ nimmt keine Bank als Kennung: höchstens 35 Zeichen, kein Unterstrich.",
                f"“{text}” is no identifier that a bank takes: at most 35 characters, no underscore.",
            )
        )
    return text


def creditor_id(text: str) -> str:
    """
    Return a creditor identifier without spaces, its check digits proved (ISO 7064, 97-10, without the business code).

    >>> creditor_id("DE98 ZZZ 09999999999")
    'DE98ZZZ09999999999'
    """
    plain = text.replace(" ", "").upper()
    match = _CREDITOR.fullmatch(plain)
    if match is None or _rest(match[4] + match[1] + match[2]) != 1:
        raise SepaTextError(
            Text(
                f"„{text}“ ist keine Gläubiger-Identifikationsnummer.",
                f"“{text}” is no creditor identifier.",
            )
        )
    return plain


def _rest(letters: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in letters)) % _DIVISOR

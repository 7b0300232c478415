"""
Other words for what tells of people: the same for the same everywhere, and not to be turned back without the key.

A name becomes pronounceable syllables word by word, so that "Ida Wirt" in one table is still the "Frau Wirt" of a
letter in another. Whoever has the key can only try names; once it is destroyed, nobody can.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from typing import Any, Final

EMAIL: Final = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
PHONE: Final = re.compile(r"(?<![\w.-])(?:\+\d{1,3}|0\d{2,5})[ ()/-]*\d[\d ()/-]{4,}\d")
ADDRESS: Final = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")  # of a device in the network
SIX: Final = re.compile(r"(?=.*:.*:)[0-9a-f:]+(?:(?:\d{1,3}\.){3}\d{1,3})?")  # of the sixth version of the protocol
WORD: Final = re.compile(r"[^\W\d_]+")
NAMED: Final = re.compile(f"{EMAIL.pattern}|{WORD.pattern}")
UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CODE: Final = re.compile(r"[a-z0-9_.:+-]*|[\w.:+-]+(?:/[\w.:+-]*)+")  # what programs read: "books.sent", "Europe/Oslo"
ISO: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.+Z-]+)?")
# Of a name these tell nothing, and they stand in every other sentence.
_TELLS_NOTHING: Final = (
    "gmbh mbh ag kg kgaa co ohg ug se ev gbr ltd inc llc sarl sas sa bv as oy ab und and et der die das the des dem den"
    " für for von van de du la le les im in am zu zur zum of bei mit herr frau dr prof"
)
NOBODY: Final = frozenset(_TELLS_NOTHING.split())
SHORTEST: Final = 3  # letters of a word that is looked for in other people's sentences
CONSONANTS: Final = "bdfgklmnprstvwz"
VOWELS: Final = "aeiou"
SYLLABLES: Final = 4
NAMES: Final = ("name", "authentication")
IBAN_MODULUS: Final = 97


class Pseudonyms:
    """
    What stands for what, under one key.

    known  the words of names met so far, in small letters, and what stands for each: to be looked for in free text
    told   every value that was replaced as a whole, and by what; kept apart from the copy, or by nobody
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.known: dict[str, str] = {}
        self.told: dict[str, str] = {}

    def learn(self, value: Any, category: str, column: str) -> None:
        """Take in a value that tells of somebody, so that its words are found wherever they stand."""
        if _is_name(category, column):
            for text in _leaves(value):
                for word in WORD.findall(EMAIL.sub("", text)):
                    if len(word) >= SHORTEST and word.lower() not in NOBODY:
                        self.known[word.lower()] = self._spoken(word)

    def of(self, value: Any, category: str, column: str) -> Any:
        """Return what stands for a value that tells of somebody; ids stay, since they tell nobody's name."""
        if isinstance(value, str):
            return self._text(value, category, column)
        return _each(value, lambda text, key: self._text(text, category, key or column))

    def scrubbed(self, value: Any) -> Any:
        """Return a value that says nothing by itself without what it says of people all the same."""
        if isinstance(value, str):
            return self._free(value)
        return _each(value, lambda text, _: self._free(text))

    def bytes_for(self, value: str) -> str:
        """Return as many bytes, as the database writes them, that stand for these."""
        count = len(value) // 2 - 1
        return "\\x" + hashlib.shake_256(self._digest(value)).hexdigest(count)

    def _text(self, value: str, category: str, column: str) -> str:
        if not value or UUID.fullmatch(value):
            return value
        if ISO.fullmatch(value):
            return f"{value[:4]}-01-01" if "birth" in column else value
        if SIX.fullmatch(value):
            return f"2001:db8::{self._digest(value)[:2].hex()}"
        if value.startswith("\\x"):
            return self.bytes_for(value)
        if category in NAMES or _is_name(category, column):
            instead = PHONE.sub(self._number, NAMED.sub(self._named, value))
        elif category in {"identity_number", "bank_details"} or "phone" in column:
            instead = IBAN.sub(self._iban, value)
            instead = instead if instead != value else self._signs(value)
        elif category == "address":
            instead = self._signs(WORD.sub(self._word, value), letters=False)
        else:
            return self._free(value, surely=True)
        self.told[value] = instead
        return instead

    def _free(self, text: str, *, surely: bool = False) -> str:
        """Replace what is known or has a telling form; what only programs read stays, unless people surely wrote it."""
        if UUID.fullmatch(text) or ISO.fullmatch(text):
            return text
        for form, instead in (
            (EMAIL, self._email),
            (IBAN, self._iban),
            (PHONE, self._number),
            (ADDRESS, self._network),
        ):
            text = form.sub(instead, text)
        return text if CODE.fullmatch(text) and not surely else WORD.sub(self._known, text)

    def _known(self, found: re.Match[str]) -> str:
        word = found[0]
        return _cased(self.known[word.lower()], word) if word.lower() in self.known else word

    def _named(self, found: re.Match[str]) -> str:
        return self._email(found) if "@" in found[0] else self._word(found)

    def _word(self, found: re.Match[str]) -> str:
        word = found[0]
        return word if word.lower() in NOBODY or word == "invalid" else _cased(self._spoken(word), word)

    def _spoken(self, word: str) -> str:
        number, said = int.from_bytes(self._digest(word.lower())[:8]), ""
        for _ in range(SYLLABLES if len(word) >= SHORTEST else 1):
            number, consonant = divmod(number, len(CONSONANTS))
            number, vowel = divmod(number, len(VOWELS))
            said += CONSONANTS[consonant] + VOWELS[vowel]
        return said.capitalize()

    def _email(self, found: re.Match[str]) -> str:
        instead = f"p{self._digest(found[0].lower()).hex()[:16]}@example.invalid"
        if not found[0].endswith(".invalid"):
            self.told[found[0]] = instead
        return instead

    def _iban(self, found: re.Match[str]) -> str:
        compact = found[0].replace(" ", "")
        account = self._signs(compact[4:])
        number = int("".join(str(int(sign, 36)) for sign in f"{account}{compact[:2]}00"))
        return f"{compact[:2]}{98 - number % IBAN_MODULUS:02}{account}"

    def _network(self, found: re.Match[str]) -> str:
        return "10." + ".".join(map(str, self._digest(found[0])[:3]))

    def _number(self, found: re.Match[str]) -> str:
        return self._signs(found[0])

    def _signs(self, value: str, *, letters: bool = True) -> str:
        """Return a text of the same form: a digit for each digit, a letter for each letter."""
        drawn = hashlib.shake_256(self._digest(value)).digest(len(value))
        return "".join(_sign(sign, byte, letters=letters) for sign, byte in zip(value, drawn, strict=True))

    def _digest(self, value: str) -> bytes:
        return hmac.digest(self._key, value.encode(), "sha256")


def _sign(sign: str, byte: int, *, letters: bool) -> str:
    if sign.isdigit():
        return str(byte % 10)
    if letters and sign.isascii() and sign.isalpha():
        return chr((ord("A") if sign.isupper() else ord("a")) + byte % 26)
    return sign


def _is_name(category: str, column: str) -> bool:
    return category == "name" or column.endswith("name") or column in {"holder", "company", "counterparty", "signer"}


def _cased(said: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return said.upper()
    return said.lower() if like.islower() else said


def _leaves(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inside for text in _leaves(each)]


def _each(value: Any, do: Callable[[str, str], str], key: str = "") -> Any:
    if isinstance(value, str):
        return do(value, key)
    if isinstance(value, dict):
        return {name: _each(each, do, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_each(each, do, key) for each in value]
    return value


def line(row: Any) -> bytes:
    """Return a row as a line of JSON."""
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"

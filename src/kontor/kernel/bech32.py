r"""
Keys as text that notices a slip of the pen: Bech32 (BIP 173), without its limit of 90 letters, as age writes keys.

>>> encode("age", bytes(2))
'age1qqqqlpnwam'
>>> decode("age1qqqqlpnwam")
('age', b'\x00\x00')
"""

from collections.abc import Iterable, Sequence
from typing import Final

LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECK: Final = 6


def encode(prefix: str, data: bytes) -> str:
    """Return prefix, 1, the data five bits a letter, and six letters of check; all lower case."""
    words = _regrouped(data, 8, 5)
    if left := len(data) * 8 % 5:
        words.append((data[-1] << (5 - left)) & 31)
    polymod = _polymod([*_spread(prefix), *words, *[0] * CHECK]) ^ 1
    check = [(polymod >> 5 * (CHECK - 1 - place)) & 31 for place in range(CHECK)]
    return f"{prefix}1{''.join(LETTERS[word] for word in [*words, *check])}"


def decode(text: str) -> tuple[str, bytes]:
    """Return (prefix, data), the prefix in lower case; ValueError where a letter is wrong or cases are mixed."""
    if text not in {text.lower(), text.upper()}:
        raise ValueError("Upper and lower case are mixed.")
    prefix, one, rest = text.lower().rpartition("1")
    if not one or not prefix or len(rest) < CHECK or set(rest) - set(LETTERS):
        raise ValueError("This is not Bech32.")
    words = [LETTERS.index(letter) for letter in rest]
    if _polymod([*_spread(prefix), *words]) != 1:
        raise ValueError("A letter is wrong.")
    payload = words[:-CHECK]
    left = len(payload) * 5 % 8
    if left >= 5 or (left and payload[-1] & ((1 << left) - 1)):  # noqa: PLR2004  five bits a letter
        raise ValueError("Its end is not zero.")
    return prefix, bytes(_regrouped(payload, 5, 8))


def _regrouped(values: Iterable[int], have: int, want: int) -> list[int]:
    """Return the same bits in groups of another size; bits that fill no group are left out."""
    held, bits, found = 0, 0, []
    for value in values:
        held, bits = (held << have | value) & 0xFFFF, bits + have
        while bits >= want:
            bits -= want
            found.append(held >> bits & ((1 << want) - 1))
    return found


def _spread(prefix: str) -> list[int]:
    return [*(ord(letter) >> 5 for letter in prefix), 0, *(ord(letter) & 31 for letter in prefix)]


def _polymod(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, factor in enumerate(GENERATOR):
            check ^= factor if top >> place & 1 else 0
    return check

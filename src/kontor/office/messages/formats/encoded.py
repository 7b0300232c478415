"""Words of a mail in whatever encoding they came (RFC 2047, RFC 2045): read as well as can be, never an error."""

from email.errors import HeaderParseError
from email.header import Header, decode_header
from email.message import Message
from typing import Any, Final, TypeAlias

Part: TypeAlias = "Message[Any, Any]"  # the class takes no parameters at run time
_GUESSES: Final = ("utf-8", "cp1252")


def decoded(data: bytes, charset: str = "") -> str:
    r"""
    Return text by its charset, else by the likeliest; what fits none is replaced.

    >>> decoded("Grüße".encode("latin-1"), "iso-8859-1"), decoded("Grüße".encode(), "no-such"), decoded(b"\x81\x8d")
    ('Grüße', 'Grüße', '\x81\x8d')
    """
    for name in (charset, *_GUESSES):
        if name:
            try:
                return data.decode(name)
            except (LookupError, UnicodeDecodeError, ValueError):
                continue
    return data.decode("latin-1")


def header_text(value: Header | str | None) -> str:
    """
    Return a header's words; "" where there is none.

    >>> header_text("=?utf-8?B?R3LDvMOfZQ==?= aus =?iso-8859-1?Q?M=FCnchen?=")
    'Grüße aus München'
    """
    if value is None:
        return ""
    try:
        pieces = decode_header(value)  # a Header holds bytes that no mail may carry raw, and came all the same
    except (HeaderParseError, ValueError):
        return _unescaped(str(value))
    words = (piece if isinstance(piece, str) else decoded(piece, charset or "") for piece, charset in pieces)
    return _unescaped("".join(words))


def part_text(part: Part) -> str:
    """Return the text of a part by its charset, lines ended alike."""
    data = part.get_payload(decode=True)
    text = decoded(data, part.get_content_charset() or "") if isinstance(data, bytes) else ""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _unescaped(text: str) -> str:
    """Return raw bytes of a header, which Python keeps as surrogates, as the words they are."""
    data = text.encode("utf-8", "surrogateescape")
    return decoded(data).replace("\0", "").replace("\r", " ").replace("\n", " ")

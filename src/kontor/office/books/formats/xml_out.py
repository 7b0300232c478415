"""Writing XML as text: fast, escaped, and refusing what XML cannot hold."""

import re
from collections.abc import Iterable
from datetime import date

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

# What XML 1.0 (2.2) does not allow in a document, lone surrogates included.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("\r"): "&#13;"}


class UnwritableTextError(RefusalError):
    """A text holds a character that no XML file may contain."""


def escaped(text: str) -> str:
    """
    Return text ready for an element or a double-quoted attribute.

    >>> escaped('Müller & Söhne <"KG">')
    'Müller &amp; Söhne &lt;&quot;KG&quot;&gt;'
    """
    if not text.isprintable():
        found = _FORBIDDEN.search(text)
        if found:
            sign = f"U+{ord(found.group()):04X}"
            raise UnwritableTextError(
                Text(
                    f"Das Zeichen {sign} in {text!r} kann in keiner XML-Datei stehen.",
                    f"The character {sign} in {text!r} cannot stand in an XML file.",
                )
            )
    return text.translate(_SPECIAL)


def attribute(name: str, value: str) -> str:
    """
    Return an attribute with the space before it, or nothing where the value is empty.

    >>> attribute("schemeID", "EM"), attribute("schemeID", "")
    (' schemeID="EM"', '')
    """
    return f' {name}="{escaped(value)}"' if value else ""


def leaf(name: str, text: str, attributes: str = "") -> str:
    """
    Return one element with text, or nothing where the text is empty.

    >>> leaf("ram:ID", "R-1"), leaf("ram:ID", "")
    ('<ram:ID>R-1</ram:ID>', '')
    """
    return f"<{name}{attributes}>{escaped(text)}</{name}>" if text else ""


def branch(name: str, *children: str, attributes: str = "") -> str:
    """
    Return an element around children already written, or nothing where all are empty.

    >>> branch("a", leaf("b", "1"), ""), branch("a", "")
    ('<a><b>1</b></a>', '')
    """
    inner = "".join(children)
    return f"<{name}{attributes}>{inner}</{name}>" if inner else ""


def joined(parts: Iterable[str]) -> str:
    return "".join(parts)


def basic(day: date) -> str:
    """Return a day as UNTDID 2379 code 102 writes it: 20261130."""
    return f"{day:%Y%m%d}"

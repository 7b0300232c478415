"""HTML of a mail as plain text: what acts or loads is left out, links keep their address."""

import re
from html import unescape
from typing import Final

import lxml.etree
import lxml.html
from lxml.etree import ParserError

_DROPPED: Final = "script style head title iframe object embed template noscript svg math form".split()  # noqa: SIM905  read at a glance
_BREAKS: Final = frozenset("p div br tr li h1 h2 h3 h4 h5 h6 blockquote pre table ul ol section article hr".split())  # noqa: SIM905
_INERT: Final = re.compile(r"<(script|style|head|title)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*(>|$)")


def text_of_html(html: str) -> str:
    r"""
    Return the words of a page.

    >>> text_of_html("<p>Guten Tag</p><script>alert(1)</script><img src=x onerror=y><p><a href='http://a.example'>hier</a>")
    'Guten Tag\n\nhier (http://a.example)'
    """
    try:
        root = lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=_parser())
    except (ParserError, ValueError):
        return ""
    for gone in [*root.iter(*_DROPPED)]:
        assert isinstance(gone, lxml.html.HtmlElement)
        gone.drop_tree()
    pieces: list[str] = []
    _walk(root, pieces)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return _without_gaps("\n".join(lines)) or _without_tags(html)


def _without_tags(html: str) -> str:
    """Return what is left without any tag, for what is nested deeper than the parser goes."""
    words = _TAG.sub(" ", _INERT.sub(" ", html))
    return " ".join(unescape(words).split())


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )


def _walk(root: lxml.html.HtmlElement, pieces: list[str]) -> None:
    """Add the words in order; a mail may be nested deeper than Python recurses, so this goes by events."""
    context = lxml.etree.iterwalk(root, events=("start", "end"))
    for event, element in context:
        tag = str(element.tag)
        if event == "start":
            if tag in _BREAKS:
                pieces.append("\n")
            pieces.append((element.text or "").replace("\n", " "))
            continue
        href = element.get("href", "") if tag == "a" else ""
        if href.startswith(("http:", "https:", "mailto:")) and href not in "".join(pieces[-3:]):
            pieces.append(f" ({href})")
        if tag in _BREAKS and tag != "br":
            pieces.append("\n")
        pieces.append((element.tail or "").replace("\n", " "))


def _without_gaps(text: str) -> str:
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()

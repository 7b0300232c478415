"""Walking an XML tree by short paths, where what is absent reads as empty."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from lxml import etree

from kontor.office.books.formats.xml_in import RefusedXmlError
from kontor.rulebook.ruling import Text

Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Node:
    """An element, its format's prefixes at hand; a missing element is a Node that holds None and finds nothing."""

    element: etree._Element | None
    prefixes: dict[str, str]

    def __bool__(self) -> bool:
        return self.element is not None

    def one(self, path: str) -> "Node":
        if self.element is None:
            return self
        return Node(self.element.find(path, self.prefixes), self.prefixes)

    def all(self, path: str) -> Iterator["Node"]:
        if self.element is not None:
            for found in self.element.iterfind(path, self.prefixes):
                yield Node(found, self.prefixes)

    def text(self, path: str = "") -> str:
        """Return the text of the element at the path, trimmed, or ""."""
        node = self.one(path) if path else self
        return (node.element.text or "").strip() if node.element is not None else ""

    def attribute(self, name: str) -> str:
        return (self.element.get(name) or "") if self.element is not None else ""

    def number(self, path: str = "") -> Decimal:
        """Return a finite decimal; nothing there is zero, anything else raises RefusedXmlError."""
        text = self.text(path)
        try:
            number = Decimal(text or 0)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or "_" in text:
            raise RefusedXmlError(Text(f"„{text}“ bei {path} ist keine Zahl.", f"“{text}” at {path} is no number."))
        return number

    def code(self, path: str, codes: type[Code]) -> Code:
        """Return a code of a list; one the list does not have raises RefusedXmlError."""
        text = self.text(path)
        try:
            return codes(text)
        except ValueError as error:
            raise RefusedXmlError(
                Text(f"Der Code „{text}“ bei {path} wird nicht gelesen.", f"The code “{text}” at {path} is not read.")
            ) from error

    def day(self, path: str = "") -> date | None:
        """Return a day written 2026-11-30, 20261130 or with a time behind it; nothing there is None."""
        text = self.text(path)
        if not text:
            return None
        digits = text[:10].replace("-", "")[:8]
        try:
            return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        except ValueError as error:
            raise RefusedXmlError(
                Text(f"„{text}“ bei {path} ist kein Tag.", f"“{text}” at {path} is no day.")
            ) from error

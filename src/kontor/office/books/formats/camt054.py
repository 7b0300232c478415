"""
Reading a bank's notifications, ISO 20022 camt.054 in any version from .02 to .14: what came back, and why.

A notification has no balances to prove; only its returns are taken from it. The money itself stands on the statement.
"""

import re
from dataclasses import dataclass

from lxml import etree

from kontor.office.books.formats.bank_entries import transactions
from kontor.office.books.formats.bank_statement import Transaction, hashed
from kontor.office.books.formats.xml_in import RefusedXmlError, read_xml
from kontor.office.books.formats.xml_node import Node
from kontor.rulebook.ruling import Text

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.054\.001\.(\d\d)")


@dataclass(frozen=True, slots=True)
class Notification:
    """
    A bank's notification about one account.

    key      the same whenever the same notification is read again
    entries  all its booked transactions
    """

    identification: str
    account: str
    key: str
    entries: tuple[Transaction, ...]


def is_camt054(content: bytes) -> bool:
    """Tell whether a harmless XML file is a notification; RefusedXmlError for a file that is not harmless."""
    return bool(_NAMESPACE.fullmatch(etree.QName(read_xml(content)).namespace or ""))


def read_camt054(content: bytes) -> tuple[Notification, ...]:
    """Return the notifications in a camt.054 file, at least one; RefusedXmlError for anything else."""
    root = read_xml(content)
    space = etree.QName(root).namespace or ""
    if not _NAMESPACE.fullmatch(space):
        name = space.rpartition(":")[2] or etree.QName(root).localname
        raise RefusedXmlError(
            Text(f"„{name}“ ist keine Umsatzanzeige nach camt.054.", f"“{name}” is no camt.054 notification.")
        )
    found = tuple(_notification(each) for each in Node(root, {"": space}).all("BkToCstmrDbtCdtNtfctn/Ntfctn"))
    if not found:
        raise RefusedXmlError(Text("Die Datei enthält keine Umsatzanzeige.", "The file holds no notification."))
    return found


def _notification(node: Node) -> Notification:
    identification = node.text("Id")
    account = node.text("Acct/Id/IBAN") or node.text("Acct/Id/Othr/Id")
    key = hashed("camt.054", account, identification, node.text("CreDtTm"))
    found: list[Transaction] = []
    for entry in node.all("Ntry"):
        found += transactions(entry, statement=key, first_position=len(found) + 1)
    return Notification(identification, account, key, tuple(found))

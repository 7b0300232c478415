"""
Reading a bank's account statement, ISO 20022 camt.053 in any version from .02 to .14, checked with .02 and .08.

A statement is proved before it is believed: opening balance plus booked entries must give the closing balance. A batch
entry becomes its transactions; amounts become signed, money in positive.
"""

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from kontor.office.books.formats.bank_entries import signed, transactions
from kontor.office.books.formats.bank_statement import Statement, Transaction, statement_key
from kontor.office.books.formats.xml_in import RefusedXmlError, read_xml
from kontor.office.books.formats.xml_node import Node
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d\d)")
_OPENING = ("OPBD", "PRCD")  # some banks open with the previous closing balance
_CLOSING = ("CLBD",)


def read_camt053(content: bytes) -> tuple[Statement, ...]:
    """
    Return the statements in a camt.053 file, at least one.

    Raises RefusedXmlError for anything that is no harmless camt.053, lacks a balance, mixes currencies or does not add
    up: then nothing of the file is taken.
    """
    root = read_xml(content)
    space = etree.QName(root).namespace or ""
    if not _NAMESPACE.fullmatch(space):
        name = space.rpartition(":")[2] or etree.QName(root).localname
        raise RefusedXmlError(
            Text(f"„{name}“ ist kein Kontoauszug nach camt.053.", f"“{name}” is no camt.053 account statement.")
        )
    found = tuple(_statement(each) for each in Node(root, {"": space}).all("BkToCstmrStmt/Stmt"))
    if not found:
        raise RefusedXmlError(Text("Die Datei enthält keinen Kontoauszug.", "The file holds no account statement."))
    return found


def _statement(node: Node) -> Statement:
    identification = node.text("Id")
    account = node.text("Acct/Id/IBAN") or node.text("Acct/Id/Othr/Id")
    opening, first = _balance(node, _OPENING, identification)
    closing, last = _balance(node, _CLOSING, identification)
    key = statement_key(account, identification, first=first, last=last)
    entries = tuple(_numbered(node, key, opening.currency))
    statement = Statement(
        identification=identification,
        account=account,
        opening=opening,
        closing=closing,
        opened_on=first,
        closed_on=last,
        key=key,
        transactions=entries,
    )
    _refuse_gap(statement)
    return statement


def _numbered(node: Node, key: str, currency: str) -> Iterator[Transaction]:
    position = 0
    for entry in node.all("Ntry"):
        for transaction in transactions(entry, statement=key, first_position=position + 1):
            if transaction.amount.currency != currency:
                other = transaction.amount.currency
                raise RefusedXmlError(
                    Text(
                        f"Das Konto wird in {currency} geführt, eine Buchung lautet auf {other}.",
                        f"The account is kept in {currency}, an entry is in {other}.",
                    )
                )
            position = transaction.position
            yield transaction


def _balance(node: Node, codes: tuple[str, ...], identification: str) -> tuple[Money, date]:
    for code in codes:
        for balance in node.all("Bal"):
            if balance.text("Tp/CdOrPrtry/Cd") == code:
                day = balance.day("Dt/Dt") or balance.day("Dt/DtTm")
                if day is not None:
                    return signed(balance, balance), day
    raise RefusedXmlError(
        Text(
            f"Dem Auszug {identification} fehlt der Saldo {codes[0]}.",
            f"Statement {identification} lacks the balance {codes[0]}.",
        )
    )


def _refuse_gap(statement: Statement) -> None:
    moved = Money.total((each.amount for each in statement.transactions), statement.currency)
    if statement.closing.currency != statement.currency or statement.opening + moved != statement.closing:
        reached = statement.opening + moved
        raise RefusedXmlError(
            Text(
                f"Der Auszug {statement.identification} geht nicht auf: {statement.opening.spoken('de')} und die"
                f" Buchungen ergeben {reached.spoken('de')}, dort steht {statement.closing.spoken('de')}.",
                f"Statement {statement.identification} does not add up: {statement.opening.spoken('en')} and the"
                f" entries give {reached.spoken('en')}, stated is {statement.closing.spoken('en')}.",
            )
        )

"""The entries of a camt.053 statement, taken apart into transactions."""

from collections.abc import Iterator
from datetime import date

from kontor.office.books.formats.bank_statement import Transaction, hashed
from kontor.office.books.formats.xml_in import RefusedXmlError
from kontor.office.books.formats.xml_node import Node
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_UNSAID = frozenset({"", "NOTPROVIDED"})


def transactions(entry: Node, *, statement: str, first_position: int) -> Iterator[Transaction]:
    """
    Yield what a booked entry consists of; one that is only announced (PDNG, INFO) yields nothing.

    A batch whose parts have no amounts of their own stays one transaction. Where the parts give less or more than was
    booked, the entry is right and one more transaction, without counterparty, carries the rest: charges, as a rule.
    """
    if (entry.text("Sts/Cd") or entry.text("Sts")) != "BOOK":
        return
    booked = signed(entry, entry)
    details = list(entry.all("NtryDtls/TxDtls"))
    if len(details) < 2 or not all(_stated(each) for each in details):  # noqa: PLR2004 - one is no batch
        single = details[0] if len(details) == 1 else Node(None, entry.prefixes)
        yield _transaction(
            entry, single, amount=booked, statement=statement, position=first_position, first=first_position
        )
        return
    rest = booked
    for position, detail in enumerate(details, start=first_position):
        amount = _part(detail, entry)
        rest = rest - amount
        yield _transaction(entry, detail, amount=amount, statement=statement, position=position, first=first_position)
    if rest.minor:
        nobody = Node(None, entry.prefixes)
        last = first_position + len(details)
        yield _transaction(entry, nobody, amount=rest, statement=statement, position=last, first=first_position)


def signed(node: Node, direction: Node) -> Money:
    """Return a balance or entry as signed money; the file writes it without a sign and says CRDT or DBIT beside it."""
    amount = _money(node.one("Amt"))
    side = direction.text("CdtDbtInd")
    if side not in {"CRDT", "DBIT"}:
        raise RefusedXmlError(Text(f"„{side}“ ist weder Soll noch Haben.", f"“{side}” is neither debit nor credit."))
    return amount if side == "CRDT" else -amount


def _money(amount: Node) -> Money:
    try:
        money = Money.parse(amount.text(), amount.attribute("Ccy"))
    except RefusalError as refusal:
        raise RefusedXmlError(refusal.text) from refusal
    if money.minor < 0:
        raise RefusedXmlError(
            Text(f"Ein Betrag trägt ein Vorzeichen: {amount.text()}.", f"An amount has a sign: {amount.text()}.")
        )
    return money


def _stated(detail: Node) -> Node:
    # Version .02 keeps the amount in its details, later ones beside them.
    return detail.one("Amt") or detail.one("AmtDtls/TxAmt/Amt")


def _part(detail: Node, entry: Node) -> Money:
    amount = _money(_stated(detail))
    side = detail.text("CdtDbtInd") or entry.text("CdtDbtInd")
    return amount if side == "CRDT" else -amount


def _transaction(entry: Node, detail: Node, *, amount: Money, statement: str, position: int, first: int) -> Transaction:
    booked_on = _day(entry, "BookgDt")
    reason = _returned(entry, detail)
    name, iban = _counterparty(detail, incoming=(amount.minor >= 0) != bool(reason))
    bank_reference = detail.text("Refs/AcctSvcrRef") or entry.text("AcctSvcrRef") or entry.text("NtryRef")
    end_to_end = _said(detail.text("Refs/EndToEndId"))
    return Transaction(
        position=position,
        # Banks repeat references and give none; the place on the statement keeps two equal payments apart.
        key=hashed(statement, bank_reference, str(position), amount.currency, str(amount.minor), end_to_end),
        amount=amount,
        booked_on=booked_on,
        value_on=_day(entry, "ValDt", booked_on),
        counterparty=name,
        iban=iban,
        end_to_end=end_to_end,
        mandate=_said(detail.text("Refs/MndtId")),
        remittance=" ".join(each.text() for each in detail.all("RmtInf/Ustrd")) or entry.text("AddtlNtryInf"),
        references=tuple(_references(detail)),
        bank_reference=bank_reference,
        returned_reason=reason,
        reversal=entry.text("RvslInd") in {"true", "1"},
        batch=len(list(entry.all("NtryDtls/TxDtls"))) > 1,
        first=first,
        group=_said(detail.text("Refs/PmtInfId") or entry.text("NtryDtls/Btch/PmtInfId")),
        charges=_charges(detail) or _charges(entry),
    )


def _charges(node: Node) -> int:
    """Return what the bank took, in minor units: version .02 lists the amounts, later ones say in which direction."""
    found = 0
    for record in (*node.all("Chrgs"), *node.all("Chrgs/Rcrd")):
        if record.one("Amt") and record.text("CdtDbtInd") != "CRDT":
            found += _money(record.one("Amt")).minor
    return found


def _day(entry: Node, name: str, otherwise: date | None = None) -> date:
    day = entry.day(f"{name}/Dt") or entry.day(f"{name}/DtTm") or otherwise
    if day is None:
        raise RefusedXmlError(Text("Einer Buchung fehlt der Buchungstag.", "An entry lacks its booking day."))
    return day


def _returned(entry: Node, detail: Node) -> str:
    found = detail.one("RtrInf")
    if not found:
        return ""
    return found.text("Rsn/Cd") or found.text("Rsn/Prtry") or entry.text("BkTxCd/Domn/Fmly/SubFmlyCd")


def _counterparty(detail: Node, *, incoming: bool) -> tuple[str, str]:
    # A return names the parties of the payment it takes back, so who came in then went out now.
    role = "Dbtr" if incoming else "Cdtr"
    parties = detail.one("RltdPties")
    names = (f"{role}/Pty/Nm", f"{role}/Nm", f"Ultmt{role}/Pty/Nm", f"Ultmt{role}/Nm")
    name = next((parties.text(path) for path in names if parties.text(path)), "")
    return name, parties.text(f"{role}Acct/Id/IBAN") or parties.text(f"{role}Acct/Id/Othr/Id")


def _references(detail: Node) -> Iterator[str]:
    for structured in detail.all("RmtInf/Strd"):
        creditor = structured.text("CdtrRefInf/Ref")
        if creditor:
            yield creditor
        for document in structured.all("RfrdDocInf/Nb"):
            yield document.text()


def _said(text: str) -> str:
    return "" if text in _UNSAID else text

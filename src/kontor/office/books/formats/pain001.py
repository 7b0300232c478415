"""Writing refunds for the bank: ISO 20022 pain.001.001.09, one block of SEPA transfers on one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kontor.office.books.formats.bank_schema import BankSchema, document
from kontor.office.books.formats.sepa_parts import Account, Place, account, agent, dated, named, sum_of
from kontor.office.books.formats.sepa_text import NAME, REMITTANCE, identifier, plain_text
from kontor.office.books.formats.xml_out import branch, leaf
from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Whose account is debited."""

    name: str
    place: Place
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One refund: our reference, to whom, and what they read on their statement."""

    end_to_end: str
    amount: Money
    name: str
    account: Account
    text: str


def pain001(message: str, transfers: Sequence[Transfer], *, payer: Payer, execute_on: date, at: datetime) -> bytes:
    """Return the file; SepaTextError for an identifier no bank takes. `at` is aware, the moment it was made."""
    head = branch(
        "GrpHdr",
        leaf("MsgId", identifier(message)),
        leaf("CreDtTm", at.isoformat(timespec="seconds")),
        leaf("NbOfTxs", str(len(transfers))),
        leaf("CtrlSum", sum_of(each.amount for each in transfers)),
        branch("InitgPty", leaf("Nm", plain_text(payer.name, NAME))),
    )
    block = branch(
        "PmtInf",
        leaf("PmtInfId", identifier(f"{message}-1")),
        leaf("PmtMtd", "TRF"),
        leaf("BtchBookg", "true"),
        leaf("NbOfTxs", str(len(transfers))),
        leaf("CtrlSum", sum_of(each.amount for each in transfers)),
        branch("PmtTpInf", branch("SvcLvl", leaf("Cd", "SEPA"))),
        branch("ReqdExctnDt", leaf("Dt", dated(execute_on))),
        named("Dbtr", payer.name, payer.place),
        account("DbtrAcct", payer.account),
        agent("DbtrAgt", payer.account),
        leaf("ChrgBr", "SLEV"),
        *(_transfer(each) for each in transfers),
    )
    body = branch("CstmrCdtTrfInitn", head, block)
    return document(BankSchema.TRANSFER, body)


def _transfer(transfer: Transfer) -> str:
    return branch(
        "CdtTrfTxInf",
        branch("PmtId", leaf("EndToEndId", identifier(transfer.end_to_end))),
        branch("Amt", leaf("InstdAmt", transfer.amount.bare(), f' Ccy="{transfer.amount.currency}"')),
        branch("Cdtr", leaf("Nm", plain_text(transfer.name, NAME))),
        account("CdtrAcct", transfer.account),
        branch("RmtInf", leaf("Ustrd", plain_text(transfer.text, REMITTANCE))),
    )

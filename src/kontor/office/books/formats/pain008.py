"""
Writing direct debits for the bank: ISO 20022 pain.008.001.08, as German banks take it since November 2026.

Addresses are structured, texts in the letters that every bank takes, and the control sums are exactly those of what
stands in the file. One block holds the debits of one scheme, one sequence and one day.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kontor.office.books.formats.bank_schema import BankSchema, document
from kontor.office.books.formats.sepa_parts import Account, Place, account, agent, dated, named, sum_of
from kontor.office.books.formats.sepa_text import NAME, REMITTANCE, creditor_id, identifier, plain_text
from kontor.office.books.formats.xml_out import branch, leaf
from kontor.rulebook.collecting import Scheme, Sequence as SequenceType
from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Creditor:
    """Who collects: as it stands in the file."""

    name: str
    place: Place
    account: Account
    creditor_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectDebit:
    """
    One debit.

    end_to_end  our own reference, 35 characters; the bank names it when the money comes or goes back
    text        what the debtor reads on its statement
    """

    end_to_end: str
    amount: Money
    collect_on: date
    scheme: Scheme
    sequence: SequenceType
    mandate: str
    signed_on: date
    debtor: str
    place: Place
    account: Account
    text: str


Group = tuple[Scheme, SequenceType, date]


def groups(debits: Iterable[DirectDebit]) -> dict[Group, list[DirectDebit]]:
    """Return the debits by what a block of the file has in common, the earliest day first."""
    found: dict[Group, list[DirectDebit]] = defaultdict(list)
    for each in debits:
        found[each.scheme, each.sequence, each.collect_on].append(each)
    order = sorted(found, key=lambda key: (key[2], key[0].value, key[1].value))
    return {key: found[key] for key in order}


def group_ids(message: str, debits: Iterable[DirectDebit]) -> Mapping[Group, str]:
    """Return how each block of a message is called, which is how a bank names a sum it books for one."""
    return {key: identifier(f"{message}-{place}") for place, key in enumerate(groups(debits), start=1)}


def pain008(message: str, debits: Sequence[DirectDebit], *, creditor: Creditor, at: datetime) -> bytes:
    """
    Return the file; SepaTextError for an identifier no bank takes, UnwritableTextError for what XML cannot hold.

    at  aware, the moment it was made
    """
    called = group_ids(message, debits)
    head = branch(
        "GrpHdr",
        leaf("MsgId", identifier(message)),
        leaf("CreDtTm", at.isoformat(timespec="seconds")),
        leaf("NbOfTxs", str(len(debits))),
        leaf("CtrlSum", sum_of(each.amount for each in debits)),
        branch("InitgPty", leaf("Nm", plain_text(creditor.name, NAME))),
    )
    blocks = (_block(called[key], key, group, creditor) for key, group in groups(debits).items())
    body = branch("CstmrDrctDbtInitn", head, *blocks)
    return document(BankSchema.DEBIT, body)


def _block(name: str, key: Group, debits: Sequence[DirectDebit], creditor: Creditor) -> str:
    scheme, sequence, collect_on = key
    return branch(
        "PmtInf",
        leaf("PmtInfId", name),
        leaf("PmtMtd", "DD"),
        leaf("BtchBookg", "true"),
        leaf("NbOfTxs", str(len(debits))),
        leaf("CtrlSum", sum_of(each.amount for each in debits)),
        branch(
            "PmtTpInf",
            branch("SvcLvl", leaf("Cd", "SEPA")),
            branch("LclInstrm", leaf("Cd", scheme.value)),
            leaf("SeqTp", sequence.value),
        ),
        leaf("ReqdColltnDt", dated(collect_on)),
        named("Cdtr", creditor.name, creditor.place),
        account("CdtrAcct", creditor.account),
        agent("CdtrAgt", creditor.account),
        leaf("ChrgBr", "SLEV"),
        branch("CdtrSchmeId", _scheme_id(creditor.creditor_id)),
        *(_debit(each) for each in debits),
    )


def _scheme_id(number: str) -> str:
    other = branch("Othr", leaf("Id", creditor_id(number)), branch("SchmeNm", leaf("Prtry", "SEPA")))
    return branch("Id", branch("PrvtId", other))


def _debit(debit: DirectDebit) -> str:
    return branch(
        "DrctDbtTxInf",
        branch("PmtId", leaf("EndToEndId", identifier(debit.end_to_end))),
        leaf("InstdAmt", debit.amount.bare(), f' Ccy="{debit.amount.currency}"'),
        branch(
            "DrctDbtTx",
            branch("MndtRltdInf", leaf("MndtId", identifier(debit.mandate)), leaf("DtOfSgntr", dated(debit.signed_on))),
        ),
        agent("DbtrAgt", debit.account),
        named("Dbtr", debit.debtor, debit.place),
        account("DbtrAcct", debit.account),
        branch("RmtInf", leaf("Ustrd", plain_text(debit.text, REMITTANCE))),
    )

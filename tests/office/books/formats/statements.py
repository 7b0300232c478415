"""Account statements as a bank would send them, in versions .02 and .08; each follows the schema of its version."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

IBAN = "DE02120300000000202051"
CUSTOMER = "DE89370400440532013000"


@dataclass(frozen=True)
class Detail:
    """One transaction of an entry; without amount it says nothing of its own."""

    amount: str = ""
    end_to_end: str = "NOTPROVIDED"
    name: str = "Weserwerk Anlagenbau GmbH"
    iban: str = CUSTOMER
    remittance: tuple[str, ...] = ()
    structured: str = ""
    returned: str = ""
    mandate: str = ""
    role: str = "Dbtr"


@dataclass(frozen=True)
class Entry:
    amount: str
    side: str = "CRDT"
    details: tuple[Detail, ...] = ()
    booked: str = "2026-11-20"
    value: str = "2026-11-20"
    reference: str = ""
    status: str = "BOOK"
    reversal: bool = False
    currency: str = "EUR"
    info: str = ""


@dataclass(frozen=True)
class Paper:
    entries: tuple[Entry, ...]
    opening: str = "1000.00"
    closing: str = "1000.00"
    opening_side: str = "CRDT"
    closing_side: str = "CRDT"
    identification: str = "2026-230"
    opened: str = "2026-11-20"
    closed: str = "2026-11-20"
    opening_code: str = "OPBD"
    balances: tuple[str, ...] = field(default=("opening", "closing"))


def camt(papers: Iterable[Paper], version: str) -> bytes:
    statements = "".join(_statement(paper, version) for paper in papers)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        "<BkToCstmrStmt><GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-21T02:00:00+01:00</CreDtTm></GrpHdr>"
        f"{statements}</BkToCstmrStmt></Document>"
    ).encode()


def _statement(paper: Paper, version: str) -> str:
    balances = {
        "opening": _balance(paper.opening_code, paper.opening, paper.opening_side, paper.opened),
        "closing": _balance("CLBD", paper.closing, paper.closing_side, paper.closed),
    }
    return (
        f"<Stmt><Id>{paper.identification}</Id><CreDtTm>2026-11-21T02:00:00+01:00</CreDtTm>"
        f"<Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        + "".join(balances[name] for name in paper.balances)
        + "".join(_entry(entry, version) for entry in paper.entries)
        + "</Stmt>"
    )


def _balance(code: str, amount: str, side: str, day: str) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>'
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _entry(entry: Entry, version: str) -> str:
    status = entry.status if version == "02" else f"<Cd>{entry.status}</Cd>"
    reversal = "<RvslInd>true</RvslInd>" if entry.reversal else ""
    reference = f"<AcctSvcrRef>{entry.reference}</AcctSvcrRef>" if entry.reference else ""
    details = "".join(_detail(each, entry, version) for each in entry.details)
    info = f"<AddtlNtryInf>{entry.info}</AddtlNtryInf>" if entry.info else ""
    return (
        f'<Ntry><Amt Ccy="{entry.currency}">{entry.amount}</Amt><CdtDbtInd>{entry.side}</CdtDbtInd>{reversal}'
        f"<Sts>{status}</Sts><BookgDt><Dt>{entry.booked}</Dt></BookgDt><ValDt><Dt>{entry.value}</Dt></ValDt>{reference}"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        + (f"<NtryDtls>{details}</NtryDtls>" if details else "")
        + info
        + "</Ntry>"
    )


def _detail(detail: Detail, entry: Entry, version: str) -> str:
    mandate = f"<MndtId>{detail.mandate}</MndtId>" if detail.mandate else ""
    references = f"<Refs><EndToEndId>{detail.end_to_end}</EndToEndId>{mandate}</Refs>"
    name = f"<Nm>{escape(detail.name)}</Nm>" if version == "02" else f"<Pty><Nm>{escape(detail.name)}</Nm></Pty>"
    parties = (
        f"<RltdPties><{detail.role}>{name}</{detail.role}><{detail.role}Acct><Id><IBAN>{detail.iban}</IBAN></Id>"
        f"</{detail.role}Acct></RltdPties>"
    )
    free = "".join(f"<Ustrd>{escape(line)}</Ustrd>" for line in detail.remittance)
    strict = ""
    if detail.structured:
        strict = (
            "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
            f"<Ref>{detail.structured}</Ref></CdtrRefInf></Strd>"
        )
    remittance = f"<RmtInf>{free}{strict}</RmtInf>" if free or strict else ""
    returned = f"<RtrInf><Rsn><Cd>{detail.returned}</Cd></Rsn></RtrInf>" if detail.returned else ""
    return f"<TxDtls>{references}{_amount(detail, entry, version)}{parties}{remittance}{returned}</TxDtls>"


def _amount(detail: Detail, entry: Entry, version: str) -> str:
    if not detail.amount:
        return ""
    amount = f'<Amt Ccy="EUR">{detail.amount}</Amt>'
    if version == "02":
        return f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>"
    return f"{amount}<CdtDbtInd>{entry.side}</CdtDbtInd>"


def ordinary() -> Paper:
    """1000.00 + 699.09 + (119.00 + 59.50) − 12.30 = 1865.29."""
    batch = (
        Detail("119.00", "2026-1290", "Kaiwerk & Co KG", "DE75512108001245126199", ("RG 2026-1290",)),
        Detail("59.50", "NOTPROVIDED", "Elbhof eG", CUSTOMER, ("RG 2026-1291", "danke")),
    )
    return Paper(
        entries=(
            Entry(
                "699.09",
                details=(
                    Detail(
                        end_to_end="E2E-1", remittance=("WESERWERK REST", "2026 1284"), structured="RF18539007547034"
                    ),
                ),
                reference="BANK-1",
                value="2026-11-19",
            ),
            Entry("178.50", details=batch, reference="BANK-2"),
            Entry("12.30", "DBIT", reference="BANK-3", info="Entgelt"),
            Entry("500.00", status="PDNG", reference="BANK-4"),
        ),
        closing="1865.29",
    )


def returned() -> Paper:
    """1000.00 − 122.00 = 878.00: a debit of 119.00 comes back, the bank takes 3.00 in the same entry."""
    back = Detail("119.00", "2026-1284", mandate="M-2025-0208", returned="AC04", remittance=("RUECKLASTSCHRIFT",))
    other = Detail("3.00", name="Bank für Beispiele", iban=IBAN, role="Cdtr")
    return Paper(entries=(Entry("122.00", "DBIT", (back, other), reference="BANK-9"),), closing="878.00")

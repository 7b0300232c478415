"""What a customer is told about new prices: the letter with the arithmetic, and the mail that carries it."""

from datetime import date
from typing import Any, Final

from kontor.office.books import public as books
from kontor.office.contracts.models import PriceRun
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.paper import day, letter
from kontor.office.contracts.queries.positions import PER
from kontor.office.contracts.queries.price_proposals import NewPrice, Proposal
from kontor.office.parties import public as parties
from kontor.rulebook.contract_state import counted
from kontor.rulebook.currency import price_text
from kontor.rulebook.ruling import Text

TITLE: Final = Text("Anpassung der Preise", "Adjustment of prices")
_ABOVE: Final = {
    PriceRun.Kind.INDEX: Text(
        "die Preise Ihres Vertrags folgen einem Index. Mit der Verlängerung am {day} gelten diese Preise:",
        "the prices of your contract follow an index. With the renewal on {day} these prices hold:",
    ),
    PriceRun.Kind.LIST: Text(
        "die Preise Ihres Vertrags folgen der offiziellen Preisliste. Mit dem Abrechnungsintervall ab dem {day} gelten "
        "diese Preise:",
        "the prices of your contract follow the official price list. With the billing interval from {day} on these "
        "prices hold:",
    ),
}
_MAIL: Final = {
    "de": (
        "Anpassung der Preise zu Vertrag {number}",
        "Guten Tag,\n\n{above}\n\n{lines}\n\nSo wurde gerechnet:\n{working}\n\nGrundlage: {clauses}\n\n"
        "Das Schreiben liegt bei.\n",
    ),
    "en": (
        "Adjustment of prices under contract {number}",
        "Hello,\n\n{above}\n\n{lines}\n\nHow it was worked out:\n{working}\n\nIt rests on: {clauses}\n\n"
        "The letter is attached.\n",
    ),
}


def price_paper(
    found: Proposal, kind: str, *, seller: books.SellerCard, party: parties.Card, on: date
) -> dict[str, Any]:
    """Return what `contracts/typst/announcement.typ` prints about new prices."""
    language = found.contract.terms["language"]
    return {
        **letter(seller, party, language=language, issued_on=on),
        "title": TITLE.spoken(language),
        "contract": found.contract.number,
        "facts": [{"label": _since(language), "value": day(found.effective_on, language)}],
        "currency": found.currency,
        "above": [_above(found, kind, language)],
        "prices": [_row(line, language) for line in found.lines],
        "sections": [],
        "working": [step.spoken(language) for step in found.ruling.working],
        "clauses": [clause.number for clause in found.ruling.clauses],
    }


def price_mail(found: Proposal, kind: str) -> Letter:
    """Return the mail in the contract's language; the arithmetic stands in it too."""
    language = found.contract.terms["language"]
    subject, text = _MAIL[language]
    told = {
        "number": found.contract.number,
        "above": _above(found, kind, language),
        "lines": "\n".join(_said(line, found.currency, language) for line in found.lines),
        "working": "\n".join(step.spoken(language) for step in found.ruling.working),
        "clauses": ", ".join(str(clause) for clause in found.ruling.clauses),
    }
    return Letter(subject.format(**told), text.format(**told))


def _above(found: Proposal, kind: str, language: str) -> str:
    return _ABOVE[PriceRun.Kind(kind)].spoken(language).format(day=day(found.effective_on, language))


def _since(language: str) -> str:
    return Text("Gilt ab", "Holds from").spoken(language)


def _row(line: NewPrice, language: str) -> dict[str, str]:
    return {
        "name": line.name,
        "per": PER[line.per.name].spoken(language),
        "quantity": counted(line.quantity).spoken(language),
        "before": f"{line.before:f}",
        "after": f"{line.after:f}",
        "difference": f"{line.difference:f}",
    }


def _said(line: NewPrice, currency: str, language: str) -> str:
    before, after = (price_text(price, currency).spoken(language) for price in (line.before, line.after))
    return f"{line.name}: {before} → {after} {PER[line.per.name].spoken(language)}"

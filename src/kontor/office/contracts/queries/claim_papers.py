"""What letters about late claims say: the words of each step, the table of segments, the sums."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kontor.office.books import public as books
from kontor.office.contracts.models import ClaimLetter
from kontor.office.contracts.queries.claims import Facts
from kontor.office.contracts.queries.paper import letter
from kontor.office.parties import public as parties
from kontor.rulebook.claim import ClaimState
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True)
class LetterWords:
    """Title, what stands above the figures, and what stands below: sentences, each with the clause it rests on."""

    title: Text
    above: Text
    below: tuple[tuple[Text, Clause | None], ...]


_STATEMENT: Final = Text("Forderungsaufstellung", "Statement of claim")
_THREAT: Final = Text("Androhung der Kündigung", "Warning of termination")
_NO_VAT: Final = Text(
    "Zinsen, Pauschale und Kosten sind Schadensersatz ohne Umsatzsteuer; dieses Schreiben ist keine Rechnung.",
    "Interest, lump sum and costs are damages without VAT; this letter is no invoice.",
)
_CROSSED: Final = Text(
    "Haben Sie in den letzten Tagen gezahlt, hat sich dieses Schreiben erledigt.",
    "If you have paid in the last days, please disregard this letter.",
)


def words_of(facts: Facts, kind: str, key: str, *, pay_until: date, on: date) -> LetterWords:
    """Return what a letter says besides its figures, in both languages."""
    until, due = day(pay_until), day(facts.row.due_on)
    if kind == ClaimLetter.Kind.THREAT:
        above = said(
            "die Rechnung {number} war am {due} fällig und ist nicht bezahlt. Geht der Betrag nicht bis zum {until} "
            "ein, kündigen wir den Vertrag {contract} ohne weitere Frist, sobald die Voraussetzungen vorliegen.",
            "invoice {number} was due on {due} and has not been paid. Unless the amount arrives by {until} we will end "
            "contract {contract} without further notice as soon as its conditions are met.",
            number=facts.row.number,
            due=due,
            until=until,
            contract=facts.contract.number,
        )
        return LetterWords(_THREAT, above, tuple(_below(facts, on)))
    above = said(
        "die Rechnung {number} war am {due} fällig und ist noch offen. Bitte zahlen Sie bis zum {until}.",
        "invoice {number} was due on {due} and is still open. Please pay by {until}.",
        number=facts.row.number,
        due=due,
        until=until,
    )
    if kind == ClaimLetter.Kind.STATEMENT:
        return LetterWords(_STATEMENT, above, tuple(_below(facts, on)))
    step = key.rpartition("-")[2]
    title = (
        Text("Zahlungserinnerung", "Payment reminder")
        if step == "1"
        else said("{step}. Mahnung", "Reminder {step}", step=int(step) - 1 if step.isdigit() else step)
    )
    return LetterWords(title, above, tuple(_below(facts, on)))


def _below(facts: Facts, on: date) -> Iterator[tuple[Text, Clause | None]]:
    """Yield what the contract lets follow from the delay; nothing that it does not say."""
    rules, late = facts.terms, facts.late_on(on)
    if rules.suspension is not None:
        words = (
            "Danach können wir die Leistungen aussetzen, bis alles Fällige bezahlt ist.",
            "After that we may suspend services until everything due has been paid.",
        )
        yield said(*words), rules.suspension.clause
    if late.ends_automatically_on is not None and rules.automatic_end is not None:
        words = (
            "Ohne Zahlung endet der Vertrag am {day} von selbst.",
            "Without payment the contract ends by itself on {day}.",
        )
        yield said(*words, day=day(late.ends_automatically_on)), rules.automatic_end.clause
    if late.termination_possible_from is not None and rules.termination is not None and rules.termination.threat:
        words = ("Kündigen können wir ab {day}.", "We may end the contract from {day}.")
        yield said(*words, day=day(late.termination_possible_from)), rules.termination.clause
    yield _NO_VAT, None
    yield _CROSSED, None


def claim_paper(
    facts: Facts,
    state: ClaimState,
    words: LetterWords,
    *,
    seller: books.SellerCard,
    party: parties.Card,
    on: date,
    pay_until: date,
) -> dict[str, Any]:
    """Return what `contracts/typst/claim.typ` prints."""
    language = facts.invoice.language
    rules = facts.terms
    return {
        **letter(seller, party, language=language, issued_on=on),
        "title": words.title.spoken(language),
        "invoice": facts.row.number,
        "invoiced": facts.invoice.issued_on,
        "contract": facts.contract.number,
        "due": facts.row.due_on,
        "pay_until": pay_until,
        "days": state.late.days,
        "currency": state.total.currency,
        "above": words.above.spoken(language),
        "below": [
            {"text": text.spoken(language), "clause": clause.number if clause else ""} for text, clause in words.below
        ],
        "interest_clause": rules.interest.clause.number if rules.interest else "",
        "lump_clause": rules.lump_sum.clause.number if rules.lump_sum else "",
        "segments": [
            {
                "first": segment.period.first,
                "last": segment.period.last,
                "days": segment.period.days,
                "left": segment.left.bare(),
                "legal": _plain(segment.rate.percent),
                "percent": _plain(segment.percent),
                "source": segment.rate.source,
                "confirmed": segment.rate.confirmed,
            }
            for segment in state.segments
        ],
        "paid": [{"on": on_day, "amount": amount.bare()} for on_day, amount in _paid(facts, on)],
        "claimed": facts.invoice.claimed.bare(),
        "principal": state.principal.bare(),
        "interest": state.interest.bare(),
        "accrued": state.accrued.bare(),
        "costs": state.costs.bare(),
        "total": state.total.bare(),
    }


def claim_mail(facts: Facts, words: LetterWords, state: ClaimState, *, pay_until: date) -> tuple[str, str]:
    """Return subject and text of the mail that carries a letter."""
    language = facts.invoice.language
    title = words.title.spoken(language)
    if language == "de":
        text = (
            f"Guten Tag,\n\n{words.above.de}\n\nOffen sind heute {state.total.text.de}, mit Zinsen und Pauschale. Das "
            f"Schreiben mit der Berechnung liegt bei.\n\nBitte zahlen Sie bis zum {day(pay_until).de}.\n"
        )
        return f"{title}: Rechnung {facts.row.number}", text
    text = (
        f"Hello,\n\n{words.above.en}\n\nOpen today are {state.total.text.en}, interest and lump sum included. The "
        f"letter with the arithmetic is attached.\n\nPlease pay by {day(pay_until).en}.\n"
    )
    return f"{title}: invoice {facts.row.number}", text


def _paid(facts: Facts, on: date) -> Iterator[tuple[date, Money]]:
    nothing = Money.zero(facts.invoice.claimed.currency)
    for receipt in facts.receipts:
        if receipt.on <= on:
            yield receipt.on, receipt.principal + (receipt.interest or nothing) + (receipt.costs or nothing)


def _plain(percent: Any) -> str:
    return f"{percent.normalize():f}"

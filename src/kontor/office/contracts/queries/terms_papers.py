"""The notice of a change of terms as it goes out: the letter with its separate parts, the mail, suggested words."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from kontor.office.books import public as books
from kontor.office.contracts.models import Contract, TermsChange, TermsNotice
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.paper import day, letter
from kontor.office.contracts.queries.terms_changes import NEW_RULES, clauses_of, required_of, told_in
from kontor.office.parties import public as parties
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.conclusion import Change
from kontor.rulebook.wording import said

_ABOVE: Final = Text(
    "wir ändern die Bedingungen Ihres Vertrags {number}: {title}.",
    "we are changing the terms of your contract {number}: {title}.",
)
_RULES: Final = Text("Die neuen Regeln", "The new rules")
_MAIL: Final = {
    "de": (
        "Änderung der Bedingungen zu Vertrag {number}: {title}",
        "Guten Tag,\n\n{above}\n\n{parts}\n\n{link}\n\nDas Schreiben liegt bei.\n",
    ),
    "en": (
        "Change of terms of contract {number}: {title}",
        "Hello,\n\n{above}\n\n{parts}\n\n{link}\n\nThe letter is attached.\n",
    ),
}
_LINK: Final = Text("Ansehen und antworten:\n{url}", "Read and answer:\n{url}")


def suggested(change: Change) -> dict[str, dict[str, str]]:
    """Return words for the elements that follow from the procedure itself, by language; staff may write others."""
    found: dict[str, dict[str, str]] = {"de": {}, "en": {}}
    if change.answer_within is None:
        return found
    within = change.answer_within.value.spoken
    texts = {
        "objection_right": Text(
            "Sie haben das Recht, dieser Änderung zu widersprechen; dann gelten die bisherigen Regeln weiter.",
            "You have the right to object to this change; then the rules so far continue to hold.",
        ),
        "objection_period": said(
            "Die Frist für Ihren Widerspruch: {within} ab Zugang dieser Mitteilung.",
            "The objection is to be declared within {within} of receiving this notice.",
            within=within,
        ),
        "meaning_of_silence": Text(
            "Erklären Sie sich innerhalb dieser Frist nicht, gilt die Änderung als vereinbart.",
            "If you make no declaration within that period, the change counts as agreed.",
        ),
    }
    for key, text in texts.items():
        if key in required_of(change):
            for language, words in found.items():
                words[key] = text.spoken(language)
    return found


def notice_paper(
    change: TermsChange,
    kind: Change,
    contract: Contract,
    *,
    seller: books.SellerCard,
    party: parties.Card,
    on: date,
) -> dict[str, Any]:
    """Return what `contracts/typst/announcement.typ` prints: the new rules, and what must stand apart from them."""
    language = contract.terms["language"]
    since = Text("Genannter Tag", "Day named").spoken(language)
    return {
        **letter(seller, party, language=language, issued_on=on),
        "title": Text("Änderung der Bedingungen", "Change of terms").spoken(language),
        "contract": contract.number,
        "facts": [{"label": since, "value": day(change.named_on, language)}] if change.named_on else [],
        "currency": contract.terms["currency"],
        "above": [_above(change, contract, language)],
        "prices": [],
        "sections": [
            {"title": title, "lines": [line for line in text.splitlines() if line.strip()]}
            for title, text in parts_of(told_in(change, language), kind, language)
        ],
        "working": [],
        "clauses": list(dict.fromkeys(clause.number for clause in clauses_of(kind))),
    }


def notice_mail(change: TermsChange, kind: Change, contract: Contract, *, url: str) -> Letter:
    """Return the mail in the contract's language; all that must be told stands in it too, each under its heading."""
    language = contract.terms["language"]
    subject, text = _MAIL[language]
    parts = parts_of(told_in(change, language), kind, language)
    told = {
        "number": contract.number,
        "title": title_of(change, language),
        "above": _above(change, contract, language),
        "parts": "\n\n".join(f"{title}\n{said_there}" for title, said_there in parts),
        "link": _LINK.spoken(language).format(url=url),
    }
    return Letter(subject.format(**told), text.format(**told))


def title_of(change: TermsChange, language: str) -> str:
    """Return the change's title in "de" or "en"."""
    return change.title_de if language == "de" else change.title_en


def parts_of(told: Mapping[str, str], kind: Change, language: str) -> list[tuple[str, str]]:
    """Return heading and text of each part; what is told separately has a heading of its own."""
    labels = required_of(kind)
    keys = [NEW_RULES, *(key for key in labels if key != NEW_RULES)]
    names = {NEW_RULES: _RULES} | labels
    return [(names[key].spoken(language), told[key]) for key in keys if told.get(key)]


def _above(change: TermsChange, contract: Contract, language: str) -> str:
    return _ABOVE.spoken(language).format(number=contract.number, title=title_of(change, language))


_ANSWERS: Final = {
    "ACCEPTED": Text(
        "die Änderung „{title}“ ist angenommen; sie gilt ab dem {day}.",
        "the change “{title}” has been accepted; it holds from {day} on.",
    ),
    "SILENT": Text(
        "innerhalb der Frist ist kein Widerspruch eingegangen. Die Änderung „{title}“ gilt damit als vereinbart, und "
        "zwar ab dem {day}.",
        "no objection arrived within the period. The change “{title}” therefore counts as agreed, from {day} on.",
    ),
    "OBJECTED": Text(
        "wir haben den Widerspruch gegen die Änderung „{title}“ erhalten. Es gelten die bisherigen Regeln.",
        "we have received the objection to the change “{title}”. The rules so far continue to hold.",
    ),
    "CONTINUED": Text(
        "nach dem Widerspruch gegen die Änderung „{title}“ läuft der Vertrag unverändert weiter.",
        "after the objection to the change “{title}” the contract goes on unchanged.",
    ),
}


def answer_mail(notice: TermsNotice, state: str, *, effective_on: date | None) -> Letter:
    """Return the mail that tells both sides what came of a notice."""
    language = notice.contract.terms["language"]
    said_there = _ANSWERS[state].spoken(language)
    words = said_there.format(title=notice.title, day=day(effective_on, language) if effective_on else "")
    number = notice.contract.number
    if language == "de":
        return Letter(f"Änderung der Bedingungen zu Vertrag {number}", f"Guten Tag,\n\n{words}\n")
    return Letter(f"Change of terms of contract {number}", f"Hello,\n\n{words}\n")

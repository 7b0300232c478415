"""The mails that go with an end: that a notice was received and what it does, that it was withdrawn, that it ends."""

from datetime import date
from typing import Any

from kontor.office.contracts.models import Contract, EndingTask
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.paper import day
from kontor.rulebook.ending.told import Side
from kontor.rulebook.ruling import Ruling

_NOTICE = {
    "de": (
        "Kündigung zu Vertrag {number}",
        "Guten Tag,\n\ndie Kündigung des Vertrags {number} vom {given} ist eingetragen.\n\n{outcome}\n\n"
        "So wurde gerechnet:\n{working}\n\nGrundlage: {clauses}\n",
    ),
    "en": (
        "Notice on contract {number}",
        "Hello,\n\nthe notice of {given} on contract {number} has been recorded.\n\n{outcome}\n\n"
        "How it was worked out:\n{working}\n\nIt rests on: {clauses}\n",
    ),
}
_OUTCOME = {
    "de": ("Der Vertrag endet mit dem {ends}.", "Sie hat keine Wirkung; der Vertrag läuft weiter."),
    "en": ("The contract ends with {ends}.", "It has no effect; the contract goes on."),
}
_PARTS = {
    "de": "Diese Teile enden mit dem {ends}: {parts}.",
    "en": "These parts end with {ends}: {parts}.",
}
_WITHDRAWN = {
    "de": (
        "Kündigung zu Vertrag {number} zurückgenommen",
        "Guten Tag,\n\ndie Kündigung des Vertrags {number} ist zurückgenommen. "
        "Der Vertrag läuft weiter.\n\n{working}\n",
    ),
    "en": (
        "Notice on contract {number} withdrawn",
        "Hello,\n\nthe notice on contract {number} has been withdrawn. The contract goes on.\n\n{working}\n",
    ),
}
_ENDED = {
    "de": (
        "Ende des Vertrags {number}",
        "Guten Tag,\n\nder Vertrag {number} endet mit dem {ends}.\n\nSo ist es dazu gekommen:\n{working}\n\n"
        "Grundlage: {clauses}\n",
    ),
    "en": (
        "End of contract {number}",
        "Hello,\n\ncontract {number} ends with {ends}.\n\nHow it came to that:\n{working}\n\nIt rests on: {clauses}\n",
    ),
}
_OVERDUE = {
    "de": (
        "Überfällig nach dem Ende von Vertrag {number}",
        "Guten Tag,\n\nnach dem Ende des Vertrags {number} ist offen: {task}.\n"
        "Fällig war es am {due}; zuständig ist {whose}.\n\nGrundlage: {clause}\n",
    ),
    "en": (
        "Overdue after the end of contract {number}",
        "Hello,\n\nafter the end of contract {number} this is open: {task}.\n"
        "It was due on {due}; {whose} is to do it.\n\nIt rests on: {clause}\n",
    ),
}


def waits_for_customer(task: EndingTask) -> bool:
    """Tell whether the customer has to do something: its own tasks, and choosing what becomes of its data."""
    return task.side == Side.CUSTOMER.value or task.key == "choice"


def overdue_mail(task: EndingTask) -> Letter:
    """Return the mail about a task after the end whose day has passed."""
    contract = task.contract
    language = contract.terms["language"]
    subject, text = _OVERDUE[language]
    named = {
        "number": contract.number,
        "task": task.text_de if language == "de" else task.text_en,
        "due": day(task.due_on, language),
        "whose": contract.customer_name if waits_for_customer(task) else contract.seller_name,
        "clause": task.clause,
    }
    return Letter(subject.format(**named), text.format(**named))


def notice_mail(
    contract: Contract, ruling: Ruling[Any], *, given: date, ends: date | None, parts: tuple[str, ...]
) -> Letter:
    """Return the mail that tells both sides of a notice: its day, what it does, and why."""
    language = contract.terms["language"]
    with_effect, without = _OUTCOME[language]
    outcome = without
    if ends is not None and parts:
        names = contract.terms["names"]
        outcome = _PARTS[language].format(
            ends=day(ends, language), parts=", ".join(names.get(key, key) for key in parts)
        )
    elif ends is not None:
        outcome = with_effect.format(ends=day(ends, language))
    return _filled(_NOTICE[language], contract, ruling, given=day(given, language), outcome=outcome)


def withdrawn_mail(contract: Contract, ruling: Ruling[Any]) -> Letter:
    """Return the mail that tells both sides of a withdrawal."""
    return _filled(_WITHDRAWN[contract.terms["language"]], contract, ruling)


def ended_mail(contract: Contract, ruling: Ruling[Any], *, ends: date) -> Letter:
    """Return the mail that tells both sides of an extraordinary end."""
    language = contract.terms["language"]
    return _filled(_ENDED[language], contract, ruling, ends=day(ends, language))


def _filled(words: tuple[str, str], contract: Contract, ruling: Ruling[Any], **named: str) -> Letter:
    language = contract.terms["language"]
    told = {
        "number": contract.number,
        "working": "\n".join(f"- {step.spoken(language)}" for step in ruling.working),
        "clauses": ", ".join(str(clause) for clause in ruling.clauses),
        **named,
    }
    subject, text = words
    return Letter(subject.format(**told), text.format(**told))

"""A ruling, fresh or stored, as the "Why?" box shows it."""

import re
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, pgettext

from kontor.kernel.input_words import INPUT_WORDS
from kontor.kernel.ruling_values import Parts
from kontor.kernel.wording import day, language, money, number, spoken
from kontor.rulebook import terms
from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms.pack import Source

_ISO: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[+-]\d{2}:\d{2}|Z)?)?\b")
_MONEY: Final = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")
_NUMBER: Final = re.compile(r"-?\d+\.\d+")
_DURATION: Final = re.compile(r"[1-9]\d* (?:clock hours?|office hours?|working days?|days?|months?|years?|weeks?)")
_REMINDER: Final = re.compile(r"reminder-(\d+)")
_CENTS: Final = 2
# Name of the page that shows one clause: source, version and number; the terms explorer mounts it.
_CLAUSE_PAGE: Final = "contracts:clause"


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """
    A clause for a reader.

    label     as short as a chip: "Ziff. 4.6.1", "§ 13", "Anh. 1, 1.3 (i)"
    heading   the clause's heading, "" where the pack is not known
    sentence  what it says, in our own words
    source    which pack in which version
    url       its page in the terms explorer, "" where there is none
    """

    label: str
    heading: str = ""
    sentence: str = ""
    source: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The box's content, already in the reader's language."""

    answer: str
    clauses: tuple[ClauseWords, ...]
    inputs: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    decision: str = ""
    decided_at: Any = None

    @property
    def first(self) -> ClauseWords | None:
        """The clause on the chip."""
        return self.clauses[0] if self.clauses else None


def clause_label(number: str) -> str:
    """Return a clause's number as a chip names it, in the reader's language."""
    text = number.strip()
    if text[:1].isdigit():
        return f"{pgettext('clause', 'No.')} {text}"
    text = re.sub(r"^§\s*", "§ ", text)
    for long, short in (
        ("Artikel", "Art."),
        ("Anlage", gettext("Annex")),
        ("Anhang", gettext("Appx.")),
        ("Ziffer", pgettext("clause", "No.")),
    ):
        if text.startswith(long):
            return short + _INNER.sub(lambda found: _inner(found[0]), text[len(long) :])
    return text


_INNER: Final = re.compile(r"\b(Regel|Klausel|Anhang|Ende|Prüfung|Untervergabe|Unterstützung)\b")


def _inner(word: str) -> str:
    """Return a word inside a clause's number in the reader's language."""
    return {
        "Regel": pgettext("clause", "Rule"),
        "Klausel": pgettext("clause", "Clause"),
        "Anhang": gettext("Appx."),
        "Ende": pgettext("clause", "End"),
        "Prüfung": pgettext("clause", "Audit"),
        "Untervergabe": pgettext("clause", "Subprocessing"),
        "Unterstützung": pgettext("clause", "Assistance"),
    }[word]


def clause_words(clause: Clause | str) -> ClauseWords:
    """Return a clause as it is shown; text is taken as its number."""
    return _clause_words(clause, language())


@lru_cache(maxsize=4096)
def _clause_words(clause: Clause | str, _language: str) -> ClauseWords:
    """A pack never changes while the program runs, and a list shows the same clause in every row."""
    if isinstance(clause, str):
        return ClauseWords(clause_label(clause))
    return ClauseWords(clause_label(clause.number), *_words(clause), url=_url(clause))


def explain(ruling: Any, *, answer: str = "") -> Explanation:
    """Return what the box says about a ruling: a `Ruling`, or a stored one as queries.rulings.Reasons reads it back."""
    digest = getattr(ruling, "digest", None)
    return Explanation(
        answer=answer or _answer(ruling),
        clauses=tuple(clause_words(clause) for clause in ruling.clauses),
        inputs=tuple((input_name(pair[0]), input_value(pair[1])) for pair in ruling.inputs),
        steps=tuple(spoken(step) for step in ruling.working),
        decision=_short(digest) if digest else "",
        decided_at=getattr(ruling, "at", None),
    )


def _answer(ruling: Any) -> str:
    """Return the value as a reader says it; for a value of several parts the last step, which is what it came to."""
    if _sayable(ruling.value):
        return spoken(ruling.value)
    return spoken(ruling.working[-1]) if ruling.working else ""


def _sayable(value: Any) -> bool:
    if isinstance(value, tuple | list | frozenset | set) and not isinstance(value, Text):
        return all(_sayable(one) for one in value)
    if isinstance(getattr(value, "spoken", None), Text):
        return True
    return not (isinstance(value, Enum | Parts) or (is_dataclass(value) and not isinstance(value, Period | Money)))


def input_name(name: str) -> str:
    """Return the name of an input in the reader's language; one without words loses only its underscores."""
    if name in INPUT_WORDS:
        return spoken(INPUT_WORDS[name])
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def input_value(value: Any) -> str:
    """Return an input for the reader: days, moments and durations inside the text as the page writes them."""
    if not isinstance(value, str):
        return spoken(value)
    if reminder := _REMINDER.fullmatch(value):
        return spoken(Text(f"Mahnung {reminder[1]}", f"Reminder {reminder[1]}"))
    if amount := _MONEY.fullmatch(value):
        return money(Decimal(amount[1]), amount[2])
    if _NUMBER.fullmatch(value):
        return number(_trimmed(Decimal(value)))
    if _DURATION.fullmatch(value):
        return spoken(Duration.parse(value))
    return _ISO.sub(_spoken_iso, value)


def _trimmed(value: Decimal) -> Decimal:
    """Return a number without the zeros a column has filled it up with: 34.900000 is 34.90, 2.000000 is 2."""
    if int(value.as_tuple().exponent) >= -_CENTS:
        return value
    if value == value.to_integral_value():
        return value.to_integral_value()
    short = value.normalize()
    return short if int(short.as_tuple().exponent) <= -_CENTS else short.quantize(Decimal("0.01"))


def _spoken_iso(found: re.Match[str]) -> str:
    """A day or a moment; a moment is shown by the clock it was written with."""
    try:
        when = datetime.fromisoformat(found[0])
    except ValueError:
        return found[0]
    return f"{day(when.date())}, {when:%H:%M}" if "T" in found[0] else day(when.date())


def _words(clause: Clause) -> tuple[str, str, str]:
    """Heading, sentence and source; empty for a clause of no pack we hold, such as one agreed in an offer."""
    try:
        pack = _pack(clause.source, clause.version)
    except KeyError:
        return ("", "", "")
    source = gettext("%(title)s, edition %(version)s") % {"title": spoken(pack.title), "version": pack.version}
    words = pack.clauses.get(clause.number)
    return (spoken(words.heading), spoken(words.sentence), source) if words else ("", "", source)


def _pack(source: str, version: str) -> Source:
    if source.startswith("law-"):
        return terms.law(source.removeprefix("law-"), version or None)
    return terms.load(source, version or None)


def _url(clause: Clause) -> str:
    try:
        return reverse(_CLAUSE_PAGE, args=(clause.source, clause.version or "newest", clause.number))
    except NoReverseMatch:
        return ""


def _short(digest: bytes | memoryview) -> str:
    text = bytes(digest).hex()
    return f"{text[:4]}…{text[-4:]}"

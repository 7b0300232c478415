"""A quiz as somebody writes it: a line for each question and each choice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices in order; right holds the places of those that are right, counted from 0."""

    text: str
    choices: tuple[str, ...]
    right: frozenset[int]


def quiz_of(written: str) -> tuple[Question, ...]:
    """
    Read a quiz: "? question", then "+ right" and "- wrong" choices, one to a line; "" is none.

    RefusalError names the line that nobody can read, a question without a right or with fewer than two choices.

    >>> quiz_of("? Two and two?" + chr(10) + "+ 4" + chr(10) + "- 5")
    (Question(text='Two and two?', choices=('4', '5'), right=frozenset({0})),)
    """
    found: list[tuple[str, list[tuple[bool, str]]]] = []
    for number, line in enumerate(written.splitlines(), 1):
        sign, text = line.strip()[:1], line.strip()[1:].strip()
        if not sign:
            continue
        if sign == "?" and text:
            found.append((text, []))
        elif sign in "+-" and text and found:
            found[-1][1].append((sign == "+", text))
        else:
            raise RefusalError(
                Text(
                    f"Zeile {number}: eine Frage beginnt mit ?, eine Antwort mit + (richtig) oder - (falsch).",
                    f"Line {number}: a question begins with ?, a choice with + (right) or - (wrong).",
                )
            )
    return tuple(_question(text, choices) for text, choices in found)


def _question(text: str, choices: list[tuple[bool, str]]) -> Question:
    right = frozenset(place for place, (good, _) in enumerate(choices) if good)
    if not right or len(choices) == len(right):
        raise RefusalError(
            Text(
                f"„{text}“ braucht eine richtige und eine falsche Antwort.",
                f"“{text}” needs a right and a wrong choice.",
            )
        )
    return Question(text, tuple(words for _, words in choices), right)


def same_shape(one: tuple[Question, ...], other: tuple[Question, ...]) -> bool:
    """Tell whether two languages of a quiz ask the same: as many choices each, the same of them right."""
    return [(len(each.choices), each.right) for each in one] == [(len(each.choices), each.right) for each in other]


def marked(questions: tuple[Question, ...], answers: Mapping[int, Collection[int]]) -> int:
    """Return how many questions were answered rightly: all right choices and no wrong one."""
    return sum(frozenset(answers.get(place, ())) == each.right for place, each in enumerate(questions))


def passes(right: int, asked: int, *, from_percent: int) -> bool:
    """Tell whether so many right answers are enough; a quiz without questions always is."""
    return right * _WHOLE >= from_percent * asked

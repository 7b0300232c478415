"""
The contract calculator: every rule of a terms pack can be asked directly, without a database.

The command line, the page and the API share this one way to ask:

>>> asked = answer("term", {"start": "2026-01-01", "on": "2026-10-01"}, pack="visitor")
>>> asked.value == {"last_day": "2026-12-31", "notice_by": "2026-09-30", "in_time": False, "ends": "2027-12-31"}
True
>>> [str(clause) for clause in asked.ruling.clauses][0]
'4.6.1'
"""

from kontor.rulebook.calc.question import Answer, Choice, Kind, Option, Question, Value, WrongInputError
from kontor.rulebook.calc.reading import expectation
from kontor.rulebook.calc.registry import QUESTIONS, answer, answer_under, pack_of, question, questions, unanswered
from kontor.rulebook.terms import NoAnswerError

__all__ = [
    "QUESTIONS",
    "Answer",
    "Choice",
    "Kind",
    "NoAnswerError",
    "Option",
    "Question",
    "Value",
    "WrongInputError",
    "answer",
    "answer_under",
    "expectation",
    "pack_of",
    "question",
    "questions",
    "unanswered",
]

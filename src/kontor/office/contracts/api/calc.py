"""The questions of `kontor calc` over the API: the same registry, the same answer."""

import json
from typing import Annotated, Any, Final

from django.utils.translation import get_language
from ninja import Schema
from pydantic import Field

from kontor.kernel.api import Call, Line, ProblemError
from kontor.office.contracts.api.mounted import endpoints
from kontor.rulebook import calc
from kontor.rulebook.calc import NoAnswerError, WrongInputError

TERMS: Final = "contracts.terms"
_ASKED: Final = "WHAT"
Text = Annotated[str, Field(max_length=1000)]
Told = (
    Text
    | int
    | Annotated[list[Text], Field(max_length=100)]
    | Annotated[list[dict[str, Text | None]], Field(max_length=10_000)]
)


class Asking(Schema):
    """
    A question's pack and options, named as on the command line without dashes.

    An option that may be given several times is a list; `outages` is a list of objects with from, to, noticed, excuse.
    """

    pack: Line
    version: Line | None = None
    options: Annotated[dict[str, Told], Field(max_length=50)] = {}


class CalcAnswer(Schema):
    """What a terms pack answers: the value by its fields, the clauses, the working in the language asked for."""

    what: str
    pack: str
    version: str
    value: dict[str, Any]
    clauses: list[str]
    working: list[str]


@endpoints.writes("/calc/{what}", permission=TERMS, answers=CalcAnswer)
def ask(request: Call, what: str, asking: Asking) -> CalcAnswer:  # noqa: ARG001  one shape for all
    """
    Ask a terms pack: deadline, oncall, availability, claim, maintenance, term and whatever else `kontor calc` knows.

    422 names the option that is wrong; "silent" says that contract and law are, or that the offer decides.
    """
    told = {name: _text(given) for name, given in asking.options.items()}
    try:
        found = calc.answer(what, told, pack=asking.pack, version=asking.version)
    except WrongInputError as wrong:
        if wrong.option == _ASKED:
            raise ProblemError(404, "missing", wrong.text) from wrong
        place = f"body.{wrong.option}" if wrong.option in {"pack", "version"} else f"body.options.{wrong.option}"
        raise ProblemError(422, "wrong-input", wrong.text, faults=[(place, wrong.text.spoken(_language()))]) from wrong
    except NoAnswerError as silent:
        raise ProblemError(422, "silent", silent.text) from silent
    return CalcAnswer.model_validate(found.document(_language()))


def _text(given: Any) -> str | list[str]:
    if isinstance(given, list):
        return json.dumps(given) if any(isinstance(each, dict) for each in given) else given
    return str(given)


def _language() -> str:
    return "en" if (get_language() or "de").startswith("en") else "de"

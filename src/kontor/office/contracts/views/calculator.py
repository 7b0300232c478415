"""The questions of `kontor calc` as a page; its address is the question and can be shared."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kontor.kernel.explanation import explain
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.contracts.forms.questions import QuestionForm
from kontor.office.contracts.queries import clauses
from kontor.office.contracts.views.question_answers import shown
from kontor.office.contracts.views.terms import TERMS
from kontor.rulebook import calc
from kontor.rulebook.calc import Kind, NoAnswerError, Option, Question, WrongInputError
from kontor.rulebook.calc.facts import readings
from kontor.rulebook.moment import zone_named
from kontor.rulebook.ruling import Clause
from kontor.rulebook.terms import NotAgreedError, TermsPack

ASK: Final = "ask"
FIRST: Final = "term"
_TIMED: Final = {Kind.MOMENT, Kind.SPAN, Kind.MONTH, Kind.OUTAGES}


@dataclass(frozen=True)
class Offered:
    """A question in the list: where it leads, and in a few words why this pack cannot answer it."""

    title: str
    url: str
    active: bool
    why_not: str


@dataclass(frozen=True)
class Silence:
    """No answer is an answer too: what the contract leaves to the offer, or what nobody regulates."""

    headline: str
    sentence: str
    clause: Clause | None


@requires(TERMS)
@require_GET
def calculator(request: TenantRequest) -> HttpResponseBase:
    """Show the questions of a pack, the chosen one's form, and its answer once enough is told."""
    pack, asked = _pack_asked(request.GET), _question_asked(request.GET)
    context: dict[str, Any] = {
        "packs": [(each.name, each.label) for each in clauses.editions() if not each.is_law],
        "pack": pack,
        "edition": f"{pack.key}-{pack.version}",
        "question": asked,
        "offered": [_offered(request, each, pack, active=each is asked) for each in calc.QUESTIONS.values()],
        "figures": language(),
    }
    if silence := _silence_of(asked, pack):
        return render(request, "contracts/calculator.html", {**context, "silence": silence})
    form = _form(request.GET, asked.options(pack), zone=pack.zone)
    context |= {"form": form}
    if form.is_bound and form.is_valid():
        context |= _answered(request, form, pack, asked)
    status = 422 if form.errors else 200
    return render(request, "contracts/calculator.html", context, status=status)


def _pack_asked(words: QueryDict) -> TermsPack:
    name = words.get("pack", "") or "visitor"
    version = words.get("version", "")
    try:
        found = clauses.pack_named(name, version) if version else clauses.edition_named(name)
    except KeyError as unknown:
        raise Http404(name) from unknown
    if not isinstance(found, TermsPack):
        raise Http404(name)
    return found


def _question_asked(words: QueryDict) -> Question:
    try:
        return calc.question(words.get("what", "") or FIRST)
    except WrongInputError as unknown:
        raise Http404(words["what"]) from unknown


def _form(words: QueryDict, options: Sequence[Option], *, zone: str) -> QuestionForm:
    """Return the form, answered where it was sent off or the address holds all that is needed."""
    blank = QuestionForm(None, options=options, zone=zone_named(zone), given=words)
    if ASK in words or (blank.is_complete and blank.told):
        return QuestionForm(words, options=options, zone=zone_named(zone), given=words)
    return blank


def _answered(request: HttpRequest, form: QuestionForm, pack: TermsPack, asked: Question) -> dict[str, Any]:
    try:
        answer = calc.answer_under(pack, asked.key, form.told)
    except WrongInputError as wrong:
        form.refuse(wrong)
        return {}
    except NoAnswerError as silent:
        return {"silence": _silence(silent)}
    found = shown(answer, form.told)
    told_readings = set(readings(*(setting for _key, setting in pack.settings())))
    working = answer.ruling.working
    return {
        "answer": found,
        "clauses": explain(answer.ruling, answer=found.value).clauses,
        "working": [step for step in working if step not in told_readings],
        "readings": [step for step in working if step in told_readings],
        "zone": pack.zone if _TIMED & {option.kind for option in form.options.values()} else "",
        "command": _command(pack, asked, form),
        "address": request.build_absolute_uri(_address(pack, asked, form)),
    }


def _offered(request: HttpRequest, question: Question, pack: TermsPack, *, active: bool) -> Offered:
    words = request.GET.copy()
    words.pop(ASK, None)
    words["what"] = question.key
    silence = _silence_of(question, pack)
    return Offered(spoken(question.title), f"?{words.urlencode()}", active, silence.headline if silence else "")


def _silence_of(question: Question, pack: TermsPack) -> Silence | None:
    """Return why a pack cannot answer a question whatever it is told, None where it can."""
    try:
        question.rests_on(pack)
    except NoAnswerError as silent:
        return _silence(silent)
    return None


def _silence(silent: NoAnswerError) -> Silence:
    if isinstance(silent, NotAgreedError):
        return Silence(_("To be agreed in the offer"), spoken(silent.text), silent.clause)
    return Silence(_("Nobody regulates this"), spoken(silent.text), None)


def _command(pack: TermsPack, asked: Question, form: QuestionForm) -> str:
    options = ((f"--{name}", text) for name, texts in form.told.items() for text in texts)
    words = ["kontor", "calc", asked.key, "--pack", pack.key, "--version", pack.version]
    return shlex.join((*words, *(word for option in options for word in option)))


def _address(pack: TermsPack, asked: Question, form: QuestionForm) -> str:
    """Return the answer's address: it names the edition, so that it stays the same answer, and figures as calc does."""
    words = QueryDict(mutable=True)
    words["pack"], words["what"] = f"{pack.key}-{pack.version}", asked.key
    for name, texts in form.told.items():
        words.setlist(name, texts)
    return f"{reverse('contracts:calculator')}?{words.urlencode()}"

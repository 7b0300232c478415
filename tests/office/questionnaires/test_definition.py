"""Questions and their schema: what is shown when, what is refused, and that JSON Schema's own readers agree."""

import dataclasses

import jsonschema
import pytest

from kontor.office.questionnaires.actions.demo import VISIT
from kontor.office.questionnaires.formats.checking import digest, lacks, read
from kontor.office.questionnaires.formats.definition import Definition, Option, Question, Shown
from kontor.office.questionnaires.formats.schema import is_valid, refuse_unknown, shortfalls
from kontor.office.questionnaires.formats.sentences import said
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

WORDS = Text("Frage", "Question")
YES = (Option(value="a", label=Text("A", "A")), Option(value="b", label=Text("B", "B")))
NELE = {"name": "Nele", "purpose": "meeting", "alarm": "quay", "agreed": True, "signature": "0" * 64}


def ask(key: str, kind: str = "text", **given: object) -> Question:
    return Question(key=key, kind=kind, label=WORDS, **given)  # type: ignore[arg-type]


def test_a_schema_is_read_back_as_the_questions_it_was_made_of():
    schema = VISIT.schema()
    refuse_unknown(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert read(schema) == VISIT
    assert digest(schema) == digest(dict(reversed(schema.items())))


def test_a_question_that_is_not_shown_has_no_answer_and_one_that_is_must():
    schema = VISIT.schema()
    other = jsonschema.Draft202012Validator(schema)
    cases = [
        (NELE, []),
        ({**NELE, "purpose": "work"}, [((), "required", "works")]),
        ({**NELE, "purpose": "work", "works": []}, [(("works",), "minItems", 1)]),
        ({**NELE, "purpose": "work", "works": ["heat"]}, []),
        ({**NELE, "works": ["heat"]}, [(("works",), "false", None)]),
        ({**NELE, "alarm": "lift"}, [(("alarm",), "const", "quay")]),
        ({**NELE, "agreed": False}, [(("agreed",), "const", True)]),
        ({**NELE, "rules": "read"}, [(("rules",), "false", None)]),  # a notice is only read
        ({**NELE, "email": "nele"}, [(("email",), "format", "email")]),
    ]
    for answers, expected in cases:
        found = [(short.path, short.keyword, short.demand) for short in shortfalls(schema, answers)]
        assert found == expected
        if "email" not in answers:
            assert other.is_valid(answers) == (not expected)


def test_an_answer_that_is_itself_hidden_opens_nothing():
    chain = Definition((
        ask("a", "yes_no"),
        ask("b", "some_of", options=YES, shown=Shown(question="a", value=True)),
        ask("c", shown=Shown(question="b", value="a")),
        ask("d", shown=Shown(question="b", value="a", unless=True)),
    ))  # fmt: skip
    keys = {
        "all": [each.key for each in chain.visible({"a": True, "b": ["b", "a"]})],
        "unless": [each.key for each in chain.visible({"a": True, "b": ["b"]})],
        "hidden": [each.key for each in chain.visible({"a": False, "b": ["a"]})],
        "nothing yet": [each.key for each in chain.visible({})],
    }
    assert keys == {
        "all": ["a", "b", "c"], "unless": ["a", "b", "d"], "hidden": ["a", "d"], "nothing yet": ["a", "d"],
    }  # fmt: skip
    assert is_valid(chain.schema(), {"a": True, "b": ["a"], "c": "x"})
    assert not is_valid(chain.schema(), {"a": True, "b": ["a"], "d": "x"})


@pytest.mark.parametrize(
    ("questions", "sentence"),
    [
        ((ask("a"), ask("a")), "“Question” needs a key of its own."),
        ((ask("A b"),), "“Question” needs a key of its own."),
        ((ask("a", "colour"),), "“Question” is of no known kind."),
        ((dataclasses.replace(ask("a"), label=Text("Frage", " ")),), "“ ” needs its words in German and English."),
        ((ask("a", "one_of", options=YES[:1]),), "“Question” needs different answers to choose from."),
        ((ask("a", "one_of", options=(YES[0], YES[0])),), "“Question” needs different answers to choose from."),
        ((ask("a", "some_of", options=(Option(value="a", label=Text("A", "")),)),),
         "Each answer to “Question” needs German and English."),
        ((ask("a", options=YES),), "“Question” has answers to choose from that nobody sees."),
        ((ask("a", "one_of", options=YES, right="c"),), "The right answer to “Question” is not among its choices."),
        ((ask("a", "some_of", options=YES, right="a"),), "The right answer to “Question” is not among its choices."),
        ((ask("a", least=5, most=4),), "“Question” demands at least more than at most."),
        ((ask("a", shown=Shown(question="b", value=True)), ask("b", "yes_no")),
         "“Question” hangs on an answer that nobody can give before it."),
        ((ask("b", "yes_no"), ask("a", shown=Shown(question="b", value="yes"))),
         "“Question” hangs on an answer that nobody can give before it."),
        ((ask("b", "agree"), ask("a", shown=Shown(question="b", value=False))),
         "“Question” hangs on an answer that nobody can give before it."),
        ((ask("b", "one_of", options=YES), ask("a", shown=Shown(question="b", value="c"))),
         "“Question” hangs on an answer that nobody can give before it."),
        ((ask("b"), ask("a", shown=Shown(question="b", value="x"))),
         "“Question” hangs on an answer that nobody can give before it."),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(questions, sentence):
    assert lacks(Definition(questions))[0].en == sentence


def test_a_hundred_questions_and_no_more():
    assert lacks(Definition(tuple(ask(f"q{at}") for at in range(100)))) == []
    assert lacks(Definition(tuple(ask(f"q{at}") for at in range(101)))) == [
        Text("Höchstens 100 Fragen.", "At most 100 questions.")
    ]


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {"x-kontor": {"questions": "abc"}},
        {"x-kontor": {"questions": [{"key": "a"}]}},
        {"x-kontor": {"questions": [{"key": "a", "kind": "one_of", "label": WORDS._asdict(), "options": "ab"}]}},
        Definition((ask("a", "colour"),)).schema(),
        {**VISIT.schema(), "required": []},  # asks for a name and does without one
    ],
)
def test_another_s_schema_is_refused_whole(document):
    with pytest.raises(RefusalError):
        read(document)


def test_sentences_say_what_mends_it():
    most = ask("a", "text", most=3)
    cases = [
        (most, "abcd", "Please write at most 3 characters."),
        (most, "", "Please answer this question."),
        (ask("a", "phone"), "12", "Please write at least 5 characters."),
        (ask("a", "whole", least=1, most=9), 10, "Please give at most 9."),
        (ask("a", "number", least=1), 0.5, "Please give at least 1."),
        (ask("a", "whole"), 1.5, "Please give a whole number."),
        (ask("a", "day"), "1.1.2027", "Please give a date."),
        (ask("a", "email"), "x", "Please give an e-mail address: name@company.com."),
        (ask("a", "some_of", options=YES, required=True), [], "Please choose at least one answer."),
        (ask("a", "some_of", options=YES, least=2), ["a"], "Please choose at least 2."),
        (ask("a", "some_of", options=YES, most=1), ["a", "b"], "Please choose at most 1."),
        (ask("a", "one_of", options=YES), "c", "Please choose an answer."),
        (ask("a", "one_of", options=YES, right="a"), "b",
         "That is not right yet. Please read the notice about it once more."),
        (ask("a", "agree", required=True), False, "It does not go on without your agreement."),
        (ask("a", "yes_no"), "yes", "Please answer this question."),
    ]  # fmt: skip
    for question, answer, sentence in cases:
        (short,) = shortfalls(Definition((question,)).schema(), {"a": answer})
        assert said(question, short).en == sentence
    (missing,) = shortfalls(Definition((ask("a", "signature", required=True),)).schema(), {})
    assert said(ask("a", "signature"), missing).en == "Please sign here."

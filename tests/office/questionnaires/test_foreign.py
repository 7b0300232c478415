"""A questionnaire from elsewhere: what can be asked becomes questions, everything else is refused with its place."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings, strategies as st

from kontor.kernel.tenancy import as_tenant
from kontor.office.questionnaires.actions.demo import VISIT
from kontor.office.questionnaires.formats.definition import Definition, Option, Question
from kontor.office.questionnaires.formats.foreign import LARGEST, questions_from, questions_of
from kontor.office.questionnaires.formats.schema import is_valid
from kontor.office.questionnaires.models import Questionnaire
from kontor.office.questionnaires.queries import draft_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from tests.people import administrator, browser, entitle, make_tenant, verbs

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ORDER = {
    "$schema": DIALECT, "title": "Order", "type": "object", "additionalProperties": True,
    "required": ["firstName", "size", "terms"],
    "properties": {
        "firstName": {"type": "string", "title": "First name", "minLength": 2, "maxLength": 40},
        "mail": {"type": "string", "format": "email", "maxLength": 254, "description": "For the receipt"},
        "born": {"type": "string", "format": "date"},
        "size": {"type": "string", "enum": ["S", "M"]},
        "2 extras": {"type": "array", "items": {"type": "string", "enum": ["bag", "box"]}, "uniqueItems": True,
                     "maxItems": 2},
        "how_many": {"type": "integer", "minimum": 1, "maximum": 9.0},
        "weight": {"type": "number"},
        "gift": {"type": "boolean"},
        "terms": {"const": True, "title": "I agree"},
        "notes": {"type": "string", "maxLength": 1000},
        "first_name": {"type": "string"},
    },
}  # fmt: skip


def both(words: str) -> Text:
    return Text(words, words)


def options(*values: str) -> tuple[Option, ...]:
    return tuple(Option(value=each, label=both(each)) for each in values)


def test_a_schema_from_elsewhere_becomes_questions_that_hold_people_to_the_same():
    found = questions_from(json.dumps(ORDER).encode())
    assert found == Definition((
        Question(key="first_name", kind="text", label=both("First name"), required=True, least=2, most=40),
        Question(key="mail", kind="email", label=both("mail"), hint=both("For the receipt")),
        Question(key="born", kind="day", label=both("born")),
        Question(key="size", kind="one_of", label=both("size"), required=True, options=options("S", "M")),
        Question(key="q_2_extras", kind="some_of", label=both("2 extras"), options=options("bag", "box"), most=2),
        Question(key="how_many", kind="whole", label=both("how many"), least=1, most=9),
        Question(key="weight", kind="number", label=both("weight")),
        Question(key="gift", kind="yes_no", label=both("gift")),
        Question(key="terms", kind="agree", label=both("I agree"), required=True),
        Question(key="notes", kind="long_text", label=both("notes"), most=1000),
        Question(key="first_name_2", kind="text", label=both("first name")),
    ))  # fmt: skip
    good = {"first_name": "Nele", "size": "S", "terms": True, "how_many": 9}
    assert is_valid(found.schema(), good)
    for wrong in ({"first_name": "N"}, {"size": "L"}, {"terms": False}, {"how_many": 10}):
        assert not is_valid(found.schema(), good | wrong)


def test_what_was_written_here_comes_back_as_it_was():
    assert questions_from(json.dumps(VISIT.schema()).encode()) == VISIT


def field(**demand: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"name": demand}}


def own(**told: Any) -> dict[str, Any]:
    document = Definition((Question(key="a", kind="text", label=both("A")),)).schema()
    document["x-kontor"]["questions"][0] |= told
    return document


@pytest.mark.parametrize(
    ("document", "because"),
    [
        ([], "# is neither an object nor true or false."),
        (True, "This is no JSON Schema of an object with fields."),
        ({"type": "string"}, "This is no JSON Schema of an object with fields."),
        ({"type": "object", "properties": {}}, "This is no JSON Schema of an object with fields."),
        (field(type="string") | {"$ref": "file:///etc/passwd"}, "#/$ref is not among what is understood here."),
        (field(type="string", pattern="(a+)+$"), "#/properties/name/pattern is not among what is understood here."),
        (field(type="string") | {"if": {"required": ["name"]}}, "#/if cannot be asked as questions."),
        (field(type="string") | {"additionalProperties": {"type": "string"}},
         "#/additionalProperties cannot be asked as questions."),
        (field(type="string") | {"required": ["other"]}, "#/required demands “other”, not there."),
        ({"type": "object", "properties": {"name": True}}, "#/properties/name does not say what is asked."),
        (field(type="string", title=7), "#/properties/name has words that are no text."),
        (field(type="string", description=[]), "#/properties/name has words that are no text."),
        (field(type="object"), "#/properties/name asks what nobody can answer."),
        (field(), "#/properties/name asks what nobody can answer."),
        (field(type=["string", "null"]), "#/properties/name asks what nobody can answer."),
        (field(type="integer", multipleOf=3), "#/properties/name/multipleOf is not known for this kind of question."),
        (field(type="string", format="email", maxLength=9),
         "#/properties/name/maxLength is not known for this kind of question."),
        (field(type="number", minimum=0.5), "#/properties/name/minimum is no whole number below 10¹⁵."),
        (field(type="integer", maximum=10**15), "#/properties/name/maximum is no whole number below 10¹⁵."),
        (field(enum=["a", 1]), "#/properties/name/enum has an answer that is no text."),
        (field(enum=["a", "a"]), "“name” needs different answers to choose from."),
        (field(enum=[str(each) for each in range(101)]), "The answers to “name” are too many or too long."),
        (field(enum=["a", "b" * 301]), "The answers to “name” are too many or too long."),
        (field(type="array", items={"type": "string"}), "#/properties/name/items is no choice of answers."),
        (field(type="array", items={"type": "integer", "enum": [1]}),
         "#/properties/name/items is no choice of answers."),
        (field(type="array", items=True), "#/properties/name asks what nobody can answer."),
        (field(type="string", title="T" * 301), f"“{'T' * 40}…” is too long."),
        (field(type="string", description="T" * 2001), "“name…” is too long."),
        (field(type="string", title=" "), "“ ” needs its words in German and English."),
        (field(type="string", minLength=9, maxLength=3), "“name” demands at least more than at most."),
        (field(type="string", title="a\x00b"), "The file holds control characters."),
        (field(type="string", title="\ud800"), "The file holds control characters."),
        ({"type": "object", "properties": {f"f{each}": {"type": "string"} for each in range(101)}},
         "At most 100 questions."),
        ({"x-kontor": 7}, "This is no questionnaire as it is written here."),
        (own(key=5), "This is no questionnaire as it is written here."),
        (own(label={"de": 1, "en": "x"}), "This is no questionnaire as it is written here."),
        (own(least="1"), "This is no questionnaire as it is written here."),
        (own(required="yes"), "This is no questionnaire as it is written here."),
        (own(shown={"if": "b", "value": []}), "This is no questionnaire as it is written here."),
        (own(options={}), "This is no questionnaire as it is written here."),
        (own(required=True), "What this questionnaire asks and what it demands do not agree."),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_its_place(document, because):
    with pytest.raises(RefusalError) as refused:
        questions_of(document)
    assert refused.value.text.en == because


def test_a_place_with_an_endless_name_is_cut():
    with pytest.raises(RefusalError) as refused:
        questions_of({"x" * 5000: 1})
    assert refused.value.text.en == f"#/{'x' * 117}… is not among what is understood here."


@pytest.mark.parametrize(
    ("data", "because"),
    [
        (b" " * (LARGEST + 1), "The file is larger than 256 KiB."),
        (b"\xff\xfe", "This is no JSON."),
        (b"<xml/>", "This is no JSON."),
        (b'{"type": "object", "type": "object"}', "This is no JSON."),
        (b'{"minimum": NaN}', "This is no JSON."),
        (b'{"minimum": 1e999}', "This is no JSON."),
        (b'{"minimum": ' + b"9" * 5000 + b"}", "This is no JSON."),
        (b"[" * 100_000, "This is no JSON."),
        (b"[" * 20 + b"]" * 20, "The file is nested too deep."),
        (b'{"type": "object", "properties": {"a": {"type": "number", "maximum": 2.5}}}',
         "#/properties/a/maximum is no whole number below 10\u00b9\u2075."),
    ],
)  # fmt: skip
def test_a_file_that_is_no_schema_is_refused(data, because):
    with pytest.raises(RefusalError) as refused:
        questions_from(data)
    assert refused.value.text.en == because


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "enum", "items", "title", "const", "key", "kind", "label", "questions", "de", "en"])
        | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(demand=_ANY)
def test_no_file_does_anything_but_become_questions_or_be_refused(demand):
    documents = (
        {"type": "object", "properties": {"a": demand}},
        {"x-kontor": {"questions": [demand]}},
        own(label=demand),
    )
    for document in documents:
        try:
            found = questions_of(document)
        except RefusalError:
            continue
        assert found.schema()["required"] == []


@pytest.mark.django_db
def test_a_receptionist_brings_in_a_questionnaire_as_a_file():
    alder = make_tenant()
    entitle(alder, "visitors")
    client = browser(administrator(alder), alder)

    def file(data: bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile("order.json", data)

    told = {"title_de": "Bestellung", "title_en": "Order"}
    assert client.get("/questionnaires/import/").status_code == 200
    wrong = client.post("/questionnaires/import/", told | {"file": file(b'{"type": "object", "$ref": "x"}')})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["file"] == ["#/$ref is not among what is understood here."]
    large = client.post("/questionnaires/import/", told | {"file": file(b" " * (LARGEST + 2))})
    assert large.context["form"].errors["file"] == ["The file is larger than 256 KiB."]
    page = client.post("/questionnaires/import/", told | {"file": file(json.dumps(ORDER).encode())}).url
    assert client.get(page).status_code == 200
    again = client.post("/questionnaires/import/", told | {"file": file(json.dumps(ORDER).encode())})
    assert list(again.context["form"].errors) == ["title_de"]
    with as_tenant(alder.pk):
        row = Questionnaire.objects.get()
        assert (row.title_en, row.number, len(draft_of(row).questions)) == ("Order", 0, 11)  # nobody is asked by it yet
        assert verbs(alder, row) == ["questionnaires.written", "questionnaires.imported"]

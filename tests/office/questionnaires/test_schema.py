"""The subset of JSON Schema 2020-12: cases for each keyword, and jsonschema as a second opinion."""

from decimal import Decimal

import jsonschema
import pytest

from kontor.office.questionnaires.formats.schema import (
    SchemaRefusedError,
    Shortfall,
    equal,
    is_valid,
    refuse_unknown,
    shortfalls,
)

A = {"properties": {"a": {"const": 1}}, "required": ["a"]}
CASES = [
    # schema, values that meet it, values that do not
    (True, [1, None], []),
    (False, [], [1, None]),
    ({}, [1, "x", None], []),
    ({"type": "integer"}, [1, 1.0, -3], [1.5, "1", True, None]),
    ({"type": "number"}, [1, 1.5], ["1", True]),
    ({"type": "string"}, ["", "ü"], [1, None, []]),
    ({"type": "boolean"}, [True, False], [0, 1, "true"]),
    ({"type": "null"}, [None], [0, False, ""]),
    ({"type": ["array", "object"]}, [[], {}], ["", 0]),
    ({"enum": ["a", 1, [False]]}, ["a", 1, 1.0, [False]], ["b", True, [0]]),
    ({"const": 1}, [1, 1.0], [True, "1", 2]),
    ({"const": {"a": [1, None]}}, [{"a": [1.0, None]}], [{"a": [1]}, {"a": [1, None], "b": 1}]),
    ({"minimum": 3}, [3, 3.5, "x", True], [2.9, -1]),
    ({"maximum": 3}, [3, "x", True], [3.1, 4]),
    ({"exclusiveMinimum": 3}, [3.1, "x"], [3]),
    ({"exclusiveMaximum": 3}, [2.9, None], [3]),
    ({"multipleOf": 0.5}, [1.5, 0, "x"], [1.25]),
    ({"minLength": 2}, ["ab", "🧭ü", 1], ["a", "🧭", ""]),
    ({"maxLength": 2}, ["", "🧭ü", []], ["abc"]),
    ({"format": "date"}, ["2028-02-29", "0001-01-01", 5], ["2027-02-29", "29.02.2028", "2028-2-9", ""]),
    ({"format": "email"}, ["a@b.example", 5], ["a", "a@", ""]),
    ({"minItems": 1}, [[1], "x"], [[]]),
    ({"maxItems": 1}, [[], [1], {}], [[1, 2]]),
    ({"uniqueItems": True}, [[1, 2, True], [[1], [2]], "aa"], [[1, 1.0], [{"a": 1}, {"a": 1}]]),
    ({"uniqueItems": False}, [[1, 1]], []),
    ({"items": {"type": "string"}}, [[], ["a"], "x"], [["a", 1]]),
    ({"contains": {"const": 1}}, [[1], [0, 1.0], "x"], [[], [0, True]]),
    ({"required": ["a", "b"]}, [{"a": 1, "b": None}, []], [{}, {"a": 1}]),
    ({"properties": {"a": {"type": "string"}}}, [{}, {"a": ""}, {"b": 1}, []], [{"a": 1}]),
    ({"properties": {"a": False}}, [{}, {"b": 1}], [{"a": None}]),
    ({"properties": {"a": True}, "additionalProperties": False}, [{}, {"a": 1}, []], [{"b": 1}]),
    ({"additionalProperties": {"type": "integer"}}, [{"a": 1}], [{"a": "1"}]),
    ({"minProperties": 1}, [{"a": 1}, []], [{}]),
    ({"maxProperties": 1}, [{}, {"a": 1}], [{"a": 1, "b": 1}]),
    ({"allOf": [{"minimum": 1}, {"maximum": 2}]}, [1, 2], [0, 3]),
    ({"anyOf": [{"const": 1}, {"const": 2}]}, [1, 2], [3]),
    ({"oneOf": [{"minimum": 1}, {"minimum": 2}]}, [1], [0, 2]),
    ({"not": {"const": 1}}, [True, 2], [1, 1.0]),
    ({"if": A, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
     [{"a": 1, "b": 0}, {"a": 2, "c": 0}], [{"a": 1}, {"a": 2}, {"b": 1}]),
    ({"if": A, "then": {"required": ["b"]}}, [{}, {"a": 1, "b": 1}], [{"a": 1}]),
    ({"if": A, "else": {"required": ["b"]}}, [{"a": 1}, {"b": 1}], [{}]),
    ({"then": False, "else": False}, [1], []),  # without an if they say nothing
]  # fmt: skip


@pytest.mark.parametrize(("schema", "valid", "invalid"), CASES, ids=lambda each: str(each)[:40])
def test_each_keyword_as_json_schema_says_and_as_another_reads_it(schema, valid, invalid):
    refuse_unknown(schema)
    other = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker(formats=("date", "email")))
    told = [(value, is_valid(schema, value)) for value in (*valid, *invalid)]
    assert told == [*((value, True) for value in valid), *((value, False) for value in invalid)]
    second = [other.is_valid(value) for value in (*valid, *invalid)]
    if schema != {"format": "email"}:  # to jsonschema an at sign makes an address
        assert second == [True] * len(valid) + [False] * len(invalid)


def test_tenths_are_counted_exactly():
    assert is_valid({"multipleOf": 0.1}, 0.3)  # binary fractions say no
    assert is_valid({"multipleOf": Decimal("0.01")}, 19.99)


def test_a_shortfall_names_its_place_its_keyword_and_its_demand():
    schema = {
        "required": ["name"],
        "properties": {"people": {"items": {"properties": {"age": {"minimum": 18}}}}},
        "additionalProperties": False,
    }
    assert list(shortfalls(schema, {"people": [{"age": 20}, {"age": 17}], "x": 1})) == [
        Shortfall((), "required", "name"),
        Shortfall(("people", 1, "age"), "minimum", 18),
        Shortfall(("x",), "false", None),
    ]


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"pattern": "^a*$"}, "#/pattern"),  # would be a way to keep us busy for hours
        ({"$ref": "https://evil.example/"}, "#/$ref"),
        ({"properties": {"a": {"type": "text"}}}, "#/properties/a/type"),
        ({"items": [{}]}, "#/items"),
        ({"allOf": []}, "#/allOf"),
        ({"allOf": [{"minimum": "3"}]}, "#/allOf/0/minimum"),
        ({"anyOf": ["x"]}, "#/anyOf/0"),
        ({"minLength": -1}, "#/minLength"),
        ({"minItems": 1.5}, "#/minItems"),
        ({"multipleOf": 0}, "#/multipleOf"),
        ({"type": []}, "#/type"),
        ({"required": "a"}, "#/required"),
        ({"if": 1}, "#/if"),
        ([], "#"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(schema, place):
    with pytest.raises(SchemaRefusedError) as refused:
        refuse_unknown(schema)
    assert refused.value.text.en.split(" ")[0] == place


def test_equal_as_json():
    assert equal([1, {"a": 2.0}], [1.0, {"a": 2}])
    assert not equal([1], [1, 2])
    assert not equal({"a": 1}, {"b": 1})
    assert not equal(0, False)

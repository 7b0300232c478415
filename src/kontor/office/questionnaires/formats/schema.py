"""
A subset of JSON Schema 2020-12: what a questionnaire demands of its answers, and where answers fall short of it.

Numbers compare as JSON does: 1 and 1.0 are equal, 1 and true are not. `format` demands, for the formats named here.
What is outside the subset is refused when a schema is read, never passed over.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, NoReturn

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
ANNOTATIONS: Final = frozenset({"$schema", "$id", "$comment", "title", "description", "default", "examples"})
_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}\Z")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)

_SHOWN: Final = 120  # characters of a place that are told: names in it are somebody else's

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """
    One demand that a value does not meet.

    path     from the outermost value to the one that falls short: ("people", 0, "name")
    keyword  that demands it; "false" for a value that must not be there
    demand   what the keyword says; for "required" the name that is missing
    """

    path: Path
    keyword: str
    demand: Any


class SchemaRefusedError(RefusalError):
    """A schema is outside the subset or contradicts itself; `text` says where."""


def shortfalls(schema: Any, value: Any, path: Path = ()) -> Iterator[Shortfall]:
    """Yield every demand of a schema that a JSON value does not meet; nothing for a valid one."""
    if isinstance(schema, bool):
        if not schema:
            yield Shortfall(path, "false", None)
        return
    for keyword, demand in schema.items():
        if keyword in _TESTS:
            if not _TESTS[keyword](demand, value):
                yield Shortfall(path, keyword, demand)
        elif keyword in _WALKS:
            yield from _WALKS[keyword](schema, demand, value, path)


def is_valid(schema: Any, value: Any) -> bool:
    """Tell whether a JSON value meets every demand of a schema."""
    return next(shortfalls(schema, value), None) is None


def equal(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are equal: 1 is 1.0, and neither is true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    return bool(one == other)


def refuse_unknown(schema: Any, path: str = "#") -> None:
    """Raise SchemaRefusedError where a schema says what the subset does not know, or says it in a wrong shape."""
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        refuse_place(path, "ist weder ein Objekt noch true oder false", "is neither an object nor true or false")
    for keyword, demand in schema.items():
        here = f"{path}/{keyword}"
        if keyword in ANNOTATIONS or keyword.startswith("x-"):
            continue
        if keyword not in _SHAPES:
            refuse_place(here, "gehört nicht zu dem, was hier verstanden wird", "is not among what is understood here")
        if not _SHAPES[keyword](demand):
            refuse_place(here, "hat eine falsche Form", "has a wrong shape")
        for place, inner in _inner(keyword, demand):
            refuse_unknown(inner, here + place)


def refuse_place(path: str, german: str, english: str) -> NoReturn:
    """Raise SchemaRefusedError with the place in a schema where it says what is wrong."""
    shown = path if len(path) <= _SHOWN else f"{path[: _SHOWN - 1]}…"
    raise SchemaRefusedError(Text(f"{shown} {german}.", f"{shown} {english}."))


def _inner(keyword: str, demand: Any) -> Iterator[tuple[str, Any]]:
    if keyword == "properties":
        yield from ((f"/{name}", inner) for name, inner in demand.items())
    elif keyword in {"allOf", "anyOf", "oneOf"}:
        yield from ((f"/{at}", inner) for at, inner in enumerate(demand))
    elif keyword in {"items", "contains", "not", "if", "then", "else", "additionalProperties"}:
        yield "", demand


def _number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return _number(value) and value == int(value)


def _count(value: Any) -> bool:
    return _whole(value) and value >= 0


def _strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _known(value: Any, words: Mapping[str, Any]) -> bool:
    return isinstance(value, str) and value in words


def _schema(value: Any) -> bool:
    return isinstance(value, dict | bool)


def _schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


_TYPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "number": _number,
    "integer": _whole,
    "string": lambda value: isinstance(value, str),
}


def _is_day(value: str) -> bool:
    if not _DAY.match(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


_FORMATS: Final[Mapping[str, Callable[[str], bool]]] = {
    "date": _is_day,
    "email": lambda value: _EMAIL.match(value) is not None,
}
_SHAPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "type": lambda said: all(_known(each, _TYPES) for each in (said if _strings(said) and said else [said])),
    "enum": lambda said: isinstance(said, list),
    "const": lambda _said: True,
    "format": lambda said: _known(said, _FORMATS),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _number),
    "multipleOf": lambda said: _number(said) and said > 0,
    **dict.fromkeys(
        ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _count
    ),
    "uniqueItems": lambda said: isinstance(said, bool),
    "required": _strings,
    "properties": lambda said: isinstance(said, dict),
    **dict.fromkeys(("items", "contains", "not", "if", "then", "else", "additionalProperties"), _schema),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), _schemas),
}  # fmt: skip


def _unique(value: list[Any]) -> bool:
    return not any(equal(one, other) for at, one in enumerate(value) for other in value[:at])


def _multiple(demand: Any, value: Any) -> bool:
    return Decimal(str(value)) % Decimal(str(demand)) == 0


def _only(kind: Callable[[Any], bool], test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A keyword demands something of one type alone; any other value meets it."""
    return lambda demand, value: not kind(value) or test(demand, value)


_OBJECT, _ARRAY, _STRING = _TYPES["object"], _TYPES["array"], _TYPES["string"]
_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "type": lambda said, value: any(_TYPES[each](value) for each in ([said] if isinstance(said, str) else said)),
    "enum": lambda said, value: any(equal(each, value) for each in said),
    "const": equal,
    "format": _only(_STRING, lambda said, value: _FORMATS[said](value)),
    "minimum": _only(_number, lambda said, value: value >= said),
    "maximum": _only(_number, lambda said, value: value <= said),
    "exclusiveMinimum": _only(_number, lambda said, value: value > said),
    "exclusiveMaximum": _only(_number, lambda said, value: value < said),
    "multipleOf": _only(_number, _multiple),
    "minLength": _only(_STRING, lambda said, value: len(value) >= said),
    "maxLength": _only(_STRING, lambda said, value: len(value) <= said),
    "minItems": _only(_ARRAY, lambda said, value: len(value) >= said),
    "maxItems": _only(_ARRAY, lambda said, value: len(value) <= said),
    "uniqueItems": _only(_ARRAY, lambda said, value: not said or _unique(value)),
    "contains": _only(_ARRAY, lambda said, value: any(is_valid(said, each) for each in value)),
    "minProperties": _only(_OBJECT, lambda said, value: len(value) >= said),
    "maxProperties": _only(_OBJECT, lambda said, value: len(value) <= said),
    "anyOf": lambda said, value: any(is_valid(each, value) for each in said),
    "oneOf": lambda said, value: sum(is_valid(each, value) for each in said) == 1,
    "not": lambda said, value: not is_valid(said, value),
}


def _required(_schema: Any, demand: list[str], value: Any, path: Path) -> Iterator[Shortfall]:
    if isinstance(value, dict):
        yield from (Shortfall(path, "required", name) for name in demand if name not in value)


def _properties(_schema: Any, demand: dict[str, Any], value: Any, path: Path) -> Iterator[Shortfall]:
    for name, inner in demand.items() if isinstance(value, dict) else ():
        if name in value:
            yield from shortfalls(inner, value[name], (*path, name))


def _additional(schema: Any, demand: Any, value: Any, path: Path) -> Iterator[Shortfall]:
    for name in value if isinstance(value, dict) else ():
        if name not in schema.get("properties", {}):
            yield from shortfalls(demand, value[name], (*path, name))


def _items(_schema: Any, demand: Any, value: Any, path: Path) -> Iterator[Shortfall]:
    for at, each in enumerate(value) if isinstance(value, list) else ():
        yield from shortfalls(demand, each, (*path, at))


def _all_of(_schema: Any, demand: list[Any], value: Any, path: Path) -> Iterator[Shortfall]:
    for each in demand:
        yield from shortfalls(each, value, path)


def _if(schema: Any, demand: Any, value: Any, path: Path) -> Iterator[Shortfall]:
    yield from shortfalls(schema.get("then" if is_valid(demand, value) else "else", True), value, path)


_WALKS: Final[Mapping[str, Callable[[Any, Any, Any, Path], Iterator[Shortfall]]]] = {
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "allOf": _all_of,
    "if": _if,
}

"""SCIM's filters and paths (RFC 7644, 3.4.2.2 and 3.5.2): read into a tree, and held against what a resource says."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LONGEST: Final = 2000  # characters of a filter or a path
_DEEPEST: Final = 20  # brackets within brackets
_OPERATORS: Final = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})
_CORE: Final = re.compile(r"urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):", re.IGNORECASE)
_TOKEN: Final = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[()\[\]])|(?P<word>[^\s()\[\]"]+))')
_NAME: Final = re.compile(r"(?:urn:[\w:.\-]+:)?\$?[A-Za-z][\w$\-]*(?:\.[A-Za-z$][\w$\-]*)?")


class ScimRefusedError(Exception):
    """
    A request that is not done.

    status  HTTP's; kind: SCIM's own word for it ("invalidFilter", "uniqueness"), "" where it has none
    reason  key of the sentence that says why; told: what stands in it
    """

    def __init__(self, status: int, reason: str, kind: str = "", **told: Any) -> None:
        super().__init__(f"{status} {reason} {kind}".strip())
        self.status, self.reason, self.kind, self.told = status, reason, kind, told


@dataclass(frozen=True, slots=True)
class Compare:
    """An attribute ("emails.value", in small letters) against a value; operator "pr" asks whether there is one."""

    path: str
    operator: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Both:
    """Two conditions that must hold."""

    left: "Condition"
    right: "Condition"


@dataclass(frozen=True, slots=True)
class Either:
    """Two conditions of which one must hold."""

    left: "Condition"
    right: "Condition"


@dataclass(frozen=True, slots=True)
class Negated:
    """A condition that must not hold."""

    inner: "Condition"


@dataclass(frozen=True, slots=True)
class Among:
    """A condition that one of an attribute's values must fulfil."""

    path: str
    inner: "Condition"


Condition = Compare | Both | Either | Negated | Among


@dataclass(frozen=True, slots=True)
class Path:
    """Where a patch is applied: an attribute, in small letters, a part of it, and which of its values."""

    attribute: str
    part: str = ""
    which: Condition | None = None


def path_of(name: str) -> str:
    """Return an attribute's name as the tree has it: in small letters, without the schema that every attribute has."""
    return _CORE.sub("", name.strip()).lower()


def parse_filter(text: str) -> Condition:
    """
    Read a filter; "and" binds closer than "or", words are the same in any case.

    >>> parse_filter('userName eq "anna" and active pr')
    Both(left=Compare(path='username', operator='eq', value='anna'), right=Compare(path='active', operator='pr', value=None))
    """  # noqa: E501  the tree in one line
    reader = _Reader(text, "invalidFilter")
    found = reader.either(0)
    reader.end()
    return found


def parse_path(text: str) -> Path:
    """
    Read a patch's path.

    >>> parse_path('emails[type eq "work"].value')
    Path(attribute='emails', part='value', which=Compare(path='type', operator='eq', value='work'))
    """
    reader = _Reader(text, "invalidPath")
    attribute, _, part = reader.name().partition(".")
    which = None
    if reader.takes("["):
        which = reader.either(0)
        reader.demands("]")
        if reader.here and reader.here[0].startswith("."):
            part = reader.word()[1:].lower()
    reader.end()
    return Path(attribute, part, which)


def matches(condition: Condition, thing: Mapping[str, Any]) -> bool:
    """Tell whether a resource, or one value of an attribute, fulfils a condition; texts are compared in any case."""
    if isinstance(condition, Both):
        return matches(condition.left, thing) and matches(condition.right, thing)
    if isinstance(condition, Either):
        return matches(condition.left, thing) or matches(condition.right, thing)
    if isinstance(condition, Negated):
        return not matches(condition.inner, thing)
    found = _values(thing, condition.path)
    if isinstance(condition, Among):
        return any(isinstance(each, Mapping) and matches(condition.inner, each) for each in found)
    return _holds(condition, found)


def _holds(condition: Compare, found: list[Any]) -> bool:
    """Tell whether one of the values that stand at a path compares as asked."""
    if condition.operator == "pr":
        return any(each not in (None, "", [], {}) for each in found)
    if condition.operator == "ne":
        return not any(_compares(each, "eq", condition.value) for each in found)
    return any(_compares(each, condition.operator, condition.value) for each in found)


def equalities(condition: Condition) -> dict[str, Any]:
    """Return what a value must be to fulfil a condition of plain equalities: [type eq "work"] -> {"type": "work"}."""
    if isinstance(condition, Both):
        return equalities(condition.left) | equalities(condition.right)
    if isinstance(condition, Compare) and condition.operator == "eq":
        return {condition.path: condition.value}
    return {}


def _values(thing: Mapping[str, Any], path: str) -> list[Any]:
    """Return what stands at a path, of each value where an attribute has several."""
    first, _, rest = path.partition(".")
    found = [value for name, value in thing.items() if name.lower() == first]
    flat = [one for each in found for one in (each if isinstance(each, list) else [each])]
    if not rest:
        return flat
    return [one for each in flat if isinstance(each, Mapping) for one in _values(each, rest)]


def _compares(found: Any, operator: str, wanted: Any) -> bool:
    if isinstance(found, Mapping):
        found = found.get("value")
    left, right = _plain(found), _plain(wanted)
    if operator == "eq":
        return bool(left == right)
    if isinstance(left, str) and isinstance(right, str):
        return _compares_texts(left, operator, right)
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return numbers and _orders(left, operator, right)


def _compares_texts(left: str, operator: str, right: str) -> bool:
    if operator == "co":
        return right in left
    if operator == "sw":
        return left.startswith(right)
    if operator == "ew":
        return left.endswith(right)
    return _orders(left, operator, right)


def _orders(left: Any, operator: str, right: Any) -> bool:
    if operator in {"gt", "ge"} and left > right:
        return True
    if operator in {"lt", "le"} and left < right:
        return True
    return operator in {"ge", "le"} and bool(left == right)


def _plain(value: Any) -> Any:
    """Return a value as it is compared: Entra ID writes truth as the text "True"."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.lower() if isinstance(value, str) else value


class _Reader:
    """Reads a filter word by word; what does not fit is refused as `kind`."""

    def __init__(self, text: str, kind: str) -> None:
        self.kind = kind
        self.here: list[str] = []
        if len(text) > LONGEST or "\0" in text:
            raise self.refused()
        text, place = text.rstrip(), 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise self.refused()
            self.here.append(found.group().strip())
            place = found.end()

    def refused(self) -> ScimRefusedError:
        return ScimRefusedError(400, "filter" if self.kind == "invalidFilter" else "path", self.kind)

    def word(self) -> str:
        if not self.here:
            raise self.refused()
        return self.here.pop(0)

    def name(self) -> str:
        """Take an attribute's name: in small letters, without the address of a core schema."""
        word = self.word()
        if not _NAME.fullmatch(word):
            raise self.refused()
        short = _CORE.sub("", word)
        return short.lower() if not short.lower().startswith("urn:") else short.lower().replace(".", "_")

    def takes(self, *words: str) -> bool:
        if self.here and self.here[0].lower() in words:
            self.here.pop(0)
            return True
        return False

    def demands(self, mark: str) -> None:
        if not self.takes(mark):
            raise self.refused()

    def end(self) -> None:
        if self.here:
            raise self.refused()

    def either(self, depth: int) -> Condition:
        found = self.both(depth)
        while self.takes("or"):
            found = Either(found, self.both(depth))
        return found

    def both(self, depth: int) -> Condition:
        found = self.one(depth)
        while self.takes("and"):
            found = Both(found, self.one(depth))
        return found

    def one(self, depth: int) -> Condition:
        if depth > _DEEPEST:
            raise self.refused()
        negated = self.takes("not")
        if self.takes("("):
            found = self.either(depth + 1)
            self.demands(")")
            return Negated(found) if negated else found
        if negated:
            raise self.refused()
        path = self.name()
        if self.takes("["):
            inner = self.either(depth + 1)
            self.demands("]")
            return Among(path, inner)
        operator = self.word().lower()
        if operator == "pr":
            return Compare(path, operator)
        if operator not in _OPERATORS:
            raise self.refused()
        return Compare(path, operator, self.value())

    def value(self) -> Any:
        word = self.word()
        try:
            found = json.loads(word if word.startswith('"') else word.lower())
        except ValueError as error:
            raise self.refused() from error
        if isinstance(found, str) and "\0" in found:
            raise self.refused()
        return found

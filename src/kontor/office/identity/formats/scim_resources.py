"""SCIM's people and groups (RFC 7643, 4): what of them is kept here, read from what a directory sends, and patched."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kontor.office.identity.formats.scim_filter import Path, ScimRefusedError, equalities, matches, parse_path

_LONGEST: Final = {
    "userName": 320, "externalId": 300, "displayName": 200, "givenName": 100, "familyName": 100, "formatted": 200,
    "value": 320, "preferredLanguage": 20,
}  # fmt: skip
_LONGEST_GROUP: Final = 300
_MOST_OPERATIONS: Final = 1000
_YES_OR_NO: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that is kept: its name, its parts where it has some, and whether it has several values."""

    name: str
    parts: tuple[str, ...] = ()
    several: bool = False


def _by_name(*attributes: Attribute) -> dict[str, Attribute]:
    return {each.name.lower(): each for each in attributes}


USER: Final = _by_name(
    Attribute("userName"), Attribute("externalId"), Attribute("displayName"), Attribute("active"),
    Attribute("preferredLanguage"), Attribute("name", ("formatted", "givenName", "familyName")),
    Attribute("emails", ("value", "type", "primary"), several=True),
)  # fmt: skip
GROUP: Final = _by_name(
    Attribute("displayName"), Attribute("externalId"), Attribute("members", ("value",), several=True)
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedUser:
    """
    What a directory states of a person; "" for what it does not say.

    active  None where it does not say
    """

    user_name: str
    external_id: str = ""
    given_name: str = ""
    family_name: str = ""
    display_name: str = ""
    email: str = ""
    language: str = ""
    active: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedGroup:
    """What a directory states of a group: its name, its id there, and the ids of its members here."""

    name: str
    external_id: str = ""
    members: frozenset[str] = frozenset()


def as_told(body: Any, attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    """Return of a resource that was sent what is kept here, under its usual names; the rest is left out."""
    if not isinstance(body, Mapping):
        raise ScimRefusedError(400, "json", "invalidSyntax")
    return patched({}, {"Operations": [{"op": "add", "value": body}]}, attributes)


def patched(resource: Mapping[str, Any], body: Any, attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    """
    Return a resource after a patch, in any of the ways that directories write one; what is not kept here is passed by.

    Entra ID writes "Add" and "Replace", truth as text, and paths as names in a value without a path; where no value of
    an attribute fulfils a path's condition, one is made that does. ScimRefusedError.
    """
    operations = _operations(body)
    told = copy.deepcopy(dict(resource))
    for each in operations:
        verb, path, value = str(each.get("op", "")).lower(), each.get("path"), each.get("value")
        if verb not in {"add", "replace", "remove"}:
            raise ScimRefusedError(400, "operation", "invalidSyntax")
        if path:
            _apply(told, verb, parse_path(str(path)), value, attributes)
        elif verb == "remove":
            raise ScimRefusedError(400, "target", "noTarget")
        elif not isinstance(value, Mapping):
            raise ScimRefusedError(400, "value", "invalidValue", attribute="value")
        else:
            for name, one in value.items():
                _apply(told, verb, parse_path(str(name)), one, attributes)
    return told


def read_user(told: Mapping[str, Any]) -> StatedUser:
    """Read a person from `as_told` or `patched`; ScimRefusedError for what is missing or none."""
    name = told.get("name") or {}
    given, family = _text(name, "givenName"), _text(name, "familyName")
    user_name = _text(told, "userName")
    if not user_name:
        raise ScimRefusedError(400, "value", "invalidValue", attribute="userName")
    both = f"{given} {family}".strip()
    return StatedUser(
        user_name=user_name,
        external_id=_text(told, "externalId"),
        given_name=given,
        family_name=family,
        display_name=_text(told, "displayName") or _text(name, "formatted") or both,
        email=_email(told.get("emails") or []) or (user_name.lower() if "@" in user_name else ""),
        language=_text(told, "preferredLanguage"),
        active=_flag(told.get("active"), "active"),
    )


def read_group(told: Mapping[str, Any]) -> StatedGroup:
    """Read a group from `as_told` or `patched`; ScimRefusedError for one without a name."""
    name = told.get("displayName")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_GROUP or "\0" in name:
        raise ScimRefusedError(400, "value", "invalidValue", attribute="displayName")
    members = frozenset(str(each.get("value", "")) for each in told.get("members") or [])
    return StatedGroup(name=name.strip(), external_id=_text(told, "externalId"), members=members)


def _operations(body: Any) -> list[Mapping[str, Any]]:
    found = [value for name, value in body.items() if name.lower() == "operations"] if isinstance(body, Mapping) else []
    listed = found[0] if len(found) == 1 else None
    if not isinstance(listed, list) or not 0 < len(listed) <= _MOST_OPERATIONS:
        raise ScimRefusedError(400, "operation", "invalidSyntax")
    if not all(isinstance(each, Mapping) for each in listed):
        raise ScimRefusedError(400, "operation", "invalidSyntax")
    return listed


def _apply(
    told: dict[str, Any], verb: str, path: Path, value: Any, attributes: Mapping[str, Attribute]
) -> None:  # fmt: skip
    attribute = attributes.get(path.attribute)
    if attribute is None:
        return
    if value is None and verb != "remove":
        verb = "remove"  # Entra ID empties an attribute so
    parts = {each.lower(): each for each in attribute.parts}
    if path.part and path.part not in parts:
        return
    part = parts.get(path.part, "")
    if attribute.several:
        _apply_among(told, verb, attribute, path, part, value)
    elif path.which is not None:
        raise ScimRefusedError(400, "path", "invalidPath")
    elif attribute.parts:
        _apply_parts(told, verb, attribute, part, value)
    elif verb == "remove":
        told.pop(attribute.name, None)
    else:
        told[attribute.name] = value


def _apply_parts(told: dict[str, Any], verb: str, attribute: Attribute, part: str, value: Any) -> None:
    """Change an attribute with parts, such as the name: what is not mentioned stays."""
    if verb == "remove" and not part:
        told.pop(attribute.name, None)
        return
    now = told.setdefault(attribute.name, {})
    if part:
        _put(now, part, None if verb == "remove" else value)
    elif isinstance(value, Mapping):
        told[attribute.name] = now | _known(value, attribute)
    else:
        raise ScimRefusedError(400, "value", "invalidValue", attribute=attribute.name)


def _apply_among(told: dict[str, Any], verb: str, attribute: Attribute, path: Path, part: str, value: Any) -> None:
    """Change an attribute with several values: all of them, or those that fulfil the path's condition."""
    now: list[dict[str, Any]] = told.setdefault(attribute.name, [])
    if path.which is None and not part:
        told[attribute.name] = _listed(now, verb, attribute, value)
        return
    chosen = [each for each in now if path.which is None or matches(path.which, each)]
    if verb == "remove" and not part:
        told[attribute.name] = [each for each in now if each not in chosen]
        return
    if not chosen and verb != "remove":
        chosen = [_known(equalities(path.which) if path.which else {}, attribute)]
        now += chosen
    for each in chosen:
        if part:
            _put(each, part, None if verb == "remove" else value)
        else:
            for name, one in (pair for item in _items(value, attribute) for pair in item.items()):
                each[name] = one
    _one_primary(now, chosen)


def _listed(now: list[dict[str, Any]], verb: str, attribute: Attribute, value: Any) -> list[dict[str, Any]]:
    """Return an attribute's values after all of them were addressed; Entra ID names those to remove in the value."""
    if verb == "remove" and not value:
        return []
    given = _items(value, attribute)
    if verb == "replace":
        return given
    named = {str(each.get("value", "")).lower() for each in given}
    others = [each for each in now if str(each.get("value", "")).lower() not in named]
    if verb == "remove":
        return others
    both = others + given
    _one_primary(both, given)
    return both


def _items(value: Any, attribute: Attribute) -> list[dict[str, Any]]:
    several = value if isinstance(value, list) else [value]
    if not all(isinstance(each, Mapping | str) for each in several):
        raise ScimRefusedError(400, "value", "invalidValue", attribute=attribute.name)
    return [_known(each if isinstance(each, Mapping) else {"value": each}, attribute) for each in several]


def _known(value: Mapping[str, Any], attribute: Attribute) -> dict[str, Any]:
    parts = {each.lower(): each for each in attribute.parts}
    return {parts[name.lower()]: one for name, one in value.items() if name.lower() in parts}


def _put(now: dict[str, Any], part: str, value: Any) -> None:
    if value is None:
        now.pop(part, None)
    else:
        now[part] = value


def _one_primary(now: Iterable[dict[str, Any]], changed: list[dict[str, Any]]) -> None:
    """Let the value that was just made the first one be the only one (RFC 7644, 3.5.2)."""
    if any(_flag(each.get("primary"), "primary") for each in changed):
        for each in now:
            if not any(each is one for one in changed):
                each.pop("primary", None)


def _email(emails: list[Mapping[str, Any]]) -> str:
    """Return the address that counts: the primary one, else the one for work, else the first."""
    first = [each for each in emails if _flag(each.get("primary"), "primary")]
    work = [each for each in emails if str(each.get("type", "")).lower() == "work"]
    return next((_text(each, "value").lower() for each in (*first, *work, *emails)), "")


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST[name] or "\0" in value:
        raise ScimRefusedError(400, "value", "invalidValue", attribute=name)
    return value.strip()


def _flag(value: Any, name: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    known = _YES_OR_NO.get(str(value).lower())
    if known is None:
        raise ScimRefusedError(400, "value", "invalidValue", attribute=name)
    return known

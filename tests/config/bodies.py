"""What forms and operations take, filled with values of the right kind and with the keys of other people's rows."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import lxml.html
from django.db.models import Model
from django.test import Client
from django.urls import Resolver404, resolve

from kontor.config.api import _the_api
from kontor.kernel.models import Tenant
from tests.config.every_address import Address, hidden_from, seen, tables
from tests.factories import PASSWORD

NO_ROW = uuid.UUID(int=0xDEAD)  # what nobody has
KEY = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
TYPED = {
    "email": "otto@elsewhere.example",
    "number": "1",
    "date": "2027-01-15",
    "password": PASSWORD,
    "tel": "+49 821 1",
}
Body = dict[str, list[str]]


@dataclass(frozen=True)
class Form:
    """A form as a page shows it: where it is sent, and what it holds, empty fields filled."""

    action: str
    body: Body

    @property
    def route(self) -> str:
        """Its address with blanks, as `Address.path` has it; "" where it is none of ours."""
        try:
            return "/" + re.sub(r"<\w+:(\w+)>", r"<\1>", resolve(self.action).route)
        except Resolver404:
            return ""

    @property
    def keys(self) -> int:
        """How many keys of rows it holds."""
        return len(KEY.findall(str(self.body)))


class Strangers:
    """For each row that a tenant sees, one of the same table that it does not see."""

    def __init__(self, tenant: Tenant) -> None:
        own, self.hidden = seen()[tenant.pk], hidden_from(tenant)
        self.own: dict[type[Model], list[Any]] = {model: sorted(keys) for model, keys in own.items()}
        self.instead = {
            str(key): str((self.hidden.get(model) or [NO_ROW])[0]) for model, keys in own.items() for key in keys
        }

    def swapped(self, body: Body) -> Body:
        """Return a body with each row's key, in names too, replaced by a stranger's."""
        return {self._swap(name): [self._swap(value) for value in values] for name, values in body.items()}

    def _swap(self, text: str) -> str:
        return KEY.sub(lambda found: self.instead.get(found[0], str(NO_ROW)), text)

    def own_keys(self, address: Address, place: int) -> dict[str, Any]:
        """Return for each blank of an address the key of one's own row, the first or the last."""
        found = {
            name: [keys for model in tables(name, address.path) if (keys := self.own.get(model))]
            for name in address.rows
        }
        return {name: keys[0][place] for name, keys in found.items() if keys}

    def key(self, name: str, path: str = "") -> str:
        """Return the key of a stranger's row for a field or blank of this name."""
        found = [keys[0] for model in tables(name, path) if (keys := self.hidden.get(model))]
        return str(found[0] if found else NO_ROW)


def forms_seen(client: Client, asked: list[Address], strangers: Strangers) -> list[Form]:
    """Open every page that a person may open, with rows of their own, and return each form once for each address."""
    found: dict[str, Form] = {}
    for address in asked:
        for place in (0, -1) if address.rows else (0,):
            path = address.filled(strangers.own_keys(address, place))
            answer = client.get(path)
            if answer.status_code == 200 and not answer.streaming and "html" in answer["Content-Type"]:
                for form in _forms(answer.content.decode(), path):
                    if form.route and (form.route not in found or form.keys > found[form.route].keys):
                        found[form.route] = form
    return list(found.values())


def _forms(page: str, path: str) -> Iterator[Form]:
    for form in lxml.html.fromstring(page).forms:
        if form.method == "POST":
            action = (form.action or path).partition("?")[0]
            yield Form(action, _filled(form))


def _filled(form: Any) -> Body:
    body: Body = {}
    for field in form.inputs:
        if field.name and field.name != "csrfmiddlewaretoken" and field.get("type") not in {"file", "submit"}:
            value = _value(field)
            if field.get("type") == "checkbox" and value not in body.get(field.name, ()):
                body.setdefault(field.name, []).append(value)
            else:
                body.setdefault(field.name, [value])
    return body


def _value(field: Any) -> str:
    """Return what stands in a field, else something of its kind: a choice that names a row before one that does not."""
    if field.tag == "select":
        options = [option.get("value", "") for option in field.iter("option") if option.get("value")]
        return next((one for one in options if KEY.search(one)), options[-1] if options else "")
    if field.get("type") in {"checkbox", "radio"}:
        return str(field.get("value") or "on")
    kept = str((field.text if field.tag == "textarea" else field.get("value")) or "").strip()
    counted = field.get("inputmode") in {"decimal", "numeric"}
    return kept or ("1" if counted else TYPED.get(field.get("type", ""), "Wort"))


def operations(strangers: Strangers) -> Iterator[tuple[str, str, Any]]:
    """Yield method, address with blanks, and a body after the OpenAPI document for each operation of the API."""
    schema = _the_api().get_openapi_schema()
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            shape = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            body = _made("", shape, schema, strangers) if shape else None
            yield method, re.sub(r"\{(\w+)\}", r"<\1>", path), body


def _made(name: str, shape: Mapping[str, Any], schema: Mapping[str, Any], strangers: Strangers) -> Any:
    if reference := shape.get("$ref"):
        return _made(name, schema["components"]["schemas"][reference.rpartition("/")[2]], schema, strangers)
    if choices := shape.get("anyOf") or shape.get("allOf"):
        return _made(name, next(each for each in choices if each.get("type") != "null"), schema, strangers)
    if "enum" in shape or "const" in shape:
        return shape.get("enum", [shape.get("const")])[0]
    if shape.get("type") == "object":
        return {key: _made(key, each, schema, strangers) for key, each in shape.get("properties", {}).items()}
    if shape.get("type") == "array":
        return [_made(name, shape["items"], schema, strangers)]
    return _plain(name, shape, strangers)


def _plain(name: str, shape: Mapping[str, Any], strangers: Strangers) -> Any:
    kind, form = shape.get("type", "string"), shape.get("format", "")
    if kind in {"integer", "number"}:
        return max(1, shape.get("minimum", 1))
    if kind == "boolean":
        return True
    made = {"uuid": strangers.key(name), "date": "2027-01-15", "date-time": "2026-11-20T10:00:00Z"}
    return made.get(form, "wort" * 3)

"""The REST API: every module's endpoints under /api/v1/, one description of all of them, problems instead of pages."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, re_path
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from kontor.kernel import registry
from kontor.kernel.api.keys import Key
from kontor.kernel.api.problems import CONTENT_TYPE, answered, handle_problems, no_endpoint
from kontor.kernel.requests import public

_OPEN = "public: a key opens it, and each endpoint names the right that the key must hold"


class Api(NinjaAPI):
    """Ninja's API with problems described as what they are."""

    def get_openapi_schema(self, **given: Any) -> Any:
        """Return the OpenAPI document; failures are described under their own media type."""
        schema = super().get_openapi_schema(**given)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in response.get("content", {}):  # noqa: PLR2004  HTTP's
                        response["content"] = {CONTENT_TYPE: response["content"]["application/json"]}
        return schema


@dataclass(frozen=True, slots=True)
class Described:
    """An endpoint as the page shows it; `fields` (name, where it stands, type, required, description)."""

    method: str
    path: str
    summary: str
    right: str
    fields: tuple[tuple[str, str, str, bool, str], ...]
    answers: tuple[str, ...]


def described(schema: Mapping[str, Any]) -> dict[str, list[Described]]:
    """Return the endpoints of an OpenAPI document by their group, in its order."""
    found: dict[str, list[Described]] = {}
    for address, operations in schema["paths"].items():
        for method, told in operations.items():
            given = [
                (one["name"], one["in"], _type(one["schema"], schema), one["required"], one.get("description", ""))
                for one in told.get("parameters", [])
            ]
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            shape = _resolved(body, schema) if body else {}
            given += [
                (name, "body", _type(each, schema), name in shape.get("required", ()), each.get("description", ""))
                for name, each in shape.get("properties", {}).items()
            ]
            made = Described(
                method.upper(), address, told["summary"], told["x-permission"], tuple(given), tuple(told["responses"])
            )
            found.setdefault(told["tags"][0], []).append(made)
    return found


def _resolved(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = shape.get("$ref", "").rpartition("/")[2]
    resolved: Mapping[str, Any] = schema["components"]["schemas"][name] if name else shape
    return resolved


def _type(shape: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Say in a word what a value is."""
    if choices := shape.get("anyOf"):
        return " | ".join(dict.fromkeys(_type(each, schema) for each in choices if each.get("type") != "null"))
    resolved = _resolved(shape, schema)
    if "enum" in resolved:
        return " | ".join(map(str, resolved["enum"]))
    return str(resolved.get("format") or shape.get("$ref", "").rpartition("/")[2] or resolved.get("type", ""))


@public("a description of what a key could open holds nobody's data")
def docs(request: HttpRequest) -> HttpResponse:
    """Show every endpoint: what it does, which right it asks for, what it takes and answers."""
    schema = _the_api().get_openapi_schema()
    return render(request, "kernel/api_docs.html", {"groups": described(schema)})


@functools.cache
def _the_api() -> Api:
    made = Api(
        title="Kontor",
        version="1",
        description="Contracts, use and money of one tenant, opened by a key with rights and an end.",
        auth=Key(),
        docs_url=None,
        urls_namespace="api",
    )
    handle_problems(made)
    for module in registry.modules():
        if module.api:
            made.add_router("", import_string(f"{module.api}.endpoints"))
    return made


@public("an address that names nothing has nothing to hide")
@csrf_exempt
def nothing_here(_: HttpRequest) -> HttpResponse:
    """Answer an unknown address as a problem."""
    return answered(no_endpoint().problem)


def _patterns() -> list[URLPattern]:
    found, _, _ = _the_api().urls
    for pattern in found:
        pattern.callback.permission = _OPEN  # type: ignore[union-attr]
    return [path("docs", docs, name="docs"), *found, re_path("", nothing_here)]  # type: ignore[list-item]


app_name = "api"
urlpatterns = _patterns()

"""The REST API: every module's endpoints under /api/v1/, one description of all of them, problems instead of pages."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
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


def _api() -> Api:
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
    found, _, _ = _api().urls
    for pattern in found:
        pattern.callback.permission = _OPEN  # type: ignore[union-attr]
    return [*found, re_path("", nothing_here)]  # type: ignore[list-item]


app_name = "api"
urlpatterns = _patterns()

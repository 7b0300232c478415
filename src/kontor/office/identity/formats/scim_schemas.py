"""What we say of ourselves to a directory: what is offered, which kinds of things there are, and their attributes."""

from collections.abc import Mapping
from typing import Any, Final

from kontor.office.identity.formats.scim_filter import ScimRefusedError

LIST: Final = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR: Final = "urn:ietf:params:scim:api:messages:2.0:Error"
SEARCH: Final = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
MOST: Final = 200  # resources of an answer
_TEXTS: Final = frozenset({"filter", "sortBy", "sortOrder"})
_NUMBERS: Final = frozenset({"startIndex", "count"})
_CORE: Final = "urn:ietf:params:scim:schemas:core:2.0"


def list_of(resources: list[dict[str, Any]], *, total: int, start: int) -> dict[str, Any]:
    """Return resources as a page of a list (RFC 7644, 3.4.2)."""
    told = {"schemas": [LIST], "totalResults": total, "startIndex": start, "itemsPerPage": len(resources)}
    return told | {"Resources": resources}


def search_of(told: Any) -> dict[str, str]:
    """Return what a search asks, as an address would say it (RFC 7644, 3.4.3); ScimRefusedError for what is none."""
    if not isinstance(told, Mapping) or told.get("schemas") != [SEARCH]:
        raise ScimRefusedError(400, "value", "invalidSyntax", attribute="schemas")
    found: dict[str, str] = {}
    for name, value in told.items():
        several = name in {"attributes", "excludedAttributes"}
        fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if several and fits:
            found[name] = ",".join(value)
        elif name in _TEXTS and isinstance(value, str):
            found[name] = value
        elif name in _NUMBERS and isinstance(value, int) and not isinstance(value, bool):
            found[name] = str(value)
        elif several or name in _TEXTS or name in _NUMBERS:
            raise ScimRefusedError(400, "value", "invalidValue", attribute=name)
    return found


def error_of(status: int, detail: str, kind: str = "") -> dict[str, Any]:
    """Return why something was not done, as SCIM says it (RFC 7644, 3.12)."""
    return {"schemas": [ERROR], "status": str(status), "detail": detail} | ({"scimType": kind} if kind else {})


def service_provider(root: str) -> dict[str, Any]:
    """Return what is offered here (RFC 7643, 5)."""
    return {
        "schemas": [f"{_CORE}:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "The token that the company's administrator made for this directory.",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{root}/ServiceProviderConfig"},
    }


def resource_types(root: str) -> list[dict[str, Any]]:
    """Return the kinds of things there are (RFC 7643, 6)."""
    return [
        {
            "schemas": [f"{_CORE}:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": f"/{name}s",
            "schema": f"{_CORE}:{name}",
            "meta": {"resourceType": "ResourceType", "location": f"{root}/ResourceTypes/{name}"},
        }
        for name in ("User", "Group")
    ]


def schemas(root: str) -> list[dict[str, Any]]:
    """Return what of people and groups is kept (RFC 7643, 7)."""
    attributes = {
        "User": [
            _said("userName", required=True, unique="server"),
            _said("externalId", exact=True),
            _said("displayName"),
            _said("name", kind="complex", parts=[_said("formatted"), _said("givenName"), _said("familyName")]),
            _said("emails", kind="complex", several=True,
                  parts=[_said("value"), _said("type"), _said("primary", kind="boolean")]),
            _said("preferredLanguage"),
            _said("active", kind="boolean"),
            _said("groups", kind="complex", several=True, writable=False,
                  parts=[_said("value", writable=False), _said("display", writable=False)]),
        ],
        "Group": [
            _said("displayName", required=True, unique="server"),
            _said("externalId", exact=True),
            _said("members", kind="complex", several=True, parts=[_said("value"), _said("display", writable=False)]),
        ],
    }  # fmt: skip
    return [
        {
            "schemas": [f"{_CORE}:Schema"],
            "id": f"{_CORE}:{name}",
            "name": name,
            "attributes": listed,
            "meta": {"resourceType": "Schema", "location": f"{root}/Schemas/{_CORE}:{name}"},
        }
        for name, listed in attributes.items()
    ]


def shown(resource: Mapping[str, Any], *, wanted: str, unwanted: str) -> dict[str, Any]:
    """
    Return of a resource what was asked for (RFC 7644, 3.9): `attributes` or `excludedAttributes`, with commas between.

    What every resource says of itself stays: schemas and id.
    """
    keep, leave = _names(wanted), _names(unwanted)
    if keep:
        found = {name: _part(name, value, keep) for name, value in resource.items()}
        always = {name: resource[name] for name in ("schemas", "id")}
        return always | {name: value for name, value in found.items() if value is not None}
    return {
        name: value for name, value in resource.items() if name.lower() not in leave or name in {"schemas", "id"}
    }  # fmt: skip


def leaves_out(name: str, *, wanted: str, unwanted: str) -> bool:
    """Tell whether an attribute was not asked for, so that nobody needs to look it up."""
    keep = {each.partition(".")[0] for each in _names(wanted)}
    return name in _names(unwanted) if not keep else name not in keep


def _part(name: str, value: Any, keep: set[str]) -> Any:
    """Return an attribute that was asked for, or those of its parts that were; None for one that was not."""
    if name.lower() in keep:
        return value
    parts = {each.partition(".")[2] for each in keep if each.partition(".")[0] == name.lower()}
    if not parts:
        return None
    if isinstance(value, list):
        return [{part: one for part, one in each.items() if part.lower() in parts} for each in value]
    return {part: one for part, one in value.items() if part.lower() in parts} if isinstance(value, Mapping) else None


def _names(typed: str) -> set[str]:
    names = (each.strip().lower().removeprefix(f"{_CORE}:".lower()) for each in typed.split(","))
    return {each.removeprefix("user:").removeprefix("group:") for each in names} - {""}


def _said(
    name: str, *, kind: str = "string", several: bool = False, required: bool = False, writable: bool = True,
    exact: bool = False, unique: str = "none", parts: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    told = {
        "name": name, "type": kind, "multiValued": several, "required": required, "caseExact": exact,
        "mutability": "readWrite" if writable else "readOnly", "returned": "default", "uniqueness": unique,
    }  # fmt: skip
    return told | ({"subAttributes": parts} if parts else {})

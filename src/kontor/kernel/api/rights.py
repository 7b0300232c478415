"""Which rights the API's endpoints ask for: what a key can be given."""

import functools
from collections.abc import Mapping

from django.utils.module_loading import import_string

from kontor.kernel import registry


@functools.cache
def rights_asked() -> Mapping[str, tuple[str, ...]]:
    """Return right -> the endpoints that ask for it, "GET /contracts"; rights in the order of their keys."""
    found: dict[str, list[str]] = {}
    for module in registry.modules():
        if module.api:
            for endpoint, right in import_string(f"{module.api}.endpoints").permissions.items():
                found.setdefault(right, []).append(endpoint.replace("uuid:", ""))
    return {right: tuple(sorted(found[right])) for right in sorted(found)}

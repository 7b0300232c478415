"""The open-source packages that run in this release, each with its version and licence."""

import functools
import json
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kontor.kernel.requests import public

LIST: Final = Path(__file__).resolve().parent.parent / "third_party.json"


@public("licences of third parties are disclosed")
@require_GET
def third_party(request: HttpRequest) -> HttpResponseBase:
    """Show what others have written of this product, and under which licence."""
    return render(request, "kernel/third_party.html", {"packages": _packages()})


@functools.cache
def _packages() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(LIST.read_text(encoding="utf-8"))
    return found

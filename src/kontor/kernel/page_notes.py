"""What a module may lay at the foot of any page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class PageNote:
    """Something that any page may have at its foot: a template, and what fills it for a request, None for nothing."""

    template: str
    fills: Callable[[HttpRequest], dict[str, Any] | None]

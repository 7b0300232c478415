"""The parts of the frame that are the same on page after page: drawn once for each way they look, and remembered."""

import secrets
from typing import Any, Final

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from kontor.kernel import registry

register = template.Library()

KEPT: Final = 1024  # of about 5 kB each
_TOKEN: Final = secrets.token_urlsafe(32)  # stands in what is remembered where a form has the reader's own token
_drawn: dict[tuple[str, str | None, str], str] = {}


@register.simple_tag
def public_pages() -> list[registry.PublicPage]:
    """Return the pages that anybody may read, in the order of their modules."""
    return [page for module in registry.modules() for page in module.public_pages]


@register.simple_tag(takes_context=True)
def page_notes(context: Context) -> SafeString:
    """Draw what modules have to say at the foot of this page; mostly nothing."""
    request = context.get("request")
    if request is None:
        return mark_safe("")
    told = [(note, note.fills(request)) for module in registry.modules() for note in module.page_notes]
    return mark_safe("".join(render_to_string(note.template, fill, request) for note, fill in told if fill is not None))  # noqa: S308  templates


@register.simple_tag(takes_context=True)
def frame_part(context: Context, name: str) -> SafeString:
    """
    Draw a part of the frame from what the shell gives every page: who, where, the menu, the look, and nothing else.

    Two readers for whom all of that is equal get the same part, each with a token of their own.
    """
    given, told = _given(context)
    key = (name, translation.get_language(), told)
    part = _drawn.get(key)
    if part is None:
        if context.template is None:
            raise RuntimeError("A part of the frame is drawn inside a template that is being rendered.")
        part = context.template.engine.get_template(name).render(context.new({**given, "csrf_token": _TOKEN}))
        if len(_drawn) >= KEPT:
            _drawn.clear()
        _drawn[key] = part
    return mark_safe(part.replace(_TOKEN, str(context.get("csrf_token", ""))))  # noqa: S308  drawn by a template


def _given(context: Context) -> tuple[dict[str, Any], str]:
    """Return what the parts are drawn from, and the same as a key; both once per page."""
    kept: tuple[dict[str, Any], str] | None = context.render_context.get("kontor frame")
    if kept is None:
        standing, person, look = context.get("standing"), context.get("person"), context.get("look")
        tenant = {"name": standing.tenant.name, "is_house": standing.tenant.is_house} if standing else None
        menu, quick = context.get("navigation") or [], context.get("quick") or []
        given = {
            "LANGUAGE_CODE": context.get("LANGUAGE_CODE"),
            "standing": {"tenant": tenant} if tenant else None,
            "person": dict(person) if person else None,
            "look": look or {},
            "navigation": menu,
            "quick": quick,
        }
        kept = context.render_context["kontor frame"] = given, repr(given)
    return kept

"""How tags draw: templates in the running context, and numbers for what needs an id of its own."""

import itertools
from functools import cache
from typing import Any

from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kontor.kernel.bundle import icon_url


def drawn(context: Context, name: str, given: dict[str, Any]) -> SafeString:
    """Render a component's template with what it is given and nothing else but the request and its token."""
    kept = {key: context[key] for key in ("csrf_token", "request") if key in context}
    if context.template is None:
        raise RuntimeError("A component is drawn inside a template that is being rendered.")
    return context.template.engine.get_template(name).render(context.new({**kept, **given}))


@cache
def drawn_icon(name: str, *, spin: bool = False) -> SafeString:
    """Draw an icon that says nothing to a screen reader; nothing for an empty name."""
    if not name:
        return SafeString("")
    return format_html(
        '<svg class="ki{}" aria-hidden="true"><use href="{}"/></svg>', " k-spin" if spin else "", icon_url(name)
    )


def next_mark(context: Context) -> int:
    """Number the boxes of one page, so that each chip opens its own."""
    request = context.get("request")
    holder: dict[Any, Any] = context.dicts[0] if request is None else request.__dict__
    counter: itertools.count[int] = holder.setdefault("_kontor_marks", itertools.count(1))
    return next(counter)

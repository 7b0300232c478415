"""The small things that stand beside a value: icons, clauses, states, names."""

import secrets
from functools import lru_cache
from typing import Any, Final

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from kontor.kernel.bundle import asset_url, icon_url
from kontor.kernel.components import Badge
from kontor.kernel.explanation import ClauseWords, Explanation, clause_words, explain
from kontor.kernel.templatetags.drawing import drawn, drawn_icon, next_mark
from kontor.kernel.wording import spoken

register = template.Library()

TONE_ICONS: Final = {
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-octagon",
    "info": "clock",
    "": "circle-dashed",
    "plain": "",
}
KEPT: Final = 4096  # boxes, of about 2 kB each
_MARK: Final = f"why-{secrets.token_urlsafe(12)}"  # stands in what is remembered for the number on the page
_remembered: Final[dict[Any, str]] = {}
_AVATAR_TONES: Final = ("", " k-avatar--2", " k-avatar--3", " k-avatar--4")


@register.simple_tag
def asset(name: str) -> str:
    """Return the address of a built file."""
    return asset_url(name)


@register.simple_tag
def script(name: str) -> SafeString:
    """Load an ES module that the build made from an app's assets folder: "contracts/editor.js"."""
    return format_html('<script type="module" src="{}"></script>', asset_url(name))


@register.simple_tag
def icon(name: str, label: Any = "", size: str = "", tone: str = "") -> SafeString:
    """Draw a Tabler icon; without a label it is nothing to a screen reader."""
    return _icon(name, spoken(label), size, tone)


@lru_cache(maxsize=4096)
def _icon(name: str, label: str, size: str, tone: str) -> SafeString:
    classes = f"ki{f' ki--{size}' if size else ''}{f' k-{tone}' if tone else ''}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, icon_url(name)
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, icon_url(name))


@register.simple_tag
def badge(label: Any, tone: str = "", icon: str = "") -> SafeString:
    """Show a state by shape, word and colour."""
    if isinstance(label, Badge):
        label, tone, icon = label.label, label.tone, label.icon
    return _badge(spoken(label), tone, icon or TONE_ICONS[tone])


@lru_cache(maxsize=1024)
def _badge(word: str, tone: str, sign: str) -> SafeString:
    classes = f"k-state{f' k-state--{tone}' if tone else ''}"
    return format_html('<span class="{}">{}{}</span>', classes, drawn_icon(sign), word)


@register.simple_tag
def label(text: Any) -> SafeString:
    """Show a word that sorts: a product, a role."""
    return format_html('<span class="k-tag">{}</span>', spoken(text))


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """Show somebody's initials; the same name always has the same ground."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    initials = "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
    tone = _AVATAR_TONES[sum(map(ord, name)) % len(_AVATAR_TONES)]
    classes = f"k-avatar{tone}{f' k-avatar--{size}' if size else ''}"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials)


@register.simple_tag
def clause(clause: Any, url: str = "") -> SafeString:
    """Show a clause as a chip, linked to the terms explorer where it is known there."""
    if not clause:
        return SafeString("")
    return _clause(clause_words(clause), url)


@lru_cache(maxsize=4096)
def _clause(words: ClauseWords, url: str) -> SafeString:
    if target := url or words.url:
        return format_html('<a class="k-clause" href="{}" title="{}">{}</a>', target, words.heading, words.label)
    return format_html('<span class="k-clause">{}</span>', words.label)


@register.simple_tag(takes_context=True)
def why(
    context: Context,
    ruling: Any,
    answer: Any = "",
    label: Any = "",
    decision: Any = None,
    setting: bool = False,
    inline: bool = False,
) -> SafeString:
    """Show a ruling's first clause as a chip that opens "Why?"; `inline` renders the box in place."""
    said = spoken(answer) if answer else ""
    told = (spoken(label) if label else "", setting, inline)
    if decision is None and (known := _known_by(ruling)):
        # a decision never changes, and stands on page after page: in the history, on the strip, beside its line
        key = (known, said, told, get_language(), get_current_timezone_name())
        box = _remembered.get(key)
        if box is None:
            box = _why_box(context, explain(ruling, answer=said), told)
            if len(_remembered) >= KEPT:
                _remembered.clear()
            _remembered[key] = box
    else:
        explained = explain(ruling, answer=said)
        if decision is not None:
            explained = explain(decision, answer=explained.answer)
        box = _why_box(context, explained, told)
    return mark_safe(box.replace(_MARK, f"why-{next_mark(context)}"))  # noqa: S308  drawn by a template


def _known_by(ruling: Any) -> Any:
    """Return what a box is remembered by: a stored decision's id, a fresh one itself; None where it cannot be."""
    if stored := getattr(ruling, "id", None):
        return stored
    try:
        hash(ruling)
    except TypeError:  # a value with a list or a table inside
        return None
    return ruling


def _why_box(context: Context, explained: Explanation, told: tuple[str, bool, bool]) -> str:
    label, setting, inline = told
    given = {"why": explained, "label": label, "setting": setting, "inline": inline, "mark": _MARK}
    return drawn(context, "kernel/components/why.html", given)


@register.inclusion_tag("kernel/components/setting.html", takes_context=True)
def setting(context: Context, reason: Any, clause: Any = None) -> dict[str, Any]:
    """Show that a value is a setting; pressed, it gives the reason."""
    return {
        "reason": spoken(reason),
        "clause": clause_words(clause) if clause else None,
        "mark": f"set-{next_mark(context)}",
    }

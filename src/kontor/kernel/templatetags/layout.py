"""What a page is laid out with: its heading, cards, sections, facts, figures, notes, empty states."""

from collections.abc import Iterable
from typing import Any, Final

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from kontor.kernel.templatetags import chips
from kontor.kernel.templatetags.drawing import drawn, drawn_icon, next_mark
from kontor.kernel.wording import spoken
from kontor.rulebook.ruling import Text

register = template.Library()

_NOTE_ICONS: Final = {"info": "info-circle", "good": "circle-check", "warn": "alert-triangle", "bad": "alert-octagon"}
_WAVES: Final = mark_safe(
    '<svg viewBox="0 0 144 72" aria-hidden="true"><g fill="none" stroke="currentColor" stroke-width="1.5">'
    '<path d="M4 8h136M4 20h136M4 32h136"/><path d="M4 46c17-5 34-5 51 0s34 5 51 0 22-4 34-2'
    'M4 58c17-7 34-7 51 0s34 7 51 0 22-5 34-3"/></g>'
    '<path class="k-empty__line" d="M4 39c17-2 34-2 51 0s34 2 51 0 22-2 34-1" fill="none" stroke-width="2"/></svg>'
)


@register.simple_block_tag
def page_head(
    content: SafeString,
    title: Any,
    over: Any = "",
    meta: Any = "",
    crumbs: Iterable[tuple[Any, str]] | None = None,
    state: Any = None,
) -> SafeString:
    """The heading of a page: where am I, what is the answer, what do I do."""
    # a Text is a tuple of its two languages, and still one thing to say
    several = meta if isinstance(meta, list | tuple) and not isinstance(meta, Text) else [meta]
    metas = [said for one in several if (said := spoken(one))]
    below = format_html_join("", "<span>{}</span>", ((one,) for one in metas))
    shown = chips.badge(state) if state else ""
    return format_html(
        '<header class="k-head">{}<div class="k-head__row"><div>{}<h1>{}</h1>{}</div>{}</div></header>',
        _crumbs(crumbs),
        format_html('<p class="k-muted">{}</p>', spoken(over)) if over else "",
        spoken(title),
        format_html('<p class="k-head__meta">{}{}</p>', shown, below) if shown or below else "",
        format_html('<div class="k-head__do">{}</div>', content) if content.strip() else "",
    )


def _crumbs(crumbs: Iterable[tuple[Any, str]] | None) -> SafeString:
    if not crumbs:
        return SafeString("")
    steps = format_html_join("", '<li><a href="{}">{}</a></li>', ((url, spoken(label)) for label, url in crumbs))
    return format_html('<nav class="k-crumbs" aria-label="{}"><ol>{}</ol></nav>', gettext("Where you are"), steps)


@register.simple_block_tag(takes_context=True)
def card(
    context: Context,
    content: SafeString,
    title: Any = "",
    note: Any = "",
    link: str = "",
    link_label: Any = "",
    clause: Any = None,
    flush: bool = False,
    level: int = 2,
) -> SafeString:
    """A card; `flush` leaves out the padding, for rows and tables inside."""
    body = content if flush else format_html('<div class="k-card__body">{}</div>', content)
    if not title:
        return format_html('<div class="card">{}</div>', body)
    mark = f"card-{next_mark(context)}"
    end = (
        _link(link, link_label)
        if link
        else (format_html('<span class="k-push">{}</span>', chips.clause(clause)) if clause else "")
    )
    head = format_html(
        '<div class="k-card__head"><h{} class="k-card__title" id="{}">{}</h{}>{}{}</div>',
        level,
        mark,
        spoken(title),
        level,
        _note(note),
        end,
    )
    return format_html('<section class="card" aria-labelledby="{}">{}{}</section>', mark, head, body)


@register.simple_block_tag(takes_context=True)
def section(
    context: Context, content: SafeString, title: Any, note: Any = "", link: str = "", link_label: Any = ""
) -> SafeString:
    """A heading over something that is no card."""
    mark = f"part-{next_mark(context)}"
    end = _link(link, link_label) if link else ""
    return format_html(
        '<section class="k-section" aria-labelledby="{}"><header><h2 id="{}">{}</h2>{}{}</header>{}</section>',
        mark,
        mark,
        spoken(title),
        _note(note),
        end,
        content,
    )


def _note(note: Any) -> SafeString:
    return format_html('<span class="k-muted k-small">{}</span>', spoken(note)) if note else SafeString("")


def _link(url: str, label: Any) -> SafeString:
    return format_html('<a class="k-push" href="{}">{}</a>', url, spoken(label) or gettext("All"))


@register.simple_block_tag
def facts(content: SafeString, narrow: bool = False) -> SafeString:
    """A list of facts: label, value, the clause in the margin."""
    return format_html('<dl class="k-facts{}">{}</dl>', " k-facts--narrow" if narrow else "", content)


@register.simple_block_tag(takes_context=True)
def fact(
    context: Context, content: SafeString, label: Any, ruling: Any = None, clause: Any = None, setting: Any = None
) -> SafeString:
    """One fact; `ruling` gives the chip with "Why?", `clause` the plain one, `setting` the reason of a setting."""
    chip: Any = ""
    if ruling is not None:
        chip = chips.why(context, ruling)
    elif setting:
        chip = drawn(context, "kernel/components/setting.html", chips.setting(context, setting))
    elif clause:
        chip = chips.clause(clause)
    margin = format_html("<dd>{}</dd>", chip) if chip else ""
    return format_html("<div><dt>{}</dt><dd>{}</dd>{}</div>", spoken(label), content, margin)


@register.simple_tag
def stat(label: Any, value: Any, note: Any = "", unit: Any = "", tone: str = "") -> SafeString:
    """A figure with its label, inside `<dl class="k-pair">` or `{% stats %}`."""
    return format_html(
        '<div class="k-stat"><dt>{}</dt><dd{}>{}{}{}</dd></div>',
        spoken(label),
        format_html(' class="k-{}"', tone) if tone else "",
        spoken(value),
        format_html(' <span class="k-stat__unit">{}</span>', spoken(unit)) if unit else "",
        format_html('<span class="k-stat__note">{}</span>', spoken(note)) if note else "",
    )


@register.simple_block_tag
def stats(content: SafeString) -> SafeString:
    """Figures side by side as tiles."""
    return format_html('<dl class="k-stats">{}</dl>', content)


@register.simple_block_tag
def note(content: SafeString, tone: str = "info") -> SafeString:
    """A sentence that stands out on the page."""
    sign = drawn_icon(_NOTE_ICONS[tone])
    return format_html(
        '<div class="k-note{}">{}<div>{}</div></div>',
        "" if tone == "info" else f" k-note--{tone}",
        sign,
        content,
    )


@register.simple_block_tag
def empty(content: SafeString, title: Any) -> SafeString:
    """The empty state: what is not there, and what to do next."""
    return format_html(
        '<div class="k-empty">{}<h2>{}</h2><div class="k-empty__do">{}</div></div>',
        _WAVES,
        spoken(title),
        content,
    )

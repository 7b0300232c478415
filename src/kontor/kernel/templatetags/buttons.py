"""What can be pressed: links and buttons, posted actions, menus, dialogs, copies."""

from typing import Any, Final

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from kontor.kernel.templatetags.drawing import drawn, drawn_icon, next_mark
from kontor.kernel.wording import spoken

register = template.Library()

_KINDS: Final = {
    "": "btn",
    "primary": "btn btn-primary",
    "quiet": "btn btn-quiet",
    "remove": "btn btn-remove",
    "danger": "btn btn-primary btn-remove",
}


@register.simple_tag
def button(
    label: Any,
    href: str = "",
    kind: str = "",
    icon: str = "",
    size: str = "",
    type: str = "submit",
    dialog: str = "",
    icon_only: bool = False,
    disabled: bool = False,
    busy: bool = False,
    **attributes: Any,
) -> SafeString:
    """A link where `href` is given, else a button; further words become attributes, with - for _."""
    words = spoken(label)
    classes = _KINDS[kind] + (f" btn-{size}" if size else "") + (" btn-icon" if icon_only else "")
    given = {"class": classes, **{name.replace("_", "-"): value for name, value in attributes.items()}}
    if icon_only:
        given |= {"aria-label": words, "title": words}
    if dialog:
        given |= {"data-k-dialog": dialog, "aria-haspopup": "dialog"}
    if busy:
        given["aria-busy"] = "true"
    if href:
        element, given = "a", {"href": href, **given}
    else:
        element, given = (
            "button",
            {"type": "button" if dialog else type, **given, **({"disabled": True} if disabled else {})},
        )
    content = format_html("{}{}", drawn_icon("loader-2" if busy else icon, spin=busy), "" if icon_only else words)
    return format_html("<{}{}>{}</{}>", element, _attributes(given), content, element)


@register.simple_tag(takes_context=True)
def action(
    context: Context,
    label: Any,
    url: str,
    ask: Any = "",
    because: Any = "",
    kind: str = "",
    icon: str = "",
    size: str = "",
    icon_only: bool = False,
    **fields: Any,
) -> SafeString:
    """A button that posts; with `ask` it first opens a dialog that says what will happen."""
    named = {
        "label": spoken(label),
        "url": url,
        "ask": spoken(ask),
        "because": spoken(because),
        "kind": kind,
        "sure": "danger" if kind in {"remove", "danger"} else "primary",
        "icon": icon,
        "size": size,
        "icon_only": icon_only,
        "fields": fields,
        "mark": f"ask-{next_mark(context)}",
    }
    return drawn(context, "kernel/components/action.html", named)


@register.simple_block_tag(takes_context=True)
def menu(context: Context, content: SafeString, label: Any, icon: str = "dots", kind: str = "") -> SafeString:
    """A button that opens a small list of links or actions; the dots stand alone, another icon beside its word."""
    mark = f"menu-{next_mark(context)}"
    opener = button(label, kind=kind, icon=icon, type="button", icon_only=icon == "dots", popovertarget=mark)
    return format_html('{}<div class="k-menu" id="{}" popover>{}</div>', opener, mark, content)


@register.simple_block_tag(takes_context=True)
def dialog(
    context: Context, content: SafeString, id: str, title: Any, action: str = "", wide: bool = False
) -> SafeString:
    """A dialog, opened by `{% button … dialog="id" %}`; with `action` its content is one posted form."""
    inside = content
    if action:
        token = format_html(
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', context.get("csrf_token", "")
        )
        inside = format_html('<form method="post" action="{}" novalidate>{}{}</form>', action, token, inside)
    return format_html(
        '<dialog class="k-dialog{}" id="{}" aria-labelledby="{}-title">'
        '<div class="k-dialog__head"><h2 id="{}-title">{}</h2>{}</div>'
        '<div class="k-dialog__body">{}</div></dialog>',
        " k-dialog--wide" if wide else "",
        id,
        id,
        id,
        spoken(title),
        close_button(icon_only=True),
        inside,
    )


@register.simple_block_tag
def foot(content: SafeString) -> SafeString:
    """The buttons at the end of a dialog."""
    return format_html('<div class="k-dialog__foot">{}</div>', content)


@register.simple_tag
def close_button(label: Any = "", icon_only: bool = False) -> SafeString:
    """A button that closes the dialog or the box around it."""
    words = spoken(label) or (gettext("Close") if icon_only else gettext("Cancel"))
    if icon_only:
        return button(words, kind="quiet", icon="x", size="sm", type="button", icon_only=True, data_k_close="")
    return button(words, type="button", data_k_close="")


@register.simple_tag(takes_context=True)
def copy(context: Context, value: Any, label: Any = "") -> SafeString:
    """A value with a button that copies it."""
    mark = f"copy-{next_mark(context)}"
    words = spoken(label) or gettext("Copy")
    opener = button(
        words,
        icon="copy",
        size="sm",
        kind="quiet",
        type="button",
        icon_only=True,
        data_k_copy=mark,
        data_k_done=gettext("Copied"),
    )
    return format_html(
        '<span class="k-copy"><code id="{}">{}</code>{}<span class="k-copy__done" role="status"></span></span>',
        mark,
        value,
        opener,
    )


def _attributes(given: dict[str, Any]) -> SafeString:
    shown = ((name, value) for name, value in given.items() if value is not None and value is not False)
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in shown
        ),
    )

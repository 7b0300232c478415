"""
How a list looks: search and filters above, the table, the links between its pages below.

Written as Python and not as templates, since every list page draws it anew: each part is escaped here.
"""

from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kontor.kernel import wording
from kontor.kernel.listing.columns import escaped, opening
from kontor.kernel.listing.page import Filter, Head, Listing
from kontor.kernel.templatetags.drawing import drawn_icon


def whole_list(listing: Listing, find: Any = "") -> SafeString:
    """Draw a list with all that belongs to it; `find` says what can be searched."""
    table = f"{_table(listing)}{_foot(listing)}" if listing.page.paginator.count else _nothing_fits(listing)
    box = f'<div class="k-tablebox">\n{table}\n</div>'
    start = opening("div", {"class": "k-listing", "id": listing.name})
    return mark_safe(f"{start}\n{filter_bar(listing, find)}\n{box}\n</div>")  # noqa: S308  escaped where it is drawn


def filter_bar(listing: Listing, find: Any = "") -> SafeString:
    """Draw what a list is searched and filtered by, and the link to its file."""
    bare, search, whole = escaped(listing.bare_url), escaped(_("Search")), escaped(_("Search and filter"))
    parts = [f'<form class="k-filter" role="search" method="get" action="{bare}" aria-label="{whole}">']
    if listing.search:
        said = escaped(wording.spoken(find)) if find else search
        parts.append(
            f'<div class="k-filter__find">{drawn_icon("search")}<input class="form-control" type="search" name="q"'
            f' value="{escaped(listing.query)}" aria-label="{said}" placeholder="{said}"></div>'
        )
    parts += [_pick(choice) for choice in listing.filters]
    if listing.asked_order:
        parts.append(f'<input type="hidden" name="sort" value="{escaped(listing.asked_order)}">')
    parts.append(f'<noscript><button type="submit" class="btn btn-sm">{search}</button></noscript>')
    if listing.is_narrowed:
        parts.append(f'<a class="btn btn-quiet btn-sm" href="{bare}">{drawn_icon("x")}{escaped(_("Show all"))}</a>')
    parts.append(
        f'<a class="btn btn-quiet btn-sm k-push" href="{escaped(listing.file_url)}" hx-boost="false" download>'
        f"{drawn_icon('download')}{escaped(_('Export'))}</a>"
        f'<a class="btn btn-quiet btn-sm" href="{escaped(listing.workbook_url)}" hx-boost="false" download>XLSX</a>\n'
        "</form>"
    )
    return mark_safe("\n".join(parts))  # noqa: S308  every part is escaped above


def _pick(choice: Filter) -> str:
    options = "".join(
        f'<option value="{escaped(value)}"{" selected" if value == choice.value else ""}>{escaped(label)}</option>'
        for value, label in choice.options
    )
    return (
        f'<label class="k-pick{" k-pick--on" if choice.value else ""}"><span>{escaped(choice.label)}</span>\n'
        f'<select name="{escaped(choice.name)}" data-k-submit><option value="">{escaped(_("all"))}</option>'
        f"{options}</select></label>"
    )


def _table(listing: Listing) -> str:
    two = " k-table--two" if listing.has_two_lines else ""
    heads = "".join([_head(head) for head in listing.heads])
    return (
        f'<table class="table k-table{two} k-table--cards" data-k-walk>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>{listing.body}</tbody>\n</table>\n"
    )


def _head(head: Head) -> str:
    label = escaped(head.label)
    if head.url:
        arrow = drawn_icon({"ascending": "arrow-up", "descending": "arrow-down"}.get(head.sorted, ""))
        label = f'<a href="{escaped(head.url)}">{label}{arrow}</a>'
    late = "late" if head.late else ""
    attributes = {"scope": "col", "class": head.classes, "data-col": late, "aria-sort": head.sorted}
    return f"{opening('th', attributes)}{label}</th>"


def _foot(listing: Listing) -> str:
    page = listing.page
    if not (page.has_other_pages() or listing.is_narrowed):
        return ""
    figures = {"first": page.start_index(), "last": page.end_index(), "count": page.paginator.count}
    said = _("%(first)s to %(last)s of %(count)s") % {name: wording.number(value) for name, value in figures.items()}
    return (
        f'<nav class="k-tablefoot" aria-label="{escaped(_("Pages of the list"))}">\n<span>{escaped(said)}</span>\n'
        f"{_turning(listing) if page.has_other_pages() else ''}\n</nav>"
    )


def _turning(listing: Listing) -> str:
    page, back, onward = listing.page, "", ""
    if page.has_previous():
        back = (
            f'<a class="btn btn-sm" rel="prev" href="{escaped(listing.previous_url)}">'
            f"{drawn_icon('chevron-left')}{escaped(_('Back'))}</a>\n"
        )
    if page.has_next():
        onward = (
            f'<a class="btn btn-sm" rel="next" href="{escaped(listing.next_url)}">'
            f"{escaped(_('Next'))}{drawn_icon('chevron-right')}</a>\n"
        )
    of = {"number": wording.number(page.number), "of": wording.number(page.paginator.num_pages)}
    said = escaped(_("Page %(number)s of %(of)s") % of)
    return f'<span class="k-push k-line k-line--tight">\n{back}<span>{said}</span>\n{onward}</span>'


def _nothing_fits(listing: Listing) -> str:
    mend = _("No entry has all that you look for. Take a word or a filter away.")
    return (
        f'<div class="k-empty"><h2>{escaped(_("Nothing fits"))}</h2><p>{escaped(mend)}</p><div class="k-line">'
        f'<a class="btn" href="{escaped(listing.bare_url)}">{escaped(_("Show all"))}</a></div></div>'
    )

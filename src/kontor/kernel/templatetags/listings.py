"""The list that is searched, filtered, sorted, paged and exported."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from kontor.kernel.listing import Listing
from kontor.kernel.templatetags.drawing import drawn

register = template.Library()


@register.simple_block_tag(takes_context=True)
def listing(context: Context, content: SafeString, rows: Listing, find: Any = "") -> SafeString:
    """Filter bar, table, page links; `content` is shown where there is nothing at all."""
    given = {"listing": rows, "find": find, "nothing": content}
    return drawn(context, "kernel/components/listing.html", given)

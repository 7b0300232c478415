"""The list that is searched, filtered, sorted, paged and exported."""

from typing import Any

from django import template
from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.utils.safestring import SafeString

from kontor.kernel.listing import Listing, drawing

register = template.Library()


class ListingNode(Node):
    """Draws what is between its tags only for a list of nothing: most lists have something."""

    child_nodelists = ("nothing",)

    def __init__(self, rows: FilterExpression, find: FilterExpression | None, nothing: NodeList) -> None:
        self.rows, self.find, self.nothing = rows, find, nothing

    def render(self, context: Context) -> SafeString:
        rows: Listing = self.rows.resolve(context)
        find: Any = self.find.resolve(context) if self.find else ""
        return self.nothing.render(context) if rows.is_blank else drawing.whole_list(rows, find)


@register.tag
def listing(parser: Parser, token: Token) -> ListingNode:
    """Filter bar, table, page links; what stands before `endlisting` is shown where there is nothing at all."""
    words = token.split_contents()[1:]
    named = token_kwargs(words[1:], parser)
    if not words or named.keys() - {"find"} or len(words) != 1 + len(named):
        raise template.TemplateSyntaxError("Write {% listing rows %} or {% listing rows find=words %}.")
    nothing = parser.parse(("endlisting",))
    parser.delete_first_token()
    return ListingNode(parser.compile_filter(words[0]), named.get("find"), nothing)


@register.simple_tag
def filter_bar(rows: Listing, find: Any = "") -> SafeString:
    """Search and filters alone, for a page that draws what was found in its own way."""
    return drawing.filter_bar(rows, find)

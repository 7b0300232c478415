"""HTML of a mail as it may stand on a page of ours: nothing acts, nothing is loaded, nothing looks like ours."""

from typing import Final

import nh3

LONGEST: Final = 200_000  # letters; what is longer is shown as its words alone
_OPEN: Final = 2_000  # tags that nobody closes; more are nested deeper than any reader's patience, and ours
_TAGS: Final = frozenset({
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "i", "li", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "u", "ul",
})  # fmt: skip
_DROPPED: Final = frozenset(("script", "style", "title", "noscript", "template", "object", "svg", "math", "iframe"))
_CLEANER: Final = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_DROPPED),
    attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    strip_comments=True,
)


def clean_html(html: str) -> str:
    """
    Return a page's formatted words and tables; "" where there are none, or more than anybody reads.

    >>> clean_html('<p onclick=x style="position:fixed">Guten <b>Tag</b><img src="http://t.example/1.gif"></p>')
    '<p>Guten <b>Tag</b></p>'
    >>> clean_html('<h1>Ihr Konto</h1><form action="/sign-in/"><input name=a></form><style>*{}</style>')
    '<h1>Ihr Konto</h1>'
    """
    if len(html) > LONGEST or html.count("<") - 2 * html.count("</") > _OPEN:
        return ""
    return _CLEANER.clean(html).strip()

"""Articles for a reader: what they may see, what fits their words."""

import hashlib
import hmac
import uuid
from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import translation

from kontor.kernel import registry
from kontor.kernel.finding import begins, words_of
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import Article
from kontor.rulebook.ruling import Text

Audience = Article.Audience
ANYBODY: Final = frozenset({Audience.PUBLIC})
SIGNED_IN: Final = ANYBODY | {Audience.CUSTOMERS}
STAFF: Final = SIGNED_IN | {Audience.STAFF}

_ICONS: Final = {"ARTICLE": "file-text", "MANUAL": "clipboard-list", "VIDEO": "video"}


class Listed(NamedTuple):
    """An article in a list, without its text; its title in the page's language."""

    pk: uuid.UUID
    kind: str
    audience: str
    title: str

    @property
    def icon(self) -> str:
        """What stands before it: a lock where nobody else reads it, else what kind it is."""
        return "lock" if self.audience == Audience.STAFF else _ICONS[self.kind]


def articles_for(audiences: Collection[str]) -> QuerySet[Article]:
    """Return what is published for these readers."""
    return Article.objects.filter(tenant_id=current_tenant(), state=Article.State.PUBLISHED, audience__in=audiences)


def found_articles(asked: str, audiences: Collection[str], *, limit: int) -> list[Article]:
    """Return the articles in which each word that was typed begins a word, those in whose title first; one query."""
    words = words_of(asked)
    if not words:
        return []
    titled = begins(words, "title_de", "title_en")
    rows = articles_for(audiences).filter(begins(words, "title_de", "title_en", "text_de", "text_en"))
    rank = Case(When(titled, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(rows.annotate(rank=rank).order_by("rank", "title_de")[:limit])


def suggested(asked: str, audiences: Collection[str], *, limit: int) -> list[Article]:
    """Return articles that may answer a sentence: any of its longer words begins a word of the title."""
    found: dict[object, Article] = {}
    for word in sorted({each for each in words_of(asked[:200]) if len(each) > 3}, key=len, reverse=True)[:4]:  # noqa: PLR2004
        for article in articles_for(audiences).filter(begins([word[:6]], "title_de", "title_en"))[:limit]:
            found.setdefault(article.pk, article)
    return list(found.values())[:limit]


def by_category(rows: QuerySet[Article]) -> list[tuple[str, Sequence[Listed]]]:
    """Return articles without their texts under their category in the page's language, both by the alphabet."""
    name = "category_de" if translation.get_language() == "de" else "category_en"
    told = rows.values_list(name, "pk", "kind", "audience", name.replace("category", "title"))
    listed = sorted(told, key=lambda each: (each[0].casefold(), each[4].casefold()))
    return [(key, [Listed(*each[1:]) for each in found]) for key, found in groupby(listed, key=itemgetter(0))]


def reader_of(who: str, day: date | None = None) -> str:
    """Return a keyed digest of a reader: of a person, or of an address on one day, that tells nobody who it was."""
    key = bytes.fromhex(settings.KONTOR_MASTER_KEY) + current_tenant().bytes
    return hmac.new(key, f"reader {who} {day or ''}".encode(), hashlib.sha256).hexdigest()


def modules_read() -> list[tuple[str, Text]]:
    """Return the modules an article may be about: key and title, in the order of the keys."""
    return [(each.key, each.title) for each in registry.modules() if each.urls]

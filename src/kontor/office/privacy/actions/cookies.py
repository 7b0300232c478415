"""Choosing what goes beyond the necessary cookies, taking it back, and counting only where it is allowed."""

import uuid
from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q

from kontor.office.privacy.models import CookieChoice, CookieText, PageView
from kontor.office.privacy.queries import cookies


@transaction.atomic
def choose_cookies(
    allowed: Collection[str], *, visitor: uuid.UUID | None, person: uuid.UUID | None, at: datetime
) -> CookieChoice:
    """
    Keep what somebody allowed, by which words and when; once they refuse, what was counted of their browsers goes.

    What is not offered here cannot be allowed. Bookkeeping 9, 12, 13: allowed beforehand, withdrawn at any time.
    """
    offered = tuple(use.key for use in cookies.offered())
    sha256, words = cookies.wording(offered)
    text, _ = CookieText.objects.get_or_create(
        sha256=sha256, defaults={"text_de": words.de, "text_en": words.en, "since": at}
    )
    granted = sorted(set(allowed) & set(offered))
    if "analysis" not in granted:
        theirs = CookieChoice.objects.filter(person=person).exclude(Q(person=None) | Q(visitor=None))
        PageView.objects.filter(Q(visitor=visitor) | Q(visitor__in=theirs.values("visitor"))).delete()
    return CookieChoice.objects.create(text=text, visitor=visitor, person=person, allowed=granted, made_at=at)


def count_view(page: str, *, visitor: uuid.UUID, today: date) -> None:
    """Count that a browser opened a page; two at the same moment are two."""
    PageView.objects.bulk_create(
        [PageView(visitor=visitor, page=page, on=today, times=0)],
        ignore_conflicts=True,
    )
    PageView.objects.filter(visitor=visitor, page=page, on=today).update(times=F("times") + 1)

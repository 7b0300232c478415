"""Who is told of the status page's news, by which links, in which words."""

import uuid
from typing import Final
from urllib.parse import urlsplit

from django.core import signing

from kontor.kernel.links import absolute
from kontor.kernel.tenancy import current_tenant
from kontor.office.service_levels.models import StatusNews, StatusSubscription
from kontor.office.service_levels.queries.letters import Letter
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

_CONFIRM: Final = "service_levels.subscription.confirm"
_END: Final = "service_levels.subscription.end"


def confirm_link(row: StatusSubscription) -> str:
    """Return the address behind which a subscription is confirmed by a button."""
    return absolute("service_levels:subscription-confirm", _token(row, _CONFIRM))


def end_link(row: StatusSubscription) -> str:
    """Return the address that ends a subscription by one POST (RFC 8058)."""
    return absolute("service_levels:subscription-end", _token(row, _END))


def opened_confirmation(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Return tenant and subscription of a confirmation's link; BadSignature for what nobody signed."""
    return _opened(token, _CONFIRM)


def opened_ending(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Return tenant and subscription of an ending's link; BadSignature for what nobody signed."""
    return _opened(token, _END)


def asked_mail(row: StatusSubscription, house: str) -> Letter:
    """
    Return the mail that asks whether somebody really wants to be told; it says nothing else.

    Of a webhook it names the host alone: whoever types a stranger's address writes no words into our mail.
    """
    host = urlsplit(row.webhook).hostname
    what = Text(f"an {host}", f"to {host}") if host else Text("an diese Adresse", "to this address")
    subject = said(
        "Nachrichten zum Status von {house}: bitte bestätigen", "Status news of {house}: please confirm", house=house
    )
    text = said(
        "Guten Tag,\n\nNachrichten über Ausfälle und Wartung von {house} sollen {what} gehen. Bestätigen Sie das hier:"
        "\n\n{link}\n\nHaben Sie nicht darum gebeten, tun Sie nichts; die Adresse wird nach sieben Tagen gelöscht.\n",
        "Hello,\n\nnews of outages and maintenance at {house} shall go {what}. Please confirm it here:\n\n{link}\n\n"
        "If you did not ask for it, do nothing; the address is deleted after seven days.\n",
        house=house, what=what, link=confirm_link(row),
    )  # fmt: skip
    return Letter(subject.spoken(row.language), text.spoken(row.language))


def news_mail(row: StatusSubscription, news: StatusNews) -> Letter:
    """Return news in the subscriber's language, with the way out."""
    words = Text(news.text_de, news.text_en)
    text = said(
        "{words}\n\nStatusseite: {page}\nKeine Nachrichten mehr: {end}\n",
        "{words}\n\nStatus page: {page}\nNo more news: {end}\n",
        words=words, page=absolute("service_levels:status"), end=end_link(row),
    )  # fmt: skip
    return Letter(Text(news.subject_de, news.subject_en).spoken(row.language), text.spoken(row.language))


def _token(row: StatusSubscription, salt: str) -> str:
    return signing.dumps([str(current_tenant()), str(row.pk)], salt=salt)


def _opened(token: str, salt: str) -> tuple[uuid.UUID, uuid.UUID]:
    tenant, row = signing.loads(token, salt=salt)
    return uuid.UUID(tenant), uuid.UUID(row)

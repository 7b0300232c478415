"""
Chatting with whoever is in the customer centre: a request that is answered on its own page.

What is kept besides stands in `models.ChatProfile` and nowhere else. Pages and elements are noted only for whoever
allowed it beforehand and whose browser does not refuse by itself, and are gone as soon as they take it back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kontor.kernel.actions.credentials import CredentialRefusedError, issue, resolve
from kontor.kernel.actions.mail import check_address
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.actions.centre_door import actor_of
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.models import Centre, CentrePerson, ChatActivity, ChatProfile, Ticket
from kontor.office.desk.queries.chats import ELEMENTS, system_of, words_key
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

CHAT: Final = "desk.chat"
CHAT_LASTS: Final = timedelta(hours=12)
FROM_ONE_ADDRESS: Final = 5  # chats begun within an hour; an office may share an address
AT_ALL: Final = 100  # within an hour, by whomever
NOTED_AT_MOST: Final = 500  # pages and elements of one chat
_NO_CHAT: Final = Text("Hier gibt es keinen Chat.", "There is no chat here.")
_TOO_MANY: Final = Text(
    "Gerade kommen zu viele Anfragen von hier. Bitte versuchen Sie es in einer Stunde wieder, oder schreiben Sie uns.",
    "Too many requests come from here just now. Please try again in an hour, or write to us.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """
    Who begins a chat, and what they sit before.

    address   of their network; agent  what their browser says of itself
    activity  they allow that pages and elements are noted
    person    who they are, where they are signed in here
    """

    email: str
    address: str
    agent: str
    activity: bool
    language: str
    person: CentrePerson | None = None


@transaction.atomic
def begin_chat(visitor: Visitor, text: str, *, at: datetime) -> tuple[ChatProfile, str]:
    """
    Take what somebody writes in as a request, and keep what a chat keeps; return that and the browser's secret for it.

    RefusalError where the centre has no chat, where no words came, or where too many come from one address;
    MailAddressError for what is no address.
    """
    check_address(visitor.email)
    if not Centre.objects.filter(open=True, chats=True).exists():
        raise RefusalError(_NO_CHAT)
    lately = ChatProfile.objects.filter(at__gt=at - timedelta(hours=1))
    if lately.filter(address=visitor.address).count() >= FROM_ONE_ADDRESS or lately.count() >= AT_ALL:
        raise RefusalError(_TOO_MANY)
    person = visitor.person
    asked = Asked(
        subject=text.strip().partition("\n")[0][:80], text=text, name=str(person) if person else "",
        email=visitor.email.strip(), channel=Ticket.Channel.CHAT, reported=at, language=visitor.language,
        party=person.party_id if person else None, contract=person.contract_id if person else None,
    )  # fmt: skip
    # who is signed in nowhere is known by nothing yet: the entry of the record names no address
    actor = actor_of(person) if person else Actor.outside(current_tenant(), "Chat")
    ticket = open_ticket(asked, at=at, actor=actor)
    profile = ChatProfile.objects.create(
        ticket=ticket, email=visitor.email.strip(), address=visitor.address, system=system_of(visitor.agent),
        activity=visitor.activity, words=words_key(), at=at,
    )  # fmt: skip
    return profile, issue(CHAT, profile.pk, expires_at=at + CHAT_LASTS, at=at)


def chat_behind(secret: str, *, at: datetime) -> ChatProfile | None:
    """Return the chat of the current tenant that a browser's secret belongs to; None for any other, or one too old."""
    try:
        tenant, profile_id = resolve(secret, CHAT, at)
    except CredentialRefusedError:
        return None
    if tenant != current_tenant():
        return None
    return ChatProfile.objects.filter(pk=profile_id).first()


@transaction.atomic
def note_activity(profile: ChatProfile, kind: str, what: str, *, at: datetime) -> bool:
    """Note a page or an element, and tell whether it was: never without consent, of unknown names, or without end."""
    row = ChatProfile.objects.select_for_update().get(pk=profile.pk)
    unknown = kind == ChatActivity.Kind.ELEMENT and what not in ELEMENTS
    if not row.activity or unknown or row.noted.count() >= NOTED_AT_MOST:
        return False
    ChatActivity.objects.create(profile=row, kind=kind, what=what[:60], at=at)
    return True


@transaction.atomic
def stop_noting(profile: ChatProfile, *, at: datetime) -> int:
    """Take the consent back: what was noted is deleted, and nothing is noted any more; return how much there was."""
    row = ChatProfile.objects.select_for_update().get(pk=profile.pk)
    row.activity = False
    row.save(update_fields=["activity"])
    gone, _ = ChatActivity.objects.filter(profile=row).delete()
    record("desk.noting_stopped", row, at=at, actor=Actor.outside(row.ticket_id, "Chat"))
    return gone

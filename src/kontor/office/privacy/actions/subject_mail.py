"""Requests that come by mail to the privacy address: an informal mail is enough (bookkeeping 14; GDPR Art. 12 (2))."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actor import Actor
from kontor.kernel.models import OutgoingMail
from kontor.office.privacy.actions.subjects import Asking, receive, step
from kontor.office.privacy.models import NoticeDetails, SubjectRequest
from kontor.rulebook.subject_request import kind_of

WORDS: Final = 5000  # of a longer mail the beginning; all of it lies with the mails that came in


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """
    A mail that somebody wrote.

    to       the addresses it went to
    answers  the keys of our own mails that it answers
    """

    sender: str
    name: str
    subject: str
    text: str
    language: str
    to: Collection[str]
    answers: Collection[uuid.UUID] = ()


@transaction.atomic
def take_subject_mail(mail: Written, *, received_at: datetime, at: datetime) -> SubjectRequest | None:
    """
    Take a mail to the current tenant's privacy address in; None for a mail to anywhere else.

    It opens a request with its clock, sorted by its words until a person looks, and its sender gets the receipt with
    the link by which the address is confirmed. A mail that answers ours about an open request of theirs is noted there.
    """
    if (known := _answered(mail)) is not None:
        step(known, "note", text=mail.text[:WORDS], at=at, actor=Actor.outside(known.pk, known.name))
        return known
    address = NoticeDetails.objects.values_list("email", flat=True).first()
    if address is None or address.casefold() not in {each.casefold() for each in mail.to}:
        return None
    words = f"{mail.subject}\n\n{mail.text}".strip()[:WORDS]
    asking = Asking(
        kind=kind_of(words), way=SubjectRequest.Way.MAIL, name=(mail.name.strip() or mail.sender)[:200],
        email=mail.sender, language=mail.language, words=words,
    )  # fmt: skip
    return receive(asking, at=at, received_at=received_at, actor=Actor("OUTSIDE", None, asking.name))


def _answered(mail: Written) -> SubjectRequest | None:
    ours = OutgoingMail.objects.filter(pk__in=list(mail.answers), about_kind=SubjectRequest._meta.label)
    about = [each for each in ours.values_list("about_id", flat=True) if each is not None]
    return SubjectRequest.objects.filter(pk__in=about, email__iexact=mail.sender, closed_at=None).first()

"""Asking people whether one may write to them: a form, a mail with a link, and an end that is as easy."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from kontor.kernel.actions.mail import NewMail, send_mails
from kontor.kernel.actions.matching import lasting_key
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Blob
from kontor.office.privacy.models import ConsentStep, ConsentText, Suppression
from kontor.office.privacy.queries.consents import (
    MATCHED,
    clauses,
    confirm_url,
    consent_of,
    digest,
    end_url,
    plain,
    text_of,
)
from kontor.rulebook.consent import State, form_lacks, reactivation_refused
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

Kind, Channel = ConsentStep.Kind, ConsentStep.Channel
ASKED_AGAIN_AFTER: Final = timedelta(minutes=10)  # so that nobody floods a stranger's mailbox from our form
ASKED_AN_HOUR: Final = 200  # whoever types strangers' addresses makes us send no more mail than this


@dataclass(frozen=True, slots=True, kw_only=True)
class Come:
    """From where a step came: by which way, from what network address, with what program."""

    channel: str
    address: str | None = None
    client: str = ""


@transaction.atomic
def publish_text(
    purpose: str, *, title: Text, text: Text, ticked: bool = False, at: datetime, actor: Actor
) -> ConsentText:
    """
    Publish what people are asked for a purpose; who agreed to an earlier edition is asked again.

    ticked  whether the form's box is ticked beforehand: RefusalError then, or without words (leisure Anhang 2, Regel 5)
    """
    if lacks := [*form_lacks(says=title, ticked=ticked), *form_lacks(says=text, ticked=False)]:
        raise RefusalError(lacks[0])
    before = text_of(purpose)
    sha256 = hashlib.sha256(text.de.encode() + b"\0" + text.en.encode()).digest()
    if before is not None and bytes(before.sha256) == sha256:
        raise RefusalError(Text("Genau dieser Text gilt schon.", "Exactly this text holds already."))
    made = ConsentText.objects.create(
        purpose=purpose, edition=before.edition + 1 if before else 1, title_de=title.de, title_en=title.en,
        text_de=text.de, text_en=text.en, sha256=sha256, at=at,
    )  # fmt: skip
    record("privacy.consent_text_published", made, at=at, actor=actor, after={"purpose": purpose})
    return made


@transaction.atomic
def ask_consent(
    text: ConsentText, email: str, *, come: Come, proof: Blob | None = None, at: datetime, actor: Actor = MACHINE
) -> ConsentStep | None:
    """
    Keep that somebody wants mail, and ask the address itself by a link.

    None where it agreed or was asked just now, and where the open form has had so many asked within the hour.

    proof  the paper of a form that was not filled in here; it is asked all the same. MailAddressError for no address.
    """
    _one_at_a_time(email)
    found = consent_of(email, text)
    if found.state.value is State.GIVEN or any(
        step.kind == Kind.ASKED and step.at > at - ASKED_AGAIN_AFTER for step in found.steps
    ):
        return None
    if come.channel == Channel.FORM and _asked_by_form(at) >= ASKED_AN_HOUR:
        return None
    made = _step(text, email, Kind.ASKED, come=come, proof=proof, at=at, actor=actor)
    send_mails([_question(text, made)], at=at)
    return made


@transaction.atomic
def confirm_consent(step: uuid.UUID, *, come: Come, at: datetime) -> ConsentStep:
    """Keep that a mail's link was used; RefusalError where something else was asked or said since."""
    asked = ConsentStep.objects.select_related("text").get(pk=step, kind=Kind.ASKED)
    _one_at_a_time(asked.email)
    found = consent_of(asked.email, asked.text)
    if found.state.value is State.GIVEN:
        return found.steps[-1]
    newest = next(each for each in reversed(found.steps) if each.kind in {Kind.ASKED, Kind.WITHDRAWN})
    if newest.pk != asked.pk or found.text.pk != asked.text_id:
        raise RefusalError(
            Text(
                "Dieser Link gilt nicht mehr: Seitdem wurde anderes gefragt oder gesagt.",
                "This link is good no longer: something else was asked or said since.",
            )
        )
    return _step(asked.text, asked.email, Kind.CONFIRMED, come=come, at=at, actor=MACHINE)


@transaction.atomic
def withdraw_consent(
    text: ConsentText, email: str, *, come: Come, at: datetime, actor: Actor = MACHINE
) -> ConsentStep | None:
    """Take a consent back, at once and for good; None where it is back already. What is left is a hash."""
    _one_at_a_time(email)
    found = consent_of(email, text)
    if found.state.value is State.WITHDRAWN:
        return None
    made = _step(text, email, Kind.WITHDRAWN, come=come, at=at, actor=actor)
    Suppression.objects.create(digest=digest(lasting_key(MATCHED), email, text.purpose), at=at)
    return made


@transaction.atomic
def reactivate(text: ConsentText, email: str, *, request: Blob | None, at: datetime, actor: Actor) -> ConsentStep:
    """Take an address up again by hand; RefusalError without the person's own written request (leisure Anhang 3)."""
    _one_at_a_time(email)
    why = reactivation_refused(consent_of(email, text).state.value, written=request is not None)
    if why is not None:
        raise RefusalError(why)
    return _step(text, email, Kind.REACTIVATED, come=Come(channel=Channel.STAFF), proof=request, at=at, actor=actor)


def _step(
    text: ConsentText, email: str, kind: str, *, come: Come, at: datetime, actor: Actor, proof: Blob | None = None
) -> ConsentStep:
    made = ConsentStep.objects.create(
        text=text, email=plain(email), kind=kind, channel=come.channel, address=come.address,
        client=come.client[:400], proof=proof, by_name=actor.name, at=at,
    )  # fmt: skip
    told = {"purpose": text.purpose, "edition": text.edition, "channel": come.channel}
    clause = next((each.number for each in clauses()), "")
    record(f"privacy.consent_{kind.lower()}", made, at=at, actor=actor, clause=clause, after=told)
    return made


def _question(text: ConsentText, asked: ConsentStep) -> NewMail:
    words = "\n\n".join(
        (
            f"{text.title_de}\n{text.text_de}",
            f"Wenn Sie das möchten, bestätigen Sie es bitte hier: {confirm_url(asked)}",
            "Sonst tun Sie nichts; dann schreiben wir Ihnen nicht.",
            f"{text.title_en}\n{text.text_en}",
            f"If you would like that, please confirm it here: {confirm_url(asked)}",
            "Otherwise do nothing; we will not write to you then.",
        )
    )
    subject = f"{text.title_de} / {text.title_en}"
    return NewMail(to=asked.email, subject=subject, text=words, about=asked, unsubscribe=end_url(asked))


def _asked_by_form(at: datetime) -> int:
    within = ConsentStep.objects.filter(kind=Kind.ASKED, channel=Channel.FORM, at__gt=at - timedelta(hours=1))
    return within.count()


def _one_at_a_time(email: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"consent {plain(email)}"])

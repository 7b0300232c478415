"""Letters about late claims: reminders, threats and statements, each printed with its arithmetic, kept and mailed."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.pdf import render
from kontor.kernel.rows import exactly_one, uuid7
from kontor.office.books import public as books
from kontor.office.contracts.actions.claiming import refresh_one
from kontor.office.contracts.models import Claim, ClaimLetter
from kontor.office.contracts.queries.claim_papers import LetterWords, claim_mail, claim_paper, words_of
from kontor.office.contracts.queries.claims import Facts, facts_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.parties import public as parties
from kontor.rulebook.claim import ClaimState
from kontor.rulebook.period import last_day_after
from kontor.rulebook.ruling import Ruling, Text

TEMPLATE = "office/contracts/typst/claim.typ"
RECEIVED = "contracts.claim_letter_received"


class ClaimRefusedError(Exception):
    """Something cannot be done with a claim; `text` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A letter to be sent: which kind and step, on which day, until when to pay."""

    kind: str
    key: str
    on: date
    pay_until: date


def send_letter(facts: Facts, posting: Posting, *, at: datetime, actor: Actor) -> ClaimLetter:
    """
    Print, keep and mail one letter; the database refuses the same step twice.

    RefusalError where a day's rate is on no file: no letter goes out with an amount nobody can prove.
    """
    ruling = facts.on(posting.on)
    words = words_of(facts, posting.kind, posting.key, pay_until=posting.pay_until, on=posting.on)
    file = keep(
        _printed(facts, posting, ruling.value, words, at=at),
        name=f"{facts.row.number}-{posting.key}.pdf",
        media_type="application/pdf",
        at=at,
        customer_tenant=facts.row.customer_tenant_id,
    )
    letter = ClaimLetter(
        id=uuid7(),
        claim=facts.row,
        customer_tenant_id=facts.row.customer_tenant_id,
        key=posting.key,
        kind=posting.kind,
        sent_on=posting.on,
        pay_until=posting.pay_until,
        total_minor=ruling.value.total.minor,
        file=file,
        ruling=_stored(facts, ruling, at=at),
        at=at,
    )
    letter.save(force_insert=True)
    subject, text = claim_mail(facts, words, ruling.value, pay_until=posting.pay_until)
    send_mail(
        to=parties.card(facts.invoice.party).email,
        subject=subject,
        text=text,
        attachments=[(file.name, file.media_type, file)],
        about=facts.row,
        at=at,
        then=(RECEIVED, {"letter": str(letter.pk)}),
    )
    after = {"step": posting.key, "total_minor": letter.total_minor, "pay_until": posting.pay_until}
    record("contracts.claim_letter_sent", facts.row, at=at, actor=actor, ruling=letter.ruling, after=after)
    return letter


@transaction.atomic
def threaten(claim_id: uuid.UUID, *, at: datetime, actor: Actor) -> ClaimLetter:
    """
    Threaten in text form to end the contract, with the time that the pack demands (visitor, 4.6.2: two weeks).

    ClaimRefusedError where the contract asks for no threat, nothing is overdue, or one was sent.
    """
    facts = _locked(claim_id)
    rule = facts.terms.termination
    if rule is None or rule.threat is None:
        raise ClaimRefusedError(
            Text("Der Vertrag verlangt keine Androhung.", "The contract does not ask for a threat.")
        )
    _refuse_quiet(facts, "threat")
    today = facts.today(at)
    posting = Posting(
        kind=ClaimLetter.Kind.THREAT, key="threat", on=today, pay_until=last_day_after(today, rule.threat)
    )
    letter = send_letter(facts, posting, at=at, actor=actor)
    refresh_one(claim_id, at=at)
    return letter


@transaction.atomic
def send_statement(claim_id: uuid.UUID, *, pay_until: date, at: datetime, actor: Actor) -> ClaimLetter:
    """
    Send what is owed today as a statement: interest and lump sum without VAT, no e-invoice.

    ClaimRefusedError where nothing is owed, a statement went out today, or the day to pay lies behind.
    """
    facts = _locked(claim_id)
    today = facts.today(at)
    key = f"statement-{today.isoformat()}"
    _refuse_quiet(facts, key)
    if pay_until < today:
        raise ClaimRefusedError(Text("Der Zahltag liegt zurück.", "The day to pay lies behind."))
    posting = Posting(kind=ClaimLetter.Kind.STATEMENT, key=key, on=today, pay_until=pay_until)
    return send_letter(facts, posting, at=at, actor=actor)


@transaction.atomic
def note_received(letter_id: uuid.UUID, *, on: date, proof: str, at: datetime, actor: Actor) -> None:
    """Note the day on which a letter reached its reader; the earliest day that is known counts."""
    letter = ClaimLetter.objects.select_for_update(of=("self",)).select_related("claim").get(pk=letter_id)
    if on < letter.sent_on:
        raise ClaimRefusedError(
            Text("Ein Brief kann nicht vor dem Versand zugehen.", "A letter cannot arrive before it was sent.")
        )
    if letter.received_on and letter.received_on <= on:
        return
    exactly_one(ClaimLetter.objects.filter(pk=letter_id).update(received_on=on, proof=proof))
    after = {"step": letter.key, "received_on": on, "proof": proof}
    record("contracts.claim_letter_received", letter.claim, at=at, actor=actor, after=after)
    refresh_one(letter.claim_id, at=at)


def note_mail_taken(letter_id: uuid.UUID, *, at: datetime) -> None:
    """Note that the customer's mail server has a letter: received on that civil day, in the contract's zone."""
    letter = ClaimLetter.objects.select_related("claim__contract").get(pk=letter_id)
    zone = ZoneInfo(pack_of_terms(letter.claim.contract.terms).zone)
    proof = at.astimezone(zone).isoformat(timespec="seconds")
    on = max(at.astimezone(zone).date(), letter.sent_on)
    note_received(letter_id, on=on, proof=proof, at=at, actor=MACHINE)


def _locked(claim_id: uuid.UUID) -> Facts:
    row = Claim.objects.select_for_update(of=("self",)).select_related("contract", "contract__offer").get(pk=claim_id)
    (facts,) = facts_of([row])
    return facts


def _refuse_quiet(facts: Facts, key: str) -> None:
    if facts.row.settled_on or facts.row.written_off_on or facts.row.disputed_on:
        raise ClaimRefusedError(
            Text(
                "Zu einer erledigten, ausgebuchten oder bestrittenen Forderung geht kein Brief hinaus.",
                "No letter goes out about a claim that is settled, written off or disputed.",
            )
        )
    if any(letter.key == key for letter in facts.letters):
        raise ClaimRefusedError(Text("Dieser Brief ist schon versandt.", "This letter has been sent already."))


def _printed(facts: Facts, posting: Posting, state: ClaimState, words: LetterWords, *, at: datetime) -> bytes:
    seller, party = books.seller_card(facts.invoice.seller), parties.card(facts.invoice.party)
    paper = claim_paper(facts, state, words, seller=seller, party=party, on=posting.on, pay_until=posting.pay_until)
    return render(settings.SOURCE / TEMPLATE, paper, at=at)


def _stored(facts: Facts, ruling: Ruling[ClaimState], *, at: datetime) -> uuid.UUID:
    return store_ruling(
        ruling.map(lambda state: state.total),
        question="contracts.claim",
        at=at,
        pack=facts.contract.pack,
        version=facts.contract.version,
        customer_tenant=facts.row.customer_tenant_id,
    )

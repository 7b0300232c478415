"""Letters about late claims: reminders, threats and statements, each printed with its arithmetic, kept and mailed."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from kontor.kernel.actions.blobs import NewFile, keep_many
from kontor.kernel.actions.mail import NewMail, check_address, send_mails
from kontor.kernel.actions.record import Deed, record, record_many
from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Blob
from kontor.kernel.pdf import render
from kontor.kernel.rows import exactly_one, uuid7
from kontor.office.books import public as books
from kontor.office.contracts.actions.claiming import refresh_one
from kontor.office.contracts.models import Claim, ClaimLetter
from kontor.office.contracts.queries.claim_papers import claim_mail, claim_paper, words_of
from kontor.office.contracts.queries.claims import Facts, facts_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.parties import public as parties
from kontor.rulebook.claim import ClaimState
from kontor.rulebook.period import last_day_after
from kontor.rulebook.refusal import RefusalError
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


@dataclass(frozen=True, slots=True)
class Unsent:
    """A letter that could not be written, and why; the others went out."""

    facts: Facts
    text: Text


@dataclass(frozen=True, slots=True)
class _Written:
    """A letter before it goes out: what it says, printed, and to whom."""

    facts: Facts
    posting: Posting
    ruling: Ruling[ClaimState]
    printed: bytes
    mail: NewMail


def send_letter(facts: Facts, posting: Posting, *, at: datetime, actor: Actor) -> ClaimLetter:
    """
    Print, keep and mail one letter; the database refuses the same step twice.

    RefusalError where a day's rate is on no file: no letter goes out with an amount nobody can prove.
    """
    (letter,) = _sent([_written(facts, posting, *_cards([facts]), at=at)], at=at, actor=actor)
    return letter


@transaction.atomic
def send_letters(
    wanted: Sequence[tuple[Facts, Posting]], *, at: datetime, actor: Actor
) -> tuple[list[ClaimLetter], list[Unsent]]:
    """
    Print, keep and mail letters about different claims in a fixed number of queries; one error holds up no other.

    Unsent are those with a rate on no file or a customer without an address.
    """
    sellers, cards = _cards([facts for facts, _ in wanted])
    written, unsent = [], []
    for facts, posting in wanted:
        try:
            written.append(_written(facts, posting, sellers, cards, at=at))
        except (RefusalError, ValueError) as refused:
            unsent.append(Unsent(facts, getattr(refused, "text", Text(str(refused), str(refused)))))
    return _sent(written, at=at, actor=actor), unsent


def _cards(found: Sequence[Facts]) -> tuple[Mapping[uuid.UUID, books.SellerCard], Mapping[uuid.UUID, parties.Card]]:
    return (
        books.seller_cards({facts.invoice.seller for facts in found}),
        parties.cards({facts.invoice.party for facts in found}),
    )


def _written(
    facts: Facts,
    posting: Posting,
    sellers: Mapping[uuid.UUID, books.SellerCard],
    cards: Mapping[uuid.UUID, parties.Card],
    *,
    at: datetime,
) -> _Written:
    ruling = facts.on(posting.on)
    words = words_of(facts, posting.kind, posting.key, pay_until=posting.pay_until, on=posting.on)
    seller, party = sellers[facts.invoice.seller], cards[facts.invoice.party]
    subject, text = claim_mail(facts, words, ruling.value, pay_until=posting.pay_until)
    check_address(party.email)
    paper = claim_paper(
        facts, ruling.value, words, seller=seller, party=party, on=posting.on, pay_until=posting.pay_until
    )
    printed = render(settings.SOURCE / TEMPLATE, paper, at=at)
    return _Written(facts, posting, ruling, printed, NewMail(to=party.email, subject=subject, text=text))


def _sent(written: Sequence[_Written], *, at: datetime, actor: Actor) -> list[ClaimLetter]:
    files = keep_many([_file(each) for each in written], at=at)
    stored = store_rulings([_decision(each) for each in written], at=at)
    letters = ClaimLetter.objects.bulk_create(
        _letter(each, file, ruling, at=at) for each, file, ruling in zip(written, files, stored, strict=True)
    )
    together = list(zip(written, files, letters, strict=True))
    send_mails([_mail(each, file, letter) for each, file, letter in together], at=at)
    record_many(_deed(each, letter, at=at, actor=actor) for each, _, letter in together)
    return letters


def _file(each: _Written) -> NewFile:
    row = each.facts.row
    name = f"{row.number}-{each.posting.key}.pdf"
    return NewFile(data=each.printed, name=name, media_type="application/pdf", customer_tenant=row.customer_tenant_id)


def _letter(each: _Written, file: Blob, ruling: uuid.UUID, *, at: datetime) -> ClaimLetter:
    row, posting = each.facts.row, each.posting
    return ClaimLetter(
        id=uuid7(),
        claim=row,
        customer_tenant_id=row.customer_tenant_id,
        key=posting.key,
        kind=posting.kind,
        sent_on=posting.on,
        pay_until=posting.pay_until,
        total_minor=each.ruling.value.total.minor,
        file=file,
        ruling=ruling,
        at=at,
    )


def _mail(each: _Written, file: Blob, letter: ClaimLetter) -> NewMail:
    attached = [(file.name, file.media_type, file)]
    return replace(each.mail, attachments=attached, about=each.facts.row, then=(RECEIVED, {"letter": str(letter.pk)}))


def _deed(each: _Written, letter: ClaimLetter, *, at: datetime, actor: Actor) -> Deed:
    after = {"step": letter.key, "total_minor": letter.total_minor, "pay_until": letter.pay_until}
    return Deed(
        verb="contracts.claim_letter_sent", thing=each.facts.row, at=at, actor=actor, ruling=letter.ruling, after=after
    )


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


def _decision(each: _Written) -> Decision:
    contract = each.facts.contract
    return Decision(
        ruling=each.ruling.map(lambda state: state.total),
        question="contracts.claim",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=each.facts.row.customer_tenant_id,
    )

"""Registers about handing on and falling out: transfer of the contract, another site, disputes, the source code."""

from typing import Final

from kontor.rulebook.period import latest_before
from kontor.rulebook.registers.shape import (
    Circumstances,
    Deadline,
    Facts,
    Field,
    Kind,
    Register,
    Standing,
    choices,
    clauses_of,
    stood,
)
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import day, said

_GIVEN: Final = Text("erteilt", "given")
_IDLE: Final = Text("ohne Wirkung", "without effect")


def _transfer_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    rules = pack.transfer
    found = (rules.customer_needs_consent, rules.provider_notice) if rules else ()
    return clauses_of(*found)


def _transfer(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """The provider announces ahead, the customer needs consent; a refusal has a reason (SO-070, AP-052, FW-056)."""
    rules, clauses = seen.pack.transfer, _transfer_clauses(seen.pack)
    if facts["by"] == "provider":
        if rules is None or rules.provider_notice is None:
            return stood(Standing(Text("wirksam mit dem Tag", "effective on its day"), "good"), clauses, facts)
        last = latest_before(facts["effective_on"], rules.provider_notice.value)
        watch = (Deadline(last, Text("Letzter Tag für die Ankündigung", "Last day for the announcement")),)
        announced = facts.get("announced_on")
        if announced is None:
            lacks = (Text("die Ankündigung", "the announcement"),)
            return stood(
                Standing(Text("nicht angekündigt", "not announced"), "warn", watch, lacks=lacks), clauses, facts
            )
        if announced <= last:
            return stood(Standing(Text("rechtzeitig angekündigt", "announced in time"), "good", watch), clauses, facts)
        return stood(Standing(Text("zu spät angekündigt", "announced too late"), "bad", watch), clauses, facts)
    return stood(_asked(facts, seen), clauses, facts)


def _asked(facts: Facts, seen: Circumstances) -> Standing:
    """How a customer's transfer stands: without effect until consent, and until new prices where these may change."""
    rules, consent = seen.pack.transfer, facts.get("consent")
    if consent == "refused":
        reasoned = bool(facts.get("reason"))
        lacks = () if reasoned else (Text("der Grund der Ablehnung", "the reason for the refusal"),)
        return Standing(Text("abgelehnt", "refused"), "bad", lacks=lacks)
    if consent != "given":
        return Standing(_IDLE, "warn", lacks=(Text("die Zustimmung", "the consent"),))
    if rules and rules.prices_may_change and not facts.get("terms_settled"):
        return Standing(
            Text("ohne Wirkung", "without effect"), "warn", lacks=(Text("die neuen Preise", "the new prices"),)
        )
    return Standing(said("wirksam ab {on}", "effective from {on}", on=day(facts["effective_on"])), "good")


TRANSFER: Final = Register(
    "transfer",
    Text("Übertragung des Vertrags", "Transfer of the contract"),
    Text(
        "Wer den Vertrag weitergibt, an wen, und ob es gilt", "Who hands the contract on, to whom, and whether it holds"
    ),
    lambda _pack: (
        Field(
            "by",
            Text("Wer überträgt", "Who transfers"),
            Kind.CHOICE,
            required=True,
            choices=(("provider", Text("Anbieter", "Provider")), ("customer", Text("Kunde", "Customer"))),
        ),
        Field("what", Text("An wen", "To whom"), Kind.TEXT, required=True),
        Field("effective_on", Text("Wirksam ab", "Effective from"), Kind.DAY, required=True),
        Field("announced_on", Text("Angekündigt am", "Announced on"), Kind.DAY),
        Field(
            "consent",
            Text("Zustimmung", "Consent"),
            Kind.CHOICE,
            choices=(("given", _GIVEN), ("refused", Text("abgelehnt", "refused"))),
        ),
        Field("reason", Text("Grund der Ablehnung", "Reason for the refusal"), Kind.TEXT),
        Field("terms_settled", Text("Neue Preise vereinbart", "New prices agreed"), Kind.YES),
    ),
    _transfer_clauses,
    _transfer,
)


def _subcontracting_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    allowed = pack.transfer.subcontracting if pack.transfer else None
    return allowed.clauses if allowed else ()


def _subcontracted(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """A task in another's hands names them; the provider stays liable for it (AP-052)."""
    until = facts.get("until_on")
    if until is not None and until < seen.today:
        state = said("bis {on} durch {to}", "by {to} until {on}", to=facts["to"], on=day(until))
        return stood(Standing(state), _subcontracting_clauses(seen.pack), facts)
    state = said("durch {to}, der Anbieter haftet", "by {to}, the provider is liable", to=facts["to"])
    return stood(Standing(state, "good"), _subcontracting_clauses(seen.pack), facts)


SUBCONTRACTING: Final = Register(
    "subcontracting",
    Text("Unteraufträge", "Subcontracted tasks"),
    Text("Welche Aufgaben andere ausführen, und wer", "Which tasks others carry out, and who"),
    lambda _pack: (
        Field("what", Text("Aufgabe", "Task"), Kind.TEXT, required=True),
        Field("to", Text("Unterauftragnehmer", "Subcontractor"), Kind.TEXT, required=True),
        Field("from_on", Text("Ab", "From"), Kind.DAY, required=True),
        Field("until_on", Text("Bis", "Until"), Kind.DAY),
    ),
    _subcontracting_clauses,
    _subcontracted,
)


def _site_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    reported = pack.cooperation.site_change_reported if pack.cooperation else None
    return reported.clauses if reported else ()


def _site(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """A new site waits for an amendment (AP-015)."""
    if facts.get("amended_on"):
        standing = Standing(said("vereinbart am {on}", "agreed on {on}", on=day(facts["amended_on"])), "good")
    else:
        lacks = (Text("der Nachtrag", "the amendment"),)
        standing = Standing(Text("wartet auf einen Nachtrag", "waits for an amendment"), "warn", lacks=lacks)
    return stood(standing, _site_clauses(seen.pack), facts)


SITES: Final = Register(
    "sites",
    Text("Wechsel des Standorts", "Change of site"),
    Text("Gemeldete Standorte, bis sie vereinbart sind", "Reported sites, until they are agreed"),
    lambda _pack: (
        Field("what", Text("Neuer Standort", "New site"), Kind.TEXT, required=True),
        Field("reported_on", Text("Gemeldet am", "Reported on"), Kind.DAY, required=True),
        Field("amended_on", Text("Nachtrag vom", "Amendment of"), Kind.DAY),
    ),
    _site_clauses,
    _site,
)


def _dispute_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    first = pack.jurisdiction.settlement_first if pack.jurisdiction else None
    return first.clauses if first else ()


def _dispute(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """A dispute goes to court after an attempt to settle only (SO-074)."""
    tried, court = facts.get("tried_on"), facts.get("court_on")
    if facts.get("settled_on"):
        standing = Standing(Text("beigelegt", "settled"), "good")
    elif tried is None or (court is not None and court < tried):
        lacks = (Text("der Einigungsversuch", "the attempt to settle"),)
        standing = Standing(Text("noch nicht vor Gericht", "not before court yet"), "warn", lacks=lacks)
    elif court is not None:
        standing = Standing(said("vor Gericht seit {on}", "before court since {on}", on=day(court)), "bad")
    else:
        standing = Standing(Text("Einigung versucht", "settlement tried"), "warn")
    return stood(standing, _dispute_clauses(seen.pack), facts)


DISPUTES: Final = Register(
    "disputes",
    Text("Streitfälle", "Disputes"),
    Text("Erst die Einigung, dann das Gericht", "Settlement first, then court"),
    lambda _pack: (
        Field("what", Text("Worum gestritten wird", "What it is about"), Kind.TEXT, required=True),
        Field("tried_on", Text("Einigung versucht am", "Settlement tried on"), Kind.DAY),
        Field("court_on", Text("Bei Gericht seit", "Before court since"), Kind.DAY),
        Field("settled_on", Text("Beigelegt am", "Settled on"), Kind.DAY),
    ),
    _dispute_clauses,
    _dispute,
)


def _escrow_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    events = pack.licence.source_release_events if pack.licence else None
    return events.clauses if events else ()


def _escrow_fields(pack: TermsPack) -> tuple[Field, ...]:
    events = pack.licence.source_release_events if pack.licence else None
    return (
        Field("what", Text("Hinterlegte Version", "Deposited version"), Kind.TEXT, required=True),
        Field("deposited_on", Text("Hinterlegt am", "Deposited on"), Kind.DAY, required=True),
        Field("event", Text("Ereignis", "Event"), Kind.CHOICE, choices=choices(events.value) if events else ()),
        Field("proved_on", Text("Nachgewiesen am", "Proved on"), Kind.DAY),
        Field("signed_on", Text("Verpflichtung unterschrieben am", "Undertaking signed on"), Kind.DAY),
        Field("signed_by", Text("Unterschrieben von", "Signed by"), Kind.TEXT),
        Field("released_on", Text("Herausgegeben am", "Released on"), Kind.DAY),
    )


_NO_EVENT: Final = Text(
    "Der Quellcode wird nur nach einem der Ereignisse herausgegeben, mit Nachweis.",
    "The source code is released after one of the events only, with its evidence.",
)
_UNSIGNED: Final = Text(
    "Erst die Unterschrift, dann die Herausgabe: Der Quellcode bleibt vertraulich und dient nur der Fehlerbehebung.",
    "First the signature, then the release: the source code stays confidential and serves to correct faults only.",
)


def _escrow(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """The source code is released on one of the pack's events, with evidence, once signed for (AP-039)."""
    event = facts.get("event") and facts.get("proved_on") is not None and "event" in seen.proved
    signed = facts.get("signed_on") is not None and bool(facts.get("signed_by"))
    if facts.get("released_on"):
        refused = None if event and signed else _UNSIGNED if event else _NO_EVENT
        state = said("herausgegeben am {on}", "released on {on}", on=day(facts["released_on"]))
        standing = Standing(state, "good", refused=refused)
    elif event and signed:
        lacks = (Text("die Herausgabe", "the release"),)
        standing = Standing(Text("herauszugeben", "to be released"), "warn", lacks=lacks)
    elif event:
        lacks = (Text("die Unterschrift", "the signature"),)
        standing = Standing(
            Text("herauszugeben gegen Unterschrift", "to be released once signed for"), "warn", lacks=lacks
        )
    elif facts.get("event"):
        lacks = (Text("der Nachweis des Ereignisses", "the evidence of the event"),)
        standing = Standing(Text("Ereignis nicht nachgewiesen", "event without evidence"), "warn", lacks=lacks)
    else:
        standing = Standing(Text("hinterlegt", "deposited"), "good")
    return stood(standing, _escrow_clauses(seen.pack), facts)


ESCROW: Final = Register(
    "escrow",
    Text("Hinterlegter Quellcode", "Source code in escrow"),
    Text("Was hinterlegt ist, und wann es herauszugeben ist", "What is deposited, and when it is to be released"),
    _escrow_fields,
    _escrow_clauses,
    _escrow,
)

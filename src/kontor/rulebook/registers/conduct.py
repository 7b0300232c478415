"""Registers about how the parties deal with each other: contacts, secrets, marks, claims of third parties."""

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal

from kontor.rulebook.period import last_day_after
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

_WHAT: Final = Text("Worum es geht", "What it is about")
_COMPLETE: Final = Text("vollständig", "complete")
_ALONE: Final = Text(
    "Anerkannt wird erst nach der Abstimmung: Tragen Sie zuerst ein, wann Sie sich abgestimmt haben.",
    "Nothing is acknowledged before the consultation: enter first when you consulted each other.",
)


def _contact_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    rules = pack.cooperation
    found = (rules.named_signatory, rules.contact) if rules else ()
    return clauses_of(*found)


_AUTHORITY: Final = ("email", "declares", "orders", "notified_on")


def _evidenced(facts: Facts, proved: frozenset[str]) -> bool:
    return all(key in proved for key in _AUTHORITY if facts.get(key))


def evidenced(versions: Iterable[tuple[Facts, frozenset[str]]], on: date) -> Facts | None:
    """
    Return what counts of a contact on a day, None while no paper proves anything of it.

    versions  what was known, the newest first, each with the facts that came with a paper: what was entered without
              one activates nothing, and what stood before it goes on (SO-072)
    """
    for facts, proved in versions:
        since = facts.get("notified_on")
        if since is not None and since <= on and _evidenced(facts, proved):
            return facts
    return None


def acts(facts: Facts, right: Literal["declares", "orders"], on: date) -> bool:
    """Tell whether a contact, as it counts, may declare or order for the customer on a day."""
    until = facts.get("until_on")
    return bool(facts.get(right)) and (until is None or on <= until)


def _contact(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """A contact counts once notified in writing, kept on file where it may act for the customer (SO-072, FW-036)."""
    clauses, since, until = _contact_clauses(seen.pack), facts.get("notified_on"), facts.get("until_on")
    acts = facts.get("declares") or facts.get("orders")
    if acts and not _evidenced(facts, seen.proved):
        lacks = (Text("der schriftliche Nachweis", "the written evidence"),)
        standing = Standing(Text("nicht wirksam", "not active"), "warn", lacks=lacks)
    elif since is None:
        lacks = (Text("die schriftliche Mitteilung", "the written notification"),)
        standing = Standing(Text("nicht wirksam", "not active"), "warn", lacks=lacks)
    elif until is not None and until < seen.today:
        standing = Standing(said("bis {on}", "until {on}", on=day(until)))
    else:
        standing = Standing(said("wirksam seit {on}", "active since {on}", on=day(since)), "good")
    return stood(standing, clauses, facts)


CONTACTS: Final = Register(
    "contacts",
    Text("Ansprechpersonen und Zeichner", "Contacts and signatories"),
    Text("Wer Erklärungen abgibt, empfängt und bestellt", "Who makes and receives declarations, and who orders"),
    lambda _pack: (
        Field("name", Text("Name", "Name"), Kind.TEXT, required=True),
        Field("email", Text("E-Mail", "E-mail"), Kind.TEXT, required=True),
        Field("function", Text("Funktion", "Function"), Kind.TEXT, required=True),
        Field("declares", Text("Gibt und empfängt Erklärungen", "Makes and receives declarations"), Kind.YES),
        Field("orders", Text("Darf bestellen", "May order"), Kind.YES),
        Field("notified_on", Text("Schriftlich mitgeteilt am", "Notified in writing on"), Kind.DAY),
        Field("until_on", Text("Gilt bis", "Valid until"), Kind.DAY),
    ),
    _contact_clauses,
    _contact,
)


def secrecy_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    """Return the clauses of a pack about secrets; () where it has none."""
    rules = pack.confidentiality
    found = (rules.after_end, rules.unlimited, rules.disclosure_rules) if rules else ()
    return clauses_of(*found)


def secrecy(seen: Circumstances) -> Ruling[Standing]:
    """
    Return until when secrets of the contract are kept: for ever, or a time after its end (SO-046, FW-051, AP-042).

    Where the pack says nothing the standing says so and names no clause.
    """
    rules, clauses = seen.pack.confidentiality, secrecy_clauses(seen.pack)
    if rules is not None and rules.unlimited is not None:
        return Ruling(Standing(Text("gilt ohne Ende", "in force, no end date"), "good"), clauses)
    if rules is None or rules.after_end is None:
        return Ruling(Standing(Text("nicht geregelt", "not regulated")), clauses)
    if seen.ends is None:
        state = said(
            "gilt bis {after} nach dem Ende", "in force until {after} after the end", after=rules.after_end.value.spoken
        )
        return Ruling(Standing(state, "good"), clauses)
    last = last_day_after(seen.ends, rules.after_end.value)
    watch = (Deadline(last, Text("Vertraulichkeit endet", "Confidentiality ends")),)
    state = said("gilt bis {last}", "in force until {last}", last=day(last))
    if seen.today > last:
        state = said("endete am {last}", "ended on {last}", last=day(last))
    return Ruling(Standing(state, "good" if seen.today <= last else "", watch), clauses)


def _disclosure_fields(pack: TermsPack) -> tuple[Field, ...]:
    rules = pack.confidentiality
    listed = (rules.disclosure_rules or rules.exceptions) if rules else None
    bases = choices(listed.value) if listed else (("consent", Text("Mit Zustimmung", "With consent")),)
    return (
        Field("what", Text("Was offengelegt wurde", "What was disclosed"), Kind.TEXT, required=True),
        Field("to", Text("Empfänger", "Recipient"), Kind.TEXT, required=True),
        Field("basis", Text("Grund", "Ground"), Kind.CHOICE, required=True, choices=bases),
        Field("on", Text("Offengelegt am", "Disclosed on"), Kind.DAY, required=True),
        Field("told_on", Text("Der anderen Seite mitgeteilt am", "Other side told on"), Kind.DAY),
        Field("extent", Text("Notwendiger Umfang", "Necessary extent"), Kind.TEXT),
    )


def _disclosure(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """A disclosure is closed only with the day of notice and its extent (FW-051, AP-042)."""
    wanted = (
        ("told_on", Text("der Tag der Mitteilung", "the day of notice")),
        ("extent", Text("der Umfang", "the extent")),
    )
    lacks = tuple(words for key, words in wanted if not facts.get(key))
    standing = (
        Standing(Text("unvollständig", "incomplete"), "warn", lacks=lacks) if lacks else Standing(_COMPLETE, "good")
    )
    return stood(standing, secrecy_clauses(seen.pack), facts)


DISCLOSURES: Final = Register(
    "disclosures",
    Text("Vertraulichkeit", "Confidentiality"),
    Text(
        "Offengelegte Geheimnisse, mit Grund, Mitteilung und Umfang",
        "Secrets disclosed, with ground, notice and extent",
    ),
    _disclosure_fields,
    secrecy_clauses,
    _disclosure,
)


def _reference_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    rules = pack.references
    found = (rules.provider_may_name, rules.marks_need_consent) if rules else ()
    return clauses_of(*found)


def _reference(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """The provider may name the customer; the provider's marks need written consent with a scope (FW-053, AP-041)."""
    clauses = _reference_clauses(seen.pack)
    if facts["by"] == "provider":
        named = {"clause": str(clauses[0]), "purpose": facts["purpose"]}
        state = said("erlaubt nach {clause}, Zweck: {purpose}", "allowed by {clause}, purpose: {purpose}", **named)
        return stood(Standing(state, "good"), clauses, facts)
    wanted = (
        ("consent_on", Text("die schriftliche Zustimmung", "the written consent")),
        ("scope", Text("ihr Umfang", "its scope")),
    )
    lacks = tuple(words for key, words in wanted if not facts.get(key))
    if lacks:
        return stood(Standing(Text("nicht erlaubt", "not allowed"), "bad", lacks=lacks), clauses, facts)
    return stood(Standing(Text("erlaubt im genannten Umfang", "allowed within its scope"), "good"), clauses, facts)


REFERENCES: Final = Register(
    "references",
    Text("Referenzen und Marken", "References and marks"),
    Text("Wer wen nennt, mit welchem Zeichen und wozu", "Who names whom, by which mark, and what for"),
    lambda _pack: (
        Field(
            "by",
            Text("Wer nennt", "Who names"),
            Kind.CHOICE,
            required=True,
            choices=(
                ("provider", Text("Anbieter nennt den Kunden", "Provider names the customer")),
                ("customer", Text("Kunde nutzt Zeichen des Anbieters", "Customer uses the provider's marks")),
            ),
        ),
        Field("what", Text("Name, Logo, Marke", "Name, logo, mark"), Kind.TEXT, required=True),
        Field("purpose", Text("Zweck", "Purpose"), Kind.TEXT, required=True),
        Field("consent_on", Text("Schriftlich erlaubt am", "Allowed in writing on"), Kind.DAY),
        Field("scope", Text("Umfang der Zustimmung", "Scope of the consent"), Kind.TEXT),
    ),
    _reference_clauses,
    _reference,
)


def _claim_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    rules = pack.claims
    found = (rules.notice_form, rules.told_without_delay, rules.no_acknowledgement_alone) if rules else ()
    return clauses_of(*found)


def _claim_fields(pack: TermsPack) -> tuple[Field, ...]:
    rules = pack.claims
    remedies = choices(rules.remedies.value) if rules and rules.remedies else ()
    unfounded = ("unfounded", Text("Unbegründet", "Unfounded"))
    settled = () if remedies else (("settled", Text("Verglichen oder anerkannt", "Settled or acknowledged")),)
    outcomes = (*remedies, *settled, unfounded)
    return (
        Field("what", _WHAT, Kind.TEXT, required=True),
        Field("claimant", Text("Wer Ansprüche stellt", "Claimant"), Kind.TEXT, required=True),
        Field("known_on", Text("Bekannt geworden am", "Known on"), Kind.DAY, required=True),
        Field("told_on", Text("Der anderen Seite mitgeteilt am", "Other side told on"), Kind.DAY, required=True),
        Field("registered", Text("Mitgeteilt per Einschreiben", "Told by registered letter"), Kind.YES),
        Field("consulted_on", Text("Abgestimmt am", "Consulted on"), Kind.DAY),
        Field("acknowledged_on", Text("Anerkannt am", "Acknowledged on"), Kind.DAY),
        Field("costs", Text("Getragene Kosten", "Costs borne"), Kind.MONEY),
        Field("outcome", Text("Ergebnis", "Outcome"), Kind.CHOICE, choices=outcomes),
    )


def _claim(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """Claims of others are passed on at once and acknowledged after consultation only (SO-036, FW-044, AP-040)."""
    rules, clauses = seen.pack.claims, _claim_clauses(seen.pack)
    days = (facts["told_on"] - facts["known_on"]).days
    step = said("{days} Tage zwischen Kenntnis und Mitteilung.", "{days} days between knowledge and notice.", days=days)
    lacks = []
    if rules and rules.notice_form and rules.notice_form.value == "registered_letter" and not facts.get("registered"):
        lacks.append(Text("das Einschreiben", "the registered letter"))
    consulted, acknowledged = facts.get("consulted_on"), facts.get("acknowledged_on")
    alone = bool(acknowledged) and (consulted is None or consulted > acknowledged)
    if alone:
        lacks.append(Text("die Abstimmung vor der Anerkennung", "the consultation before the acknowledgement"))
    refused = _ALONE if alone and rules and rules.no_acknowledgement_alone else None
    if not facts.get("outcome"):
        lacks.append(Text("das Ergebnis", "the outcome"))
    state = said("mitgeteilt nach {days} Tagen", "told after {days} days", days=days)
    standing = Standing(
        state, "warn" if lacks or days else "good", amount=facts.get("costs"), lacks=tuple(lacks), refused=refused
    )
    return stood(standing, clauses, facts, step)


INFRINGEMENTS: Final = Register(
    "infringements",
    Text("Ansprüche Dritter", "Claims of third parties"),
    Text("Was andere geltend machen, und wie darauf geantwortet wird", "What others assert, and how it is answered"),
    _claim_fields,
    _claim_clauses,
    _claim,
)

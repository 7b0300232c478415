"""Registers about risk: liability with its cap, insurance, hiring the other's people."""

from datetime import date, timedelta
from typing import Final

from kontor.rulebook.money import Money
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
    stood,
)
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack, given
from kontor.rulebook.wording import day, said

SLIGHT: Final = ("slight", Text("Leichte Fahrlässigkeit", "Slight negligence"))
REMINDED: Final = timedelta(days=30)  # before a certificate ends: ours, no contract says so


def _liability_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    return pack.liability.cap.clauses if pack.liability and pack.liability.cap else ()


def _liability_fields(pack: TermsPack) -> tuple[Field, ...]:
    rules = pack.liability
    uncapped = choices(rules.uncapped.value) if rules and rules.uncapped else ()
    by_fee = rules is not None and rules.cap is not None and rules.cap.value == "yearly_maintenance_fee"
    fee = Field(
        "fee",
        Text("Für das Jahr gezahltes Wartungsentgelt, netto", "Maintenance fee paid for the year, net"),
        Kind.MONEY,
        required=True,
    )
    return (
        Field("what", Text("Schaden", "Damage"), Kind.TEXT, required=True),
        Field("on", Text("Eingetreten am", "Occurred on"), Kind.DAY, required=True),
        Field("claimed", Text("Geforderter Betrag", "Amount claimed"), Kind.MONEY, required=True),
        Field("fault", Text("Verschulden", "Fault"), Kind.CHOICE, required=True, choices=(SLIGHT, *uncapped)),
        *((fee,) if by_fee else ()),
        Field("indirect", Text("Mittelbarer Schaden", "Indirect damage"), Kind.YES),
        Field("settled_on", Text("Erledigt am", "Settled on"), Kind.DAY),
    )


def frame_of(facts: Facts, seen: Circumstances) -> tuple[date, date]:
    """Return the days whose fees cap a damage: its calendar year, or the term in which it occurred."""
    cap = seen.pack.liability.cap if seen.pack.liability else None
    on: date = facts["on"]
    if cap is not None and cap.value == "fees_of_term" and (term := seen.term(on)):
        return term
    return date(on.year, 1, 1), date(on.year + 1, 1, 1)


def _cap(facts: Facts, seen: Circumstances) -> Money:
    entered: Money | None = facts.get("fee")
    return seen.fees(*frame_of(facts, seen)) if entered is None else entered


def _liability(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """The cap, what others have used of it, and what of this claim fits (SO-035, FW-050, AP-043)."""
    rules, clauses = seen.pack.liability, _liability_clauses(seen.pack)
    claimed: Money = facts["claimed"]
    watch: tuple[Deadline, ...] = ()
    if rules and rules.lapses_after:
        lapses = last_day_after(facts["on"], rules.lapses_after.value)
        watch = (Deadline(lapses, Text("Letzter Tag vor der Verjährung", "Last day before the claim lapses")),)
        if seen.today > lapses and facts.get("settled_on") is None:
            gone = Standing(Text("verjährt", "lapsed"), "", watch, Money.zero(claimed.currency))
            return stood(gone, (*rules.lapses_after.clauses, *clauses), facts)
    if facts.get("indirect") and rules and (rules.direct_only or rules.excluded):
        out = Standing(
            Text("mittelbarer Schaden: nicht ersetzt", "indirect damage: not covered"),
            "",
            watch,
            Money.zero(claimed.currency),
        )
        return stood(out, clauses, facts)
    if facts["fault"] != SLIGHT[0] and rules and rules.uncapped:
        whole = Standing(Text("ohne Obergrenze", "without a cap"), "bad", watch, claimed)
        return stood(whole, (*rules.uncapped.clauses, *clauses), facts)
    return _capped(facts, seen, claimed, watch, clauses)


def _capped(
    facts: Facts, seen: Circumstances, claimed: Money, watch: tuple[Deadline, ...], clauses: tuple[Clause, ...]
) -> Ruling[Standing]:
    cap = _cap(facts, seen)
    used = seen.recognised.get(frame_of(facts, seen)[0], Money.zero(claimed.currency))
    left = max(cap - used, Money.zero(claimed.currency))
    given = min(claimed, left)
    step = said(
        "Obergrenze {cap}, davon verbraucht {used}, übrig {left}; gefordert {claimed}: anerkannt höchstens {given}.",
        "Cap {cap}, used of it {used}, left {left}; claimed {claimed}: at most {given} is recognised.",
        cap=cap.text,
        used=used.text,
        left=left.text,
        claimed=claimed.text,
        given=given.text,
    )
    state = said("höchstens {given}", "at most {given}", given=given.text)
    lacks = () if facts.get("settled_on") else (Text("die Erledigung", "the settlement"),)
    return stood(Standing(state, "warn", watch, given, lacks), clauses, facts, step)


LIABILITY: Final = Register(
    "liability",
    Text("Haftung", "Liability"),
    Text("Schäden, ihre Obergrenze und was davon verbraucht ist", "Damage, its cap and what is used of it"),
    _liability_fields,
    _liability_clauses,
    _liability,
)


def _insurance_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    return pack.insurance.cover.clauses if pack.insurance and pack.insurance.cover else ()


def _insurance_fields(pack: TermsPack) -> tuple[Field, ...]:
    risks = choices(pack.insurance.risks.value) if pack.insurance and pack.insurance.risks else ()
    return (
        Field("what", Text("Versicherer und Police", "Insurer and policy"), Kind.TEXT, required=True),
        Field("cover", Text("Deckung je Schadenfall und Jahr", "Cover per claim and year"), Kind.MONEY, required=True),
        *(Field(f"covers_{key}", words, Kind.YES) for key, words in risks),
        Field("from_on", Text("Gültig ab", "Valid from"), Kind.DAY, required=True),
        Field("until_on", Text("Gültig bis", "Valid until"), Kind.DAY, required=True),
    )


def _insurance(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """Cover of at least the pack's amount for each risk it names (AP-045)."""
    rules, clauses = seen.pack.insurance, _insurance_clauses(seen.pack)
    least = given(rules.cover if rules else None, key="insurance.cover").value
    risks = choices(rules.risks.value) if rules and rules.risks else ()
    missing = [words for key, words in risks if not facts.get(f"covers_{key}")]
    lacks = [said("Deckung für {risk}", "cover for {risk}", risk=words) for words in missing]
    if facts["cover"] < least:
        lacks.append(
            said(
                "mindestens {least}, bescheinigt {cover}",
                "at least {least}, certified {cover}",
                least=least.text,
                cover=facts["cover"].text,
            )
        )
    watch = (
        Deadline(facts["until_on"] - REMINDED, Text("An neuen Nachweis erinnern", "Remind of a new certificate")),
        Deadline(facts["until_on"], Text("Nachweis endet", "Certificate ends")),
    )
    if lacks:
        standing = Standing(Text("genügt nicht", "not sufficient"), "bad", watch, lacks=tuple(lacks))
    elif seen.today > facts["until_on"]:
        standing = Standing(Text("abgelaufen", "expired"), "bad", watch)
    else:
        standing = Standing(
            said("nachgewiesen bis {on}", "proved until {on}", on=day(facts["until_on"])), "good", watch
        )
    return stood(standing, clauses, facts)


INSURANCE: Final = Register(
    "insurance",
    Text("Versicherungsnachweise", "Insurance"),
    Text("Nachweise beider Seiten", "Certificates of both sides"),
    _insurance_fields,
    _insurance_clauses,
    _insurance,
)


def _hiring_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    return pack.staff.no_hiring_after_end.clauses if pack.staff and pack.staff.no_hiring_after_end else ()


def _hiring(facts: Facts, seen: Circumstances) -> Ruling[Standing]:
    """No hiring during the contract and for a time after; the penalty is a number of monthly salaries (AP-046)."""
    rules, clauses = seen.pack.staff, _hiring_clauses(seen.pack)
    lasts = given(rules.no_hiring_after_end if rules else None, key="staff.no_hiring_after_end").value
    months = int(given(rules.penalty_months if rules else None, key="staff.penalty_months").value)
    last = last_day_after(seen.ends, lasts) if seen.ends else None
    watch = (Deadline(last, Text("Abwerbeverbot endet", "Ban on hiring ends")),) if last else ()
    if last is not None and facts["on"] > last:
        free = Standing(
            Text("erlaubt, das Verbot war vorbei", "allowed, the ban was over"),
            "good",
            watch,
            Money.zero(seen.currency),
        )
        return stood(free, clauses, facts)
    salary: Money = facts["salary"]
    penalty = salary.times(months)
    step = said(
        "{months} × {salary} = {penalty}",
        "{months} × {salary} = {penalty}",
        months=months,
        salary=salary.text,
        penalty=penalty.text,
    )
    state = said("Vertragsstrafe {penalty}", "penalty {penalty}", penalty=penalty.text)
    lacks = () if facts.get("settled_on") else (Text("die Erledigung", "the settlement"),)
    return stood(Standing(state, "bad", watch, penalty, lacks), clauses, facts, step)


HIRING: Final = Register(
    "hiring",
    Text("Abwerbung", "Hiring"),
    Text("Eingestellte Mitarbeiter der anderen Seite", "Employees of the other side who were hired"),
    lambda _pack: (
        Field("what", Text("Wer wen eingestellt hat", "Who hired whom"), Kind.TEXT, required=True),
        Field("on", Text("Eingestellt am", "Hired on"), Kind.DAY, required=True),
        Field("salary", Text("Letztes Bruttogehalt im Monat", "Last gross monthly salary"), Kind.MONEY, required=True),
        Field("settled_on", Text("Erledigt am", "Settled on"), Kind.DAY),
    ),
    _hiring_clauses,
    _hiring,
)

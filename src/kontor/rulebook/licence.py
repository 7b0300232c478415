"""
What a licence allows: which computers may be activated, at which sites, until when; and how many copies are kept.

>>> from kontor.rulebook import terms
>>> pack = terms.load("leisure")
>>> licence = Licence("gokarts", Granted.PERPETUAL, 2, ("Kiel",), date(2026, 1, 1), None)
>>> may_activate(pack, licence, Request("Rostock", "7f3a"), on=date(2026, 5, 1)).value.name
'SECOND_SITE'
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import NoAnswerError
from kontor.rulebook.terms.commerce import Licence as LicenceTerms
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.terms.value import Value
from kontor.rulebook.wording import day, said


class Granted(StrEnum):
    """For how long a licence is granted: for a term that can be renewed, or for the whole protection period."""

    TERM = "limited_term"
    PERPETUAL = "perpetual"


@dataclass(frozen=True, slots=True)
class Licence:
    """
    What a customer may use of a product.

    product    key of the module in its pack
    computers  how many may be activated at a time
    sites      names of the sites at which it may be used
    first, last  its days, both included; `last` None while no end is known or there is none
    """

    product: str
    granted: Granted
    computers: int
    sites: tuple[str, ...]
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Request:
    """A computer that asks to be activated: the site it says it stands at, and what tells it from others."""

    site: str
    computer: str
    locked: bool = False


class Answer(StrEnum):
    """What becomes of a request; all but the first two refuse."""

    GIVEN = "given"
    KNOWN = "known"
    LOCKED = "locked"
    SUSPENDED = "suspended"
    NOT_YET = "not_yet"
    ENDED = "ended"
    SITE_WAITS = "site_waits"
    SECOND_SITE = "second_site"
    UNNAMED_SITE = "unnamed_site"
    NO_PLACE = "no_place"

    @property
    def activates(self) -> bool:
        """Whether the computer may run the software."""
        return self in {Answer.GIVEN, Answer.KNOWN}


def licence_terms(pack: TermsPack) -> LicenceTerms:
    """Return what the terms say about licences for computers; RefusalError where they license none."""
    if pack.licence is None or pack.licence.computers_limited is None:
        raise RefusalError(Text("Diese Bedingungen lizenzieren keine Rechner.", "These terms license no computers."))
    return pack.licence


def granted_for(pack: TermsPack) -> Ruling[Granted]:
    """Return for how long the offer grants its licences; RefusalError where it does not say."""
    stated = licence_terms(pack).granted_for
    try:
        value = None if stated is None else Granted(stated.value)
    except NoAnswerError as missing:
        raise RefusalError(missing.text) from missing
    if stated is None or value is None:
        raise RefusalError(Text("Das Angebot sagt nicht, für wie lange.", "The offer does not say for how long."))
    step = {
        Granted.TERM: Text("Die Lizenz gilt für eine Laufzeit.", "The licence holds for a term."),
        Granted.PERPETUAL: Text(
            "Die Lizenz gilt für die ganze Schutzdauer.", "The licence holds for the whole protection period."
        ),
    }[value]
    return Ruling(value, stated.clauses, (("granted", value.value),), (step,))


def lasts(pack: TermsPack, granted: Granted, *, ends: date | None, breached: bool) -> Ruling[date | None]:
    """
    Decide the last day of a licence by the last one of its contract; None while no end is known or there is none.

    breached  the contract ended because the customer broke it

    A licence for a term ends with the contract. One for good outlives it, since the offer grants it for the whole
    protection period and ranks above the terms; it goes with the contract under which it was granted where that ends
    by the customer's breach: the software then goes back, whatever it was granted for.
    """
    inputs = (("granted", granted.value), ("ends", ends.isoformat() if ends else ""))
    if granted is Granted.TERM:
        return Ruling(ends, granted_for_clauses(pack), inputs, (_last_step(ends),))
    if not breached:
        german = "Die Dauerlizenz endet nicht mit dem Vertrag."
        step = Text(german, "The perpetual licence does not end with the contract.")
        return Ruling(None, granted_for_clauses(pack), inputs, (step,))
    step = Text(
        "Der Vertrag endet durch Verletzung des Kunden: Auch die Dauerlizenz endet, die Software geht zurück.",
        "The contract ends by the customer's breach: the perpetual licence ends too, and the software goes back.",
    )
    back = pack.termination.return_of_software if pack.termination else None
    return Ruling(ends, _clauses(back), inputs, (step, _last_step(ends)))


def granted_for_clauses(pack: TermsPack) -> tuple[Clause, ...]:
    """Return the clauses on how long licences are granted."""
    return _clauses(pack.licence.granted_for if pack.licence else None)


def _last_step(ends: date | None) -> Text:
    if ends is None:
        return Text("Ein letzter Tag ist noch nicht bekannt.", "No last day is known yet.")
    return said("Letzter Tag der Lizenz: {ends}.", "Last day of the licence: {ends}.", ends=day(ends))


def sites_fit(pack: TermsPack, granted: Granted, sites: Collection[str]) -> Ruling[bool]:
    """Tell whether a licence may be granted for these sites: for good only for as many as the terms say."""
    licence = licence_terms(pack)
    inputs = (("sites", str(len(sites))),)
    most = licence.perpetual_sites
    if granted is Granted.TERM or most is None:
        step = Text("Die Lizenz gilt an den Standorten, die das Angebot nennt.",
                    "The licence holds at the sites the offer names.")  # fmt: skip
        return Ruling(bool(sites), _clauses(licence.term_sites), inputs, (step,))
    step = said(
        "Eine Dauerlizenz gilt an {most} Standort; genannt sind {named}.",
        "A perpetual licence holds at {most} site; {named} are named.",
        most=most.value,
        named=len(sites),
    )
    return Ruling(len(sites) == most.value, most.clauses, inputs, (step,))


def may_activate(
    pack: TermsPack,
    licence: Licence,
    request: Request,
    *,
    on: date,
    active: Sequence[str] = (),
    waiting: Collection[str] = (),
    suspended: bool = False,
) -> Ruling[Answer]:
    """
    Decide on a computer that asks to be activated on a day.

    active     what tells the activated computers, one for each place taken
    waiting    sites that were reported and wait for an amendment
    suspended  whether services are suspended for late payment
    """
    known = request.computer in active
    taken = len(active) - known
    checks = (
        (request.locked, Answer.LOCKED),
        (suspended, Answer.SUSPENDED),
        (on < licence.first, Answer.NOT_YET),
        (licence.last is not None and on > licence.last, Answer.ENDED),
        (request.site not in licence.sites and request.site in waiting, Answer.SITE_WAITS),
        (request.site not in licence.sites and licence.granted is Granted.PERPETUAL, Answer.SECOND_SITE),
        (request.site not in licence.sites, Answer.UNNAMED_SITE),
        (taken >= licence.computers, Answer.NO_PLACE),
        (known, Answer.KNOWN),
    )
    answer = next((answer for holds, answer in checks if holds), Answer.GIVEN)
    inputs = (("product", licence.product), ("site", request.site), ("places", str(licence.computers)),
              ("activated", str(len(active))), ("day", on.isoformat()))  # fmt: skip
    return Ruling(answer, _answer_clauses(pack, answer), inputs, (_said(answer, licence, request, taken),))


def may_copy(pack: TermsPack, *, kept: int, notices: bool, provided: bool) -> Ruling[bool]:
    """
    Tell whether a backup copy may be kept.

    kept      how many are registered and not used yet
    notices   whether the copy carries every copyright notice of the original
    provided  whether the provider has delivered such a copy itself
    """
    rule = licence_terms(pack).backup_copies
    inputs = (("kept", str(kept)), ("notices", str(notices).lower()))
    if rule is None:
        silent = Text("Die Bedingungen erlauben keine Kopie.", "The terms allow no copy.")
        return Ruling(False, (), inputs, (silent,))
    checks = (
        (provided, Text("Der Anbieter stellt die Sicherungskopie selbst.", "The provider supplies the backup copy.")),
        (
            not notices,
            Text("Die Kopie muss alle Urheberrechtsvermerke tragen.", "The copy must carry every copyright notice."),
        ),
        (
            kept >= rule.value,
            said(
                "Erlaubt ist {most} Sicherungskopie; sie ist schon eingetragen.",
                "{most} backup copy is allowed, and it is registered already.",
                most=rule.value,
            ),
        ),
    )
    against = next((sentence for holds, sentence in checks if holds), None)
    step = against or Text(
        "Eine Sicherungskopie ist erlaubt, nur um ein zerstörtes Original zu ersetzen.",
        "A backup copy is allowed, only to replace a destroyed original.",
    )
    return Ruling(against is None, rule.clauses, inputs, (step,))


def location_known(pack: TermsPack, site: str, *, reported: Sequence[str], network: str) -> Ruling[bool]:
    """
    Tell whether a computer asks from a network that was reported for its site; a change of site is to be reported.

    reported  the site's networks as the customer reported them; none: every network is unreported
    """
    rule = pack.cooperation.site_change_reported if pack.cooperation else None
    inputs = (("site", site), ("network", network))
    if network in reported:
        step = said(
            "{network} ist für {site} gemeldet.", "{network} is reported for {site}.", network=network, site=site
        )
    else:
        step = said(
            "{network} ist für {site} nicht gemeldet; ein Wechsel des Standorts ist unverzüglich zu melden.",
            "{network} is not reported for {site}; a change of site is to be reported at once.",
            network=network,
            site=site,
        )
    return Ruling(network in reported, _clauses(rule), inputs, (step,))


def _answer_clauses(pack: TermsPack, answer: Answer) -> tuple[Clause, ...]:
    licence = licence_terms(pack)
    suspension = pack.arrears.suspension if pack.arrears else None
    reporting = pack.cooperation.site_change_reported if pack.cooperation else None
    rule: Value[Any] | None = {
        Answer.SECOND_SITE: licence.perpetual_sites,
        Answer.UNNAMED_SITE: licence.term_sites,
        Answer.SITE_WAITS: reporting,
        Answer.SUSPENDED: suspension,
    }.get(answer, licence.computers_limited)
    return _clauses(rule)


def _said(answer: Answer, licence: Licence, request: Request, taken: int) -> Text:
    sites = ", ".join(licence.sites)
    german, english = _SENTENCES[answer]
    last = day(licence.last) if licence.last else Text("", "")
    return said(german, english, site=request.site, sites=sites, taken=taken, place=taken + 1, most=licence.computers,
                first=day(licence.first), last=last)  # fmt: skip


_SENTENCES = {
    Answer.GIVEN: ("Platz {place} von {most} an {site}.", "Place {place} of {most} at {site}."),
    Answer.KNOWN: ("Dieser Rechner ist schon aktiviert.", "This computer is activated already."),
    Answer.LOCKED: ("Dieser Rechner ist gesperrt.", "This computer is locked."),
    Answer.SUSPENDED: (
        "Die Leistungen sind wegen offener Zahlungen ausgesetzt.", "Services are suspended for open payments.",
    ),
    Answer.NOT_YET: ("Die Lizenz beginnt am {first}.", "The licence begins on {first}."),
    Answer.ENDED: ("Die Lizenz endete am {last}.", "The licence ended on {last}."),
    Answer.SITE_WAITS: (
        "{site} ist als neuer Standort gemeldet und wartet auf einen Nachtrag.",
        "{site} is reported as a new site and waits for an amendment.",
    ),
    Answer.SECOND_SITE: (
        "Die Dauerlizenz gilt nur an {sites}; {site} wäre ein zweiter Standort.",
        "The perpetual licence holds at {sites} only; {site} would be a second site.",
    ),
    Answer.UNNAMED_SITE: (
        "{site} nennt das Angebot nicht; die Lizenz gilt an: {sites}.",
        "The offer does not name {site}; the licence holds at: {sites}.",
    ),
    Answer.NO_PLACE: (
        "{taken} von {most} Rechnern sind aktiviert; geben Sie einen frei oder nehmen Sie ein weiteres Angebot an.",
        "{taken} of {most} computers are activated; release one or accept a further offer.",
    ),
}  # fmt: skip


def _clauses(value: Value[Any] | None) -> tuple[Clause, ...]:
    return value.clauses if value is not None else ()

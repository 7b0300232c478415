"""What a draft still lacks before it can be sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kontor.office.contracts.models import OfferDraft, OfferDraftLine
from kontor.office.contracts.queries.data_places import place_lacks
from kontor.office.contracts.queries.expander import MODULE, sold_per_customer
from kontor.office.parties import public as parties
from kontor.rulebook.consumer import may_buy
from kontor.rulebook.licence import Granted, sites_fit
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import PackError, TermsPack
from kontor.rulebook.terms.concluded import concluded, missing
from kontor.rulebook.web_plans import plan_fits


@dataclass(frozen=True, slots=True)
class Lack:
    """Something the offer must say and does not: the field, a sentence, and the clause that leaves it open."""

    field: str
    text: Text
    clause: Clause | None = None


def lacks(draft: OfferDraft) -> list[Lack]:
    """Return what must be filled in before this draft can be sent, in the order of the form."""
    found: list[Lack] = []
    lines = list(draft.lines.select_related("item"))
    if not lines:
        found.append(Lack("positions", Text("Das Angebot hat keine Position.", "The offer has no position.")))
    for field, text in _COLUMNS:
        if not getattr(draft, field):
            found.append(Lack(field, text))
    try:
        pack = pack_of(draft)
    except PackError as error:
        return [*found, Lack("agreed", Text(str(error), str(error)))]
    party = parties.card(draft.party_id)
    if not party.has_address:
        found.append(Lack("party", _NO_ADDRESS))
    if not party.email:
        found.append(Lack("party", _NO_EMAIL))
    allowed = may_buy(pack, consumer=party.consumer)
    if not allowed.value:
        found.append(Lack("party", allowed.working[-1], next(iter(allowed.clauses), None)))
    if draft.start_on is None and (pack.term is None or pack.term.counted_from is None):
        found.append(Lack("start_on", Text("Der Beginn fehlt.", "The start is missing.")))
    found += _uncontained(draft, pack, lines)
    found += _by_user(pack, lines)
    found += licence_lacks(draft, pack, lines)
    found += [Lack("party", *each) for each in place_lacks(draft, pack)]
    for key, blank in missing(pack, agreed=draft.agreed, ordered=ordered(lines)):
        text = Text(f"„{blank.label.de}“ ist zu vereinbaren.", f"“{blank.label.en}” is to be agreed.")
        found.append(Lack(key, text, blank.clause))
    return found


def _uncontained(draft: OfferDraft, pack: TermsPack, lines: Iterable[OfferDraftLine]) -> Iterator[Lack]:
    """Yield what the pack says every offer contains, so far as an offer could be written without it."""
    contains = pack.formation.offer_contains if pack.formation else None
    if contains is None:
        return
    items = [line.item for line in lines]
    kinds = {item.kind for item in items}
    modules = bool(kinds & {"PLAN", "MODULE"})
    # prices, interval, notice addresses, term and storage are asked for elsewhere: every item has its price, and what
    # the pack leaves to the offer is a blank; services are described by the items that order them
    there = {
        "sites": bool(draft.sites),
        "users_per_plan": "PLAN" in kinds,
        "licences": modules,
        "modules": modules,
        "functions": modules,
        "software": modules,
        "licence_terms": modules,
        "fee": any(item.interval != "ONCE" for item in items),
        "start": bool(draft.start_on) or (pack.term is not None and pack.term.counted_from is not None),
    }
    lacking: dict[str, list[Text]] = {}
    for each in contains.value:
        if not there.get(each.key, True):
            field = {"sites": "sites", "start": "start_on"}.get(each.key, "positions")
            lacking.setdefault(field, []).append(Text(each.de, each.en))
    if not items:
        lacking.pop("positions", None)  # that there is none is said already
    for field, words in lacking.items():
        german, english = (", ".join(word.spoken(language) for word in words) for language in ("de", "en"))
        yield Lack(field, Text(f"Es fehlt: {german}.", f"This is missing: {english}."), contains.clause)


def _by_user(pack: TermsPack, lines: Iterable[OfferDraftLine]) -> Iterator[Lack]:
    """Yield where the Expander is not offered once for the customer, though the pack sells it so."""
    clause = sold_per_customer(pack)
    offered = [line for line in lines if line.item.module == MODULE]
    if clause and any(line.item.unit != "CUSTOMER" or line.quantity != 1 for line in offered):
        text = Text(
            "Die Erweiterungen werden einmal je Kunde verkauft, nicht je Benutzer.",
            "The Expander is sold once per customer, not per user.",
        )
        yield Lack("positions", text, clause)


def licence_lacks(draft: OfferDraft, pack: TermsPack, lines: Iterable[OfferDraftLine]) -> Iterator[Lack]:
    """Yield where a perpetual licence names another number of sites, and plans that belong to no product offered."""
    items = [line.item for line in lines]
    granted = draft.agreed.get("licence.granted_for")
    if granted and draft.sites:
        fits = sites_fit(pack, Granted(granted), [site["name"] for site in draft.sites])
        if not fits.value:
            yield Lack("sites", fits.working[-1], fits.clauses[0])
    products = {item.module for item in items}
    for item in items:
        plan = plan_fits(pack, item.module, products)
        if not plan.value:
            name, says = item.name_de, plan.working[-1]
            yield Lack("positions", Text(f"{name}: {says.de}", f"{item.name_en}: {says.en}"), plan.clauses[0])


def ordered(lines: Iterable[OfferDraftLine]) -> frozenset[str]:
    """Return what a draft contains, as the blanks of a pack ask for it: kinds of item and keys of modules."""
    return frozenset(word for line in lines for word in (line.item.module, line.item.kind.lower()) if word)


def pack_of(draft: OfferDraft) -> TermsPack:
    """Return the draft's pack with what it has chosen and agreed so far; PackError where a value does not fit."""
    return concluded(draft.pack, draft.version, settings=draft.settings, agreed=draft.agreed)


_NO_ADDRESS = Text(
    "Straße oder Ort des Kunden fehlt; beides steht im Vertrag und auf jeder Rechnung.",
    "The customer's street or town is missing; the contract and every invoice state both.",
)
_NO_EMAIL = Text(
    "Dem Kunden fehlt eine E-Mail-Adresse, an die das Angebot geht.",
    "The customer has no e-mail address for the offer to go to.",
)
_COLUMNS = (
    (
        "notice_customer",
        Text("Die Adresse des Kunden für Erklärungen fehlt.", "The customer's address for notices is missing."),
    ),
    ("notice_seller", Text("Die eigene Adresse für Erklärungen fehlt.", "Our own address for notices is missing.")),
)

"""The terms explorer: which packs there are, a pack clause by clause, one clause."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.explanation import clause_label
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import day, language, number, spoken
from kontor.office.contracts.queries import clauses
from kontor.office.contracts.queries.clauses import Edition, Line
from kontor.office.contracts.queries.terms_text import not_binding
from kontor.rulebook import terms
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import LawPack, TermsPack
from kontor.rulebook.terms.concepts import section_label
from kontor.rulebook.terms.pack import ClauseText, Source

TERMS: Final = "contracts.terms"
STANDINGS: Final = (
    ("stated", gettext_lazy("stated")),
    ("setting", gettext_lazy("open")),
    ("agreed", gettext_lazy("to be agreed")),
)
SORTS: Final = (
    ("periods", gettext_lazy("Periods")),
    ("money", gettext_lazy("Money")),
    ("hours", gettext_lazy("Hours")),
    ("lists", gettext_lazy("Lists")),
    ("rules", gettext_lazy("Rules")),
)
VAT_KINDS: Final = {
    "standard": gettext_lazy("standard rate"),
    "intermediate": gettext_lazy("intermediate rate"),
    "reduced": gettext_lazy("reduced rate"),
    "particular": gettext_lazy("particular rate"),
    "zero": gettext_lazy("zero rate"),
}


@dataclass(frozen=True)
class Article:
    """A clause on its pack's page: our own words, and the values it decides."""

    clause: Clause
    text: ClauseText
    lines: tuple[Line, ...]

    @property
    def mark(self) -> str:
        """Its anchor."""
        return clauses.anchor(self.clause.number)

    @property
    def label(self) -> str:
        """Its number as a chip names it."""
        return clause_label(self.clause.number)

    @property
    def short(self) -> str:
        """Its number for the list of clauses, where every entry is a number."""
        number_ = self.clause.number
        return number_ if number_[:1].isdigit() else self.label


@dataclass(frozen=True)
class Elsewhere:
    """What one other pack says on the same point."""

    pack: Source
    line: Line | None


def pack_or_404(key: str, version: str) -> Source:
    """Return a pack, Http404 for a key or version that nobody has."""
    try:
        return clauses.pack_named(key, version)
    except KeyError as unknown:
        raise Http404(f"{key}-{version}") from unknown


@requires(TERMS)
@require_GET
def packs(request: TenantRequest) -> HttpResponseBase:
    """List every version of every pack, contracts and laws."""
    editions = clauses.editions()
    rows = Listing(
        request,
        editions,
        name="packs",
        columns=(
            Column(
                "title",
                _("Pack"),
                value=lambda row: row.pack.title,
                url=lambda row: reverse("contracts:pack", args=(row.pack.key, row.pack.version)),
                sub=lambda row: row.name,
                slot="title",
            ),
            Column("group", _("Kind"), value=_group, slot="meta"),
            Column("law", _("Where silent"), value=_law, late=True),
            Column("state", _("State"), kind="badge", value=lambda row: _state(row.pack, localdate()), slot="more"),
            Column("clauses", _("Clauses"), kind="number", value=lambda row: row.counts["clauses"], late=True),
            Column("values", _("Values"), kind="number", sort="values", slot="money"),
            Column("settings", _("open to reading"), kind="number", sort="settings", late=True),
            Column("blanks", _("to be agreed"), kind="number", sort="blanks", late=True),
        ),
        search=("words",),
        choices=(Choice("group", _("Kind"), (("contract", _("contract")), ("law", _("law")))),),
    )
    if rows.wants_file:
        return rows.file()
    return render(request, "contracts/terms.html", {"rows": rows, "title": _packs_title(editions)})


@requires(TERMS)
@require_GET
def pack(request: TenantRequest, key: str, version: str) -> HttpResponseBase:
    """Show one version of a pack clause by clause, every value with its source."""
    found = pack_or_404(key, version)
    if version == clauses.NEWEST:
        return redirect("contracts:pack", key, found.version)
    rows = _lines_listing(request, found)
    if rows.wants_file:
        return rows.file()
    asked = request.GET.get("text")
    if asked in ("de", "en") and asked != language():
        with translation.override(asked):  # the binding text, one click away from its translation
            return _pack_page(request, found, _lines_listing(request, found))
    return _pack_page(request, found, rows)


def _pack_page(request: TenantRequest, found: Source, rows: Listing) -> HttpResponseBase:
    articles = tuple(_articles(found, rows))
    note = not_binding(found, language()) if isinstance(found, TermsPack) else None
    context: dict[str, Any] = {
        "pack": found,
        "rows": rows,
        "note": note,
        "has_german": bool(note) and isinstance(found, TermsPack) and found.language == "de",
        "articles": articles,
        "title": _("%(title)s, edition %(version)s") % {"title": spoken(found.title), "version": found.version},
        "state": _state(found, localdate()),
        "meta": _pack_meta(Edition(found, is_newest=True)),
        "crumbs": [(_("Terms"), reverse("contracts:terms"))],
        "silent": () if rows.is_narrowed else _silent(found),
        "law": terms.law_of(found) if isinstance(found, TermsPack) else None,
        "is_contract": isinstance(found, TermsPack),
        "vat": [(VAT_KINDS[rate.kind], rate) for rate in found.vat] if isinstance(found, LawPack) else (),
        "edition": f"{found.key}-{found.version}",
        "other_versions": [each for each in reversed(terms.versions(found.key)) if each != found.version],
    }
    return render(request, "contracts/terms_pack.html", context)


@requires(TERMS)
@require_GET
def clause(request: TenantRequest, source: str, version: str, number: str) -> HttpResponseBase:
    """Show one clause: our sentence, the values it decides, what cites it, what other packs say on the same points."""
    found = pack_or_404(source, version)
    if number not in found.clauses:
        raise Http404(number)
    if version == clauses.NEWEST:
        return redirect("contracts:clause", source, found.version, number)
    here = found.clause(number)
    everything = clauses.lines(found)
    decided = tuple(line for line in everything if line.clause == here)
    context: dict[str, Any] = {
        "pack": found,
        "article": Article(here, found.clauses[number], decided),
        "citing": tuple(line for line in everything if here in line.also),
        "elsewhere": [(line, _elsewhere(found, line)) for line in decided],
        "crumbs": [
            (_("Terms"), reverse("contracts:terms")),
            (found.title, reverse("contracts:pack", args=(source, found.version))),
        ],
        "before": _neighbour(found, number, -1),
        "after": _neighbour(found, number, 1),
    }
    return render(request, "contracts/terms_clause.html", context)


def _packs_title(editions: Sequence[Edition]) -> str:
    contracts = len({each.pack.key for each in editions if not each.is_law})
    laws = len({each.pack.key for each in editions if each.is_law})
    words = {
        "contracts": ngettext("%(count)s contract", "%(count)s contracts", contracts) % {"count": contracts},
        "laws": ngettext("%(count)s law", "%(count)s laws", laws) % {"count": laws},
    }
    return _("%(contracts)s and %(laws)s, clause by clause") % words


def _group(edition: Edition) -> str:
    return _("law") if edition.is_law else _("contract")


def _law(edition: Edition) -> Text | str:
    """Name the law that answers where a contract is silent; a law needs none."""
    if edition.is_law:
        return ""
    return edition.law.title if edition.law else _("no law on file")


def _state(found: Source, today: date) -> Badge:
    """Say whether it may be agreed today; a version in force never changes again."""
    if found.in_force_from > today:
        return Badge(_("from %(day)s") % {"day": day(found.in_force_from)}, "info")
    return Badge(_("in force since %(day)s") % {"day": day(found.in_force_from)}, "good", "lock")


def _pack_meta(edition: Edition) -> list[str]:
    counts = edition.counts
    told = [
        _("%(values)s values from %(clauses)s clauses")
        % {"values": number(counts["all"]), "clauses": number(counts["clauses"])}
    ]
    if counts["setting"]:
        told.append(_("%(count)s open to reading") % {"count": number(counts["setting"])})
    if counts["agreed"]:
        told.append(_("%(count)s to be agreed in the offer") % {"count": number(counts["agreed"])})
    return told


def _lines_listing(request: TenantRequest, found: Source) -> Listing:
    lines = clauses.lines(found)
    sections = {line.section: line.section_label for line in lines}
    standings, sorts = ({getattr(line, name) for line in lines} for name in ("standing", "sort"))
    return Listing(
        request,
        lines,
        name=f"{found.key}-{found.version}",
        columns=(
            Column("clause", _("Clause"), kind="clause"),
            Column("section_label", _("Section")),
            Column("about", _("Entry")),
            Column("label", _("Value")),
            Column("side.shown", _("What applies")),
            Column("standing", _("Source"), value=lambda line: dict(STANDINGS)[line.standing]),
            Column("entry.reason", _("Reason")),
            Column("key", _("Key")),
        ),
        search=("words",),
        choices=(
            Choice("section", _("Section"), tuple(sections.items())),
            Choice("sort", _("Values"), tuple(each for each in SORTS if each[0] in sorts)),
            Choice("standing", _("Source"), tuple(each for each in STANDINGS if each[0] in standings)),
        ),
    )


def _articles(found: Source, rows: Listing) -> Iterator[Article]:
    """Yield the clauses of a pack in its own order; a narrowed list leaves those with a match."""
    by_number: dict[str, list[Line]] = {}
    for line in rows.found:
        by_number.setdefault(line.clause.number, []).append(line)
    only_words = not any(rows.chosen(choice) for choice in rows.choices)
    for number_, text in found.clauses.items():
        lines = tuple(by_number.get(number_, ()))
        if lines or (only_words and _tells(number_, text, rows.query)):
            yield Article(Clause(found.key, number_, found.version), text, lines)


def _tells(number_: str, text: ClauseText, query: str) -> bool:
    words = " ".join((number_, *text.heading, *text.sentence)).casefold()
    return all(word in words for word in query.casefold().split())


def _silent(found: Source) -> tuple[tuple[Text, bool], ...]:
    """Return the sections that other contracts have and this one lacks, and whether its law says something there."""
    if not isinstance(found, TermsPack):
        return ()
    law = terms.law_of(found)
    spoken_of = {line.section for line in clauses.lines(found)}
    contracts = (edition.pack for edition in clauses.editions() if not edition.is_law)
    elsewhere = {line.section for contract in contracts for line in clauses.lines(contract)}
    return tuple(
        (section_label(section), bool(getattr(law, section, None)))
        for section in TermsPack.model_fields
        if section in elsewhere - spoken_of
    )


def _elsewhere(found: Source, line: Line) -> list[Elsewhere]:
    """Return what the newest version of every other contract says at the same key."""
    others = (edition.pack for edition in clauses.editions() if edition.is_newest and not edition.is_law)
    return [
        Elsewhere(other, next((each for each in clauses.lines(other) if each.key == line.key), None))
        for other in others
        if other.key != found.key
    ]


def _neighbour(found: Source, number_: str, step: int) -> Article | None:
    numbers = tuple(found.clauses)
    place = numbers.index(number_) + step
    if not 0 <= place < len(numbers):
        return None
    return Article(found.clause(numbers[place]), found.clauses[numbers[place]], ())

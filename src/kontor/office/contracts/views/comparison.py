"""Two packs, or two versions of one, side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET

from kontor.kernel.components import Tab
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import number, spoken
from kontor.office.contracts.queries import clauses
from kontor.office.contracts.views.terms import STANDINGS, TERMS
from kontor.rulebook.terms import compare as compared
from kontor.rulebook.terms.compare import Row, Side
from kontor.rulebook.terms.pack import Source

DIFFERENCES: Final = "differences"
ONE_SIDED: Final = "one"
EVERYTHING: Final = "all"


@dataclass(frozen=True)
class Piece:
    """Some words of an answer; `differs` where the other side does not have them."""

    words: str
    differs: bool


@dataclass(frozen=True)
class Pair:
    """A row of the comparison as the page shows it."""

    row: Row

    @property
    def section(self) -> str:
        """The key of its section."""
        return self.row.section

    @property
    def one_sided(self) -> bool:
        """Whether only one of the two says anything."""
        return self.row.left is None or self.row.right is None

    @cached_property
    def words(self) -> str:
        """All that a search may find, in both languages."""
        sides = [side for side in (self.row.left, self.row.right) if side is not None]
        told = (self.row.section_label, self.row.about, self.row.label, *(side.shown for side in sides))
        numbers = (clause.number for side in sides for clause in side.clauses)
        return " ".join((self.row.key, *numbers, *(word for text in told if text is not None for word in text)))

    @property
    def left(self) -> tuple[Piece, ...]:
        """The left answer in pieces."""
        return _pieces(self.row.key, self.row.left, self.row.right)

    @property
    def right(self) -> tuple[Piece, ...]:
        """The right answer in pieces."""
        return _pieces(self.row.key, self.row.right, self.row.left)


@requires(TERMS)
@require_GET
def compare(request: TenantRequest) -> HttpResponseBase:
    """Show where two packs differ: ?left= and ?right= name their editions, or packs by their newest."""
    left, right = _side_asked(request, "left"), _side_asked(request, "right")
    context: dict[str, Any] = {
        "editions": [(each.name, each.label) for each in clauses.editions()],
        "crumbs": [(_("Terms"), reverse("contracts:terms"))],
        "left": left,
        "right": right,
        "left_name": f"{left.key}-{left.version}" if left else "",
        "right_name": f"{right.key}-{right.version}" if right else "",
    }
    if left is None or right is None:
        return render(request, "contracts/terms_compare.html", context)
    pairs = tuple(Pair(row) for row in compared.compare(left, right))
    rows = _listing(request, pairs, left, right)
    if rows.wants_file:
        return rows.file()
    return render(request, "contracts/terms_compare.html", {**context, **_told(rows, pairs, left, right)})


def _side_asked(request: HttpRequest, name: str) -> Source | None:
    asked = request.GET.get(name, "")
    try:
        return clauses.edition_named(asked) if asked else None
    except KeyError as unknown:
        raise Http404(asked) from unknown


def _told(rows: Listing, pairs: Sequence[Pair], left: Source, right: Source) -> dict[str, Any]:
    differing = sum(pair.row.differs for pair in pairs)
    alike, one_sided = len(pairs) - differing, sum(pair.one_sided for pair in pairs)
    shown = rows.chosen(rows.choices[1]) or DIFFERENCES
    scopes = (
        (DIFFERENCES, _("Differences"), differing),
        (ONE_SIDED, _("Only in one"), one_sided),
        (EVERYTHING, _("All"), len(pairs)),
    )
    return {
        "rows": rows,
        "title": _title(left, right, differing),
        "meta": [
            _("%(count)s alike") % {"count": number(alike)},
            _("%(count)s only in one of the two") % {"count": number(one_sided)},
        ],
        "groups": [(label, list(group)) for label, group in groupby(rows.found, lambda pair: pair.row.section_label)],
        "scopes": [Tab(label, rows.address(show=key), key == shown, count) for key, label, count in scopes],
        "shown": shown,
        "sections": rows.filters[0],
        "swap_url": rows.address(left=f"{right.key}-{right.version}", right=f"{left.key}-{left.version}"),
        "bare_url": rows.address(q=None, section=None, show=EVERYTHING),
    }


def _listing(request: HttpRequest, pairs: Sequence[Pair], left: Source, right: Source) -> Listing:
    sections = {pair.section: pair.row.section_label for pair in pairs}
    scopes = ((DIFFERENCES, ""), (ONE_SIDED, ""), (EVERYTHING, ""))
    show = Choice("show", "", scopes, apply=_scoped)
    scoped = pairs if request.GET.get("show") in dict(scopes) else _scoped(pairs, DIFFERENCES)
    return Listing(
        request,
        scoped,
        name=f"{left.key}-{left.version}-{right.key}-{right.version}",
        columns=(
            Column("row.section_label", _("Section")),
            Column("row.about", _("Entry")),
            Column("row.label", _("Topic")),
            *_file_columns("left", left),
            *_file_columns("right", right),
            Column("row.differs", _("differs")),
            Column("row.key", _("Key")),
        ),
        search=("words",),
        choices=(Choice("section", _("Section"), tuple(sections.items())), show),
    )


def _file_columns(side: str, pack: Source) -> tuple[Column, ...]:
    name = _edition_label(pack)
    return (
        Column(f"row.{side}.shown", name),
        Column(f"row.{side}.clause", f"{name}: {_('Clause')}"),
        Column(f"row.{side}.kind", f"{name}: {_('Source')}", value=lambda pair: _source_of(getattr(pair.row, side))),
    )


def _source_of(side: Side | None) -> str:
    return "" if side is None else str(dict(STANDINGS)[side.kind])


def _scoped(pairs: Sequence[Pair], scope: str) -> list[Pair]:
    if scope == DIFFERENCES:
        return [pair for pair in pairs if pair.row.differs]
    return [pair for pair in pairs if pair.one_sided or scope == EVERYTHING]


def _edition_label(pack: Source) -> str:
    return _("%(title)s, edition %(version)s") % {"title": spoken(pack.title), "version": pack.version}


def _title(left: Source, right: Source, count: int) -> str:
    same_pack = left.key == right.key
    names: dict[str, Any] = {
        "left": left.version if same_pack else spoken(left.title),
        "right": right.version if same_pack else spoken(right.title),
        "count": number(count),
    }
    if not count:
        return _("“%(left)s” and “%(right)s” say the same") % names
    return (
        ngettext(
            "“%(left)s” and “%(right)s” differ in %(count)s point",
            "“%(left)s” and “%(right)s” differ in %(count)s points",
            count,
        )
        % names
    )


def _pieces(key: str, side: Side | None, other: Side | None) -> tuple[Piece, ...]:
    """Cut an answer where the other side's words end and begin; without an other side nothing stands out."""
    if side is None:
        return ()
    here = _answer(key, side, other)
    if other is None:
        return (Piece(here, differs=False),)
    return tuple(_cut(here.split(), _answer(key, other, side).split()))


def _answer(key: str, side: Side, other: Side | None) -> str:
    """Say what a pack says; what may be agreed too, and what may be chosen where only that sets the two apart."""
    told = spoken(side.shown)
    limits = clauses.bounds(key, side.entry)
    if limits and (side.kind == "agreed" or (other is not None and other.shown == side.shown)):
        return f"{told} ({spoken(limits)})"
    return told


def _cut(words: list[str], others: list[str]) -> Iterator[Piece]:
    here = 0
    for block in SequenceMatcher(None, words, others, autojunk=False).get_matching_blocks():
        if block.a > here:
            yield Piece(" ".join(words[here : block.a]), differs=True)
        if block.size:
            yield Piece(" ".join(words[block.a : block.a + block.size]), differs=False)
        here = block.a + block.size

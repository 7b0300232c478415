"""The public price page: what is sold under which terms, for which days, with what it includes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.models import Tenant
from kontor.kernel.requests import public
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import day_long, language, number, spoken
from kontor.office.books import public as books
from kontor.office.contracts.queries.positions import KINDS, PER, SINGLE
from kontor.rulebook import terms
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import PackError, Setting, Stated
from kontor.rulebook.terms.concepts import concept_label
from kontor.rulebook.terms.spoken import spoken_entry


@dataclass(frozen=True, slots=True)
class Row:
    """A price as it is shown."""

    name: str
    price: Decimal
    per: Text
    more: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A price list with its days in words; `now` where it is in force."""

    id: str
    name: str
    seller: str
    days: str
    currency: str
    badge: Badge
    now: bool
    over: bool
    groups: tuple[tuple[Text, tuple[Row, ...]], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """Something the terms include, with the clause that says so."""

    label: Text
    value: Text
    clause: Clause


@dataclass(frozen=True, slots=True)
class Offering:
    """Everything sold under one pack: what its terms include, the lists in force and coming, and the older ones."""

    key: str
    title: str
    limits: tuple[Limit, ...]
    editions: tuple[Edition, ...]
    older: tuple[Edition, ...]


@public("prices are published")
@require_GET
def prices(request: HttpRequest) -> HttpResponseBase:
    """Show what the house sells, to anybody."""
    house = get_object_or_404(Tenant, is_house=True)
    at = timezone.now()
    # Read as the house, whoever asks: the tenant comes from the installation, never from the request, and what leaves
    # the block are frozen price lists for published terms, so that the page itself is drawn without a tenant's rows.
    with as_tenant(house.pk):
        published = books.published_prices()
    context = {"offerings": _offerings(published, at), "house": house.name}
    return render(request, "contracts/prices.html", context)


def _offerings(published: Sequence[books.PublishedPrices], at: datetime) -> list[Offering]:
    found = []
    for key in dict.fromkeys(each.pack for each in published):
        editions = [_edition(each, at) for each in published if each.pack == key]
        try:
            pack = terms.load(key)
        except PackError:  # a list may outlive the terms it was made for
            continue
        found.append(
            Offering(
                key,
                spoken(pack.title),
                tuple(_limits(pack)),
                tuple(sorted((each for each in editions if not each.over), key=lambda each: not each.now)),
                tuple(each for each in editions if each.over),
            )
        )
    return found


def _limits(pack: terms.TermsPack) -> Iterable[Limit]:
    """Yield what the terms themselves include: the quantities of their meters."""
    for key, value in pack.values():
        if key.startswith("metering.meters.") and isinstance(value, Stated | Setting):
            yield Limit(concept_label(key), spoken_entry(key, value), value.clause)


def _edition(each: books.PublishedPrices, at: datetime) -> Edition:
    today = at.astimezone(ZoneInfo(each.zone)).date()
    over, coming = each.end is not None and each.end <= today, each.first > today
    badge = Badge(_("in force"), "good")
    if over or coming:
        badge = Badge(_("coming"), "info") if coming else Badge(_("no longer in force"))
    kinds = dict.fromkeys(item.kind for item in each.items)
    return Edition(
        id=str(each.id),
        name=each.name,
        seller=each.seller,
        days=_days(each.first, each.end),
        currency=each.currency,
        badge=badge,
        now=not (over or coming),
        over=over,
        groups=tuple((KINDS[kind], tuple(_row(item) for item in each.items if item.kind == kind)) for kind in kinds),
    )


def _days(first: date, end: date | None) -> str:
    if end is None:
        return _("from %(first)s") % {"first": day_long(first)}
    last = end - timedelta(days=1)
    return _("from %(first)s to %(last)s") % {"first": day_long(first), "last": day_long(last)}


def _row(item: books.PublishedItem) -> Row:
    unit, span = SINGLE[item.unit], PER[item.interval]
    said = []
    if item.included:
        included = {"number": number(item.included.normalize()), "unit": item.block_unit}
        said.append(_("%(number)s %(unit)s included") % included)
    if item.block_size:
        size = {"number": number(item.block_size.normalize()), "unit": item.block_unit}
        said.append(_("in blocks of %(number)s %(unit)s") % size)
    per = Text(f"je {unit.de}, {span.de}", f"per {unit.en}, {span.en}")
    if item.kind == "USAGE":
        per = Text(f"je {unit.de}", f"per {unit.en}")
    return Row(item.name(language()), item.price, per, ", ".join(said))

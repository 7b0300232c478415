"""What a night finds: rows that go, that are locked away, that are held, and that something else still needs."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from kontor.kernel import registry
from kontor.kernel.keeping import Keeping, whole_of
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import Hold, Restriction
from kontor.office.privacy.queries.holds import standing_holds
from kontor.office.privacy.queries.keeping import Portion, rules_of

PEOPLE_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Found:
    """
    What a night finds of one keeping.

    gone, locked, held  rows that go, that a duty keeps, that a hold keeps
    needed              rows that would go, by the table whose rows still need them
    """

    keeping: Keeping
    portions: tuple[Portion, ...]
    zone: ZoneInfo
    holds: tuple[Hold, ...]
    gone: int = 0
    locked: int = 0
    held: int = 0
    needed: tuple[tuple[str, int], ...] = ()
    oldest: date | None = None

    @property
    def going(self) -> QuerySet[Any]:
        """The rows that go, the oldest first."""
        return _rows(self.keeping).filter(self.over("gone_to"), ~self.is_held(), *_free(self.keeping)).order_by("pk")

    def locking(self, portion: Portion) -> QuerySet[Any]:
        """The rows of a portion that its duty keeps and that are not locked away yet."""
        known = Restriction.objects.filter(label=self.keeping.model, row=OuterRef("pk"))
        over = _within(self, portion, portion.locked_to) & ~_within(self, portion, portion.gone_to)
        return _rows(self.keeping).filter(over, ~self.is_held(), ~Exists(known)).order_by("pk")

    def people(self) -> list[tuple[str, int]]:
        """Return to whom rows that go belong and how many, those with most first."""
        if not self.keeping.people:
            return []
        told = self.going.order_by().values_list(self.keeping.people).annotate(rows=Count("pk")).order_by("-rows")
        return [(str(who or ""), rows) for who, rows in told[:PEOPLE_SHOWN]]

    def over(self, which: str) -> Q:
        """The rows whose day, by that property of each portion, is over."""
        return reduce(or_, (_within(self, each, getattr(each, which)) for each in self.portions), _NEVER)

    def is_held(self) -> Q:
        """What a hold keeps: the whole kind, or the rows about a company; all where rows do not say whose they are."""
        if any(hold.kind == self.keeping.kind for hold in self.holds):
            return Q(pk__isnull=False)
        companies = [hold.of_tenant for hold in self.holds if hold.of_tenant and not hold.kind]
        if companies and not self.keeping.customer:  # which rows are theirs cannot be told: none goes
            return Q(pk__isnull=False)
        return Q(**{f"{self.keeping.customer}__in": companies}) if self.keeping.customer and companies else _NEVER


def found_on(on: date) -> list[Found]:
    """Return what a night finds of every keeping of the current tenant: one query for each, however many rows."""
    rules, zone = rules_of(on), ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)
    holds = tuple(standing_holds())
    return [_counted(Found(each, tuple(rules.portions(each)), zone, holds)) for each in registry.keepings()]


def found_of(key: str, on: date) -> Found:
    """Return what a night finds of one keeping; StopIteration for a key that nobody declares."""
    rules, zone = rules_of(on), ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)
    keeping = next(each for each in registry.keepings() if each.key == key)
    return _counted(Found(keeping, tuple(rules.portions(keeping)), zone, tuple(standing_holds())))


def _counted(found: Found) -> Found:
    keeping = found.keeping
    over, gone, held = found.over("locked_to"), found.over("gone_to"), found.is_held()
    needs = _needs(keeping)
    free = reduce(lambda so_far, each: so_far & ~each, needs.values(), Q())
    told = _rows(keeping).aggregate(
        gone=Count("pk", filter=gone & ~held & free),
        locked=Count("pk", filter=over & ~gone & ~held),
        held=Count("pk", filter=over & held),
        oldest=Min(keeping.since),
        newest=Max(keeping.since),
        **{f"needed_{at}": Count("pk", filter=gone & ~held & each) for at, each in enumerate(needs.values())},
    )  # fmt: skip
    needed = tuple((label, told[f"needed_{at}"]) for at, label in enumerate(needs) if told[f"needed_{at}"])
    oldest = told["oldest"]
    return Found(
        keeping, found.portions, found.zone, found.holds, told["gone"], told["locked"], told["held"], needed,
        oldest.astimezone(found.zone).date() if isinstance(oldest, datetime) else oldest,
    )  # fmt: skip


def _rows(keeping: Keeping) -> QuerySet[Any]:
    rows: QuerySet[Any] = whole_of(keeping.model).model.objects.exclude(**{f"{keeping.since}__isnull": True})
    return rows.filter(keeping.only)


def _within(found: Found, portion: Portion, last: date | None) -> Q:
    """The rows of a portion whose event was on a day or before."""
    if last is None:
        return _NEVER
    keeping, model = found.keeping, whole_of(found.keeping.model).model
    if isinstance(model._meta.get_field(keeping.since), models.DateTimeField):
        until = datetime.combine(last + timedelta(days=1), time.min, found.zone)
        over = Q(**{f"{keeping.since}__lt": until})
    else:
        over = Q(**{f"{keeping.since}__lte": last})
    if not keeping.customer:
        return over
    if not portion.everybody_else:
        return over & Q(**{f"{keeping.customer}__in": list(portion.customers)})
    named: set[uuid.UUID] = set().union(*(each.customers for each in found.portions))
    return over & (Q(**{f"{keeping.customer}__isnull": True}) | ~Q(**{f"{keeping.customer}__in": list(named)}))


def _needs(keeping: Keeping) -> dict[str, Q]:
    """Return by table which rows it still needs."""
    whole, needs = whole_of(keeping.model, keeping.needed_by), dict[str, Q]()
    for model, column, target in whole.needs:
        beyond = whole.path(target)
        lookup = f"{column}__{beyond}" if beyond else column
        pointing: Any = model.objects.filter(**{lookup: OuterRef("pk")})
        test = Q(Exists(pointing))
        needs[model._meta.label] = needs[model._meta.label] | test if model._meta.label in needs else test
    return needs


def _free(keeping: Keeping) -> list[Q]:
    return [~each for each in _needs(keeping).values()]


_NEVER = Q(pk__in=[])

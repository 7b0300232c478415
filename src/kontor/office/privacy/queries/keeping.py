"""Which rows of a keeping are over on a day, for whom, by which decision, and which of them a duty still keeps."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from kontor.kernel import registry
from kontor.kernel.keeping import Account, Keeping, whole_of
from kontor.office.privacy.models import KeepingRule
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.retention import Kept as Until, gone_by, kept_until, settled
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.protection import Kept

CLOSED: Final = "account_deactivated"
Kinds = Iterable[Mapping[str, Kept]]


@dataclass(frozen=True, slots=True)
class Duty:
    """A law's kind that keeps rows of a keeping, and the last day of the event whose duty is over."""

    kind: str
    rule: Kept
    over: Ruling[date | None]

    def kept(self, since: date) -> Ruling[Until]:
        """Return until when it keeps something of a day."""
        return kept_until(self.kind, self.rule, since)


@dataclass(frozen=True, slots=True)
class Portion:
    """
    Rows of a keeping that one decision is about.

    customers  the companies they are about; `everybody_else` with all that no other portion names
    over       the last day of the event whose rows' own time is over, by the decision
    """

    over: Ruling[date | None]
    duty: Duty | None
    customers: frozenset[uuid.UUID] = frozenset()
    everybody_else: bool = False

    @property
    def gone_to(self) -> date | None:
        """The last day of the event whose rows go."""
        days = [each.value for each in (self.over, *([self.duty.over] if self.duty else []))]
        return None if None in days else min(day for day in days if day is not None)

    @property
    def locked_to(self) -> date | None:
        """The last day of the event whose rows' own time is over, gone or locked away."""
        return self.over.value


@dataclass
class Rules:
    """What is known of a day: what the tenant settled, and what each company's terms and law say."""

    on: date
    settled: dict[tuple[str, uuid.UUID | None], KeepingRule]
    accounts: list[Account]
    _decided: dict[tuple[str, int], tuple[Kept, Ruling[date | None]]] = field(default_factory=dict)

    def portions(self, keeping: Keeping) -> list[Portion]:
        """Return the portions of a keeping: companies with the same decision together, and everybody else."""
        if keeping.told:
            return [Portion(_told(self.on), None, everybody_else=True)]
        general = [kinds for account in self.accounts if account.tenant is None for kinds in account.kinds]
        every = [kinds for account in self.accounts for kinds in account.kinds]
        together: dict[tuple[date | None, date | None, int], tuple[Portion, set[uuid.UUID]]] = {}
        for account in self.accounts if keeping.customer else ():
            if account.tenant is None:
                continue
            regulated = any(keeping.kind in kinds for kinds in account.kinds)
            own = [*account.kinds, *([] if regulated or (account.kinds and self._settled(keeping)) else general)]
            found = self._portion(keeping, account.tenant, own, closed=account.closed)
            known = (found.gone_to, found.locked_to, id(found.over))
            together.setdefault(known, (found, set()))[1].add(account.tenant)
        named = [Portion(one.over, one.duty, frozenset(companies)) for one, companies in together.values()]
        rest = self._portion(keeping, None, every, closed=False)
        return [*named, Portion(rest.over, rest.duty, everybody_else=True)]

    def _settled(self, keeping: Keeping) -> bool:
        return any(kind == keeping.kind for kind, _company in self.settled)

    def _portion(self, keeping: Keeping, company: uuid.UUID | None, kinds: Kinds, *, closed: bool) -> Portion:
        kinds = list(kinds)
        row = self.settled.get((keeping.kind, company)) or self.settled.get((keeping.kind, None))
        rules = (
            [settled_kind(row, keeping.title)]
            if row
            else [each[keeping.kind] for each in kinds if keeping.kind in each]
        )
        over = self._over(keeping.kind, rules, closed=closed)
        return Portion(over, self._duty(keeping, kinds) if row else None)

    def _over(self, key: str, rules: list[Kept], *, closed: bool) -> Ruling[date | None]:
        """Decide by the strictest: the longest that must, else the shortest that may."""
        rules = [each for each in rules if each.keep is not None or (_until(each) == CLOSED and closed)]
        decided = [self._gone_by(key, each) for each in rules]
        days = [(each.value, at) for at, each in enumerate(decided) if each.value is not None]
        if not decided or not days:
            return decided[0] if decided else _NOBODY
        at_most = [(day, at) for day, at in days if _limit(rules[at]) == "at_most"]
        return decided[max(at_most)[1] if at_most else min(days)[1]]

    def _duty(self, keeping: Keeping, kinds: Kinds) -> Duty | None:
        """Return the duty that keeps what the tenant itself would let go, the longest of them."""
        grounds = (
            {keeping.ground}
            if keeping.ground
            else {
                said.ground
                for model, _ in whole_of(keeping.model, keeping.needed_by).tables
                if (said := registry.personal_data().get(model._meta.label)) and said.ground
            }
        )
        found = [
            Duty(key, each[key], self._gone_by(key, each[key]))
            for each in kinds
            for key in sorted(grounds & each.keys())
        ]
        return min(found, key=lambda duty: duty.over.value or date.min, default=None)

    def _gone_by(self, key: str, rule: Kept) -> Ruling[date | None]:
        known = (key, id(rule))
        if known not in self._decided:
            self._decided[known] = rule, gone_by(key, rule, self.on)  # with the rule: its id stays its own
        return self._decided[known][1]


def rules_of(on: date) -> Rules:
    """Return what the current tenant's own rules and its customers' terms say on a day."""
    rows = {(row.kind, row.of_tenant): row for row in KeepingRule.objects.filter(ended_at=None)}
    told = [account for one in registry.modules() if one.accounts for account in one.accounts(on)]
    known = {account.tenant for account in told}
    excepted = {company for _, company in rows if company is not None and company not in known}
    return Rules(on, rows, [*told, *(Account(tenant=each, kinds=()) for each in sorted(excepted))])


def settled_kind(row: KeepingRule, title: Text) -> Kept:
    """Return a rule that the tenant settled as the rulebook reads it."""
    return settled(Duration.parse(row.keep), Clause("house", row.agreed), title)


def _until(rule: Kept) -> str:
    return str(rule.until.value) if rule.until is not None else ""


def _limit(rule: Kept) -> str:
    return str(rule.limit.value) if rule.limit is not None else ""


def _told(on: date) -> Ruling[date | None]:
    """Decide of rows that say themselves until when they stay: those go whose last day is over."""
    said = Text(
        "Jede Zeile nennt den letzten Tag, an dem sie bleibt: so ist es bei ihrer Art und ihrem Standort eingestellt.",
        "Each row names the last day on which it stays, as its kind and its site have it settled.",
    )
    return Ruling(on - ONE_DAY, (Clause("gdpr", "GDPR Art. 5 (1) (e)"),), (("on", on.isoformat()),), (said,))


_NOBODY: Final[Ruling[date | None]] = Ruling(
    None, (), (),
    (Text(
        "Weder Vertrag noch Gesetz noch eine eigene Frist sagt, wie lange es bleibt: Es bleibt, bis die Daten des "
        "Unternehmens gehen.",
        "Neither contract nor law nor a rule of one’s own says how long it stays: until the company’s data go.",
    ),),
)  # fmt: skip

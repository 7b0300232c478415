"""Functions beyond the order as the house offers them, and as one customer has them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kontor.office.contracts.models import Amendment, Contract, ExtraFunction, FunctionNotice
from kontor.office.contracts.queries.releases import positions_on
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.rulebook.extra_function import PAID, is_on
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Had:
    """A function as a contract has it: `on` today, `owed` by the contract, `ends_on` the first day without it."""

    notice: FunctionNotice
    on: bool
    owed: bool
    ends_on: date | None

    @property
    def name(self) -> Text:
        """What it is called."""
        return Text(self.notice.name_de, self.notice.name_en)

    @property
    def about(self) -> Text:
        """What it does."""
        return Text(self.notice.about_de, self.notice.about_en)


def functions() -> Sequence[ExtraFunction]:
    """Return all functions that the house offers or offered, the newest first."""
    return list(ExtraFunction.objects.order_by("-offered_from", "-pk"))


def running_under(product: str, on: date) -> list[Contract]:
    """Return the contracts under a product's terms that have not ended by a day; two queries."""
    contracts = list(Contract.objects.filter(pack=product).order_by("number"))
    rows = amendments_by_contract([contract.pk for contract in contracts])
    return [each for each in contracts if each.start_on > on or positions_on(each, rows[each.pk], on)]


def functions_of(contract: Contract, rows: Sequence[Amendment], today: date, *, own: bool) -> list[Had]:
    """Return the functions that a contract's customer was told of, in the order of their names; one query."""
    told = FunctionNotice.objects.all() if own else FunctionNotice.received.all()
    notices = list(told.filter(contract_id=contract.pk).order_by("name_en", "pk"))
    ends = _ends(notices)
    positions = positions_on(contract, rows, today)
    return [
        _had(each, ends.get(each.function_id), positions, today)
        for each in notices
        if each.says == FunctionNotice.Says.OFFERED
    ]


def _ends(notices: Sequence[FunctionNotice]) -> dict[uuid.UUID, date]:
    return {each.function_id: each.effective_on for each in notices if each.says == FunctionNotice.Says.WITHDRAWN}


def _had(notice: FunctionNotice, ends: date | None, positions: frozenset[str], today: date) -> Had:
    ended = notice.effective_on > today or (ends is not None and ends <= today)
    on = is_on(notice.kind, item=notice.item, positions=positions, ended=ended)
    return Had(notice, on, notice.kind == PAID and on, ends)

"""Close a month of the house: what `kontor close-month` does once the database is there."""

import json
import re
import time
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone, translation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.wording import money
from kontor.office.contracts.actions import closing
from kontor.office.contracts.actions.close_steps import preview, step_of
from kontor.office.contracts.actions.closing import Moved
from kontor.office.contracts.models import CloseProblem, CloseStep, MonthClose
from kontor.office.contracts.queries.closing import KindSum, as_month, results_by_kind, sums_of

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_TRIES: Final = 10  # a database that restarts is back within this many seconds
_BUSY: Final = (
    "Another process is closing a month right now; this one has done nothing. Run it again to see the report."
)


class Command(BaseCommand):
    help = "Close a month of the house, or say what that would do. Killed and run again it goes on where it was."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the month and how to tell of it."""
        parser.add_argument("month", help="as 2026-11")
        parser.add_argument("--preview", action="store_true", help="say what it would do; nothing is written")
        parser.add_argument("--suspend", action="store_true", help="also suspend services where the contract allows it")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

    def handle(self, *, month: str, preview: bool, suspend: bool, as_json: bool, **_: Any) -> None:
        """Close, or foresee, and print the report; CommandError says in a sentence why not."""
        first, house = _first_day(month), _house()
        with translation.override("en"):
            told = _foreseen(house, first, suspend=suspend) if preview else _closed(house, first, suspend=suspend)
            self.stdout.write(json.dumps(told, ensure_ascii=False)) if as_json else _print(told)


def _first_day(month: str) -> date:
    if not _MONTH.fullmatch(month):
        raise CommandError(f"A month is written as 2026-11, not {month}.")
    return date.fromisoformat(f"{month}-01")


def _house() -> Tenant:
    house = Tenant.objects.filter(is_house=True).first()
    if house is None:
        raise CommandError("There is no house here yet whose month could be closed.")
    return house


def _foreseen(house: Tenant, first: date, *, suspend: bool) -> dict[str, Any]:
    with as_tenant(house.pk):
        lines, troubles = preview(as_month(first, suspend=suspend), at=timezone.now())
        problems = [{"label": each.label, "sentence": each.text.en} for each in troubles]
        return _told(first, "preview", sums_of(lines), problems)


def _closed(house: Tenant, first: date, *, suspend: bool) -> dict[str, Any]:
    """Do the batches here, one after the other, while holding the closes of the house for this process."""
    _take_over(house)
    try:
        with as_tenant(house.pk):
            close, made = closing.start_close(first, suspend=suspend, at=timezone.now(), actor=MACHINE)
        if close.finished_at is None:
            _work(house, close)
    except closing.CloseRefusedError as refused:
        raise CommandError(refused.text.en) from refused
    finally:
        if connection.connection is not None:
            with as_tenant(house.pk):
                closing.hand_back()
    with as_tenant(house.pk):
        problems = [
            {"step": row.step, "label": row.label, "sentence": row.sentence_en}
            for row in CloseProblem.objects.filter(close=close).order_by("at", "pk")
        ]
        state = "closed" if made or close.finished_at is None else "closed before"
        return _told(first, state, results_by_kind(close), problems)


def _take_over(house: Tenant) -> None:
    with as_tenant(house.pk):
        if not closing.take_over():
            raise CommandError(_BUSY)


def _work(house: Tenant, close: MonthClose) -> None:
    """Advance batch by batch; a connection that is lost is opened again, and its batch done again from nothing."""
    columns = (TextColumn("{task.description:<30}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}
        tries = 0
        while True:
            try:
                moved = _batch(house, close)
                tries = 0
                _show(house, close, bar, tasks)
            except (OperationalError, InterfaceError):
                tries += 1
                if tries > _TRIES:
                    raise
                connection.close()
                time.sleep(1)
                continue
            if moved is Moved.DONE:
                return


def _batch(house: Tenant, close: MonthClose) -> Moved:
    if connection.connection is None:  # lost with what this process held
        _take_over(house)
    with as_tenant(house.pk):
        moved = closing.advance(close.pk, at=timezone.now())
    if moved is Moved.BUSY:
        raise CommandError(_BUSY)
    return moved


def _show(house: Tenant, close: MonthClose, bar: Progress, tasks: dict[str, TaskID]) -> None:
    with as_tenant(house.pk):
        rows = list(CloseStep.objects.filter(close=close, started_at__isnull=False).order_by("place"))
    for row in rows:
        if row.key not in tasks:
            tasks[row.key] = bar.add_task(step_of(row.key).title.en, total=None)
        total = row.done if row.finished_at else max(row.total, row.done)
        bar.update(tasks[row.key], completed=row.done, total=total)


def _told(first: date, state: str, sums: Iterable[KindSum], problems: list[dict[str, str]]) -> dict[str, Any]:
    results = [
        {
            "kind": each.kind,
            "count": each.count,
            "sums": {amount.currency: str(amount.amount) for amount in each.sums},
            "shown": ", ".join(money(amount) for amount in each.sums),
            "title": each.title.en,
        }
        for each in sums
    ]
    return {"month": f"{first:%Y-%m}", "state": state, "results": results, "problems": problems}


def _print(told: dict[str, Any]) -> None:
    out = Console(highlight=False, soft_wrap=True)
    heads = {
        "preview": "{month} would be closed so; nothing is written yet.",
        "closed": "{month} is closed.",
        "closed before": "{month} was closed before; nothing was changed.",
    }
    out.print(heads[told["state"]].format(month=told["month"]), style="bold", markup=False)
    if told["results"]:
        table = Table("", "number", "sum", box=None, header_style="dim", pad_edge=False)
        for each in told["results"]:
            table.add_row(each["title"], str(each["count"]), each["shown"])
        out.print(table)
    for problem in told["problems"]:
        out.print(f"  {problem['label']}: {problem['sentence']}", markup=False)
    if told["state"] != "preview":
        out.print("Files and mails are made by the worker that `kontor serve` and `kontor demo` start.", style="dim")

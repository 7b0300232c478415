"""The list itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe

from kontor.kernel import wording
from kontor.kernel.listing.columns import Choice, Column, cell_writer
from kontor.kernel.listing.files import FORMATS, as_file
from kontor.kernel.listing.narrowing import narrowed, ordered, searched
from kontor.kernel.statements import FirstPage

_PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head; `sorted` is "ascending", "descending" or nothing, `url` orders the list by it."""

    label: str
    classes: str
    late: bool
    url: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as it stands."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


class Listing:
    """
    The list of one page, as its address asks for it: ?q= &sort= &page= &format=csv|xlsx and one word per choice.

    rows     a queryset, narrowed in the database, or any sequence, narrowed here; or a FirstPage, which has the query
             of a list that is asked often compiled, as long as nothing narrows it
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet[Any] | Sequence[Any] | FirstPage,
        *,
        name: str,
        columns: Sequence[Column],
        search: Sequence[str] | Callable[[Any, str], Any] = (),
        choices: Sequence[Choice] = (),
        order: str = "",
        page_size: int = _PAGE,
    ) -> None:
        self.request, self.name, self.columns = request, name, columns
        self.search, self.choices, self.page_size = search, choices, page_size
        self.first_page = rows if isinstance(rows, FirstPage) else None
        self.rows = rows.build() if isinstance(rows, FirstPage) else rows
        self.query = request.GET.get("q", "").strip()
        sortable = {column.sort for column in columns if column.sort}
        asked = request.GET.get("sort", "")
        self.order = asked if asked.removeprefix("-") in sortable else order

    @property
    def wants_file(self) -> bool:
        """Whether the address asks for the list as a file."""
        return self.request.GET.get("format") in FORMATS

    def chosen(self, choice: Choice) -> str:
        """Return the value chosen for a filter, "" for none or one that is not offered."""
        value = self.request.GET.get(choice.name, "")
        return value if value in {option for option, _ in choice.options} else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter is at work."""
        return bool(self.query) or any(self.chosen(choice) for choice in self.choices)

    @cached_property
    def found(self) -> Any:
        """The rows after search, filters and order."""
        rows: Any = self.rows
        for choice in self.choices:
            if value := self.chosen(choice):
                rows = narrowed(rows, choice, value)
        if self.query and self.search:
            find = self.search
            rows = find(rows, self.query) if callable(find) else searched(rows, find, self.query)
        return ordered(rows, self.order)

    @cached_property
    def page(self) -> Page[Any]:
        """The page that is shown; a number beyond the last shows the last."""
        asked, first = self.request.GET.get("page"), self.first_page
        if first is None or self.is_narrowed:
            return Paginator(self.found, self.page_size).get_page(asked)
        paginator = Paginator(() if asked is None else self.found, self.page_size)
        paginator.count = first.count()
        if asked is not None:
            return paginator.get_page(asked)
        return Page(first.rows(self.order, self.page_size, ordered), 1, paginator)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing at all, searched for or not."""
        return not self.is_narrowed and self.page.paginator.count == 0

    @cached_property
    def body(self) -> SafeString:
        """The page's rows as HTML."""
        writers = [cell_writer(column, first=place == 0) for place, column in enumerate(self.columns)]
        rows = ("".join([write(row) for write in writers]) for row in list(self.page.object_list))
        return mark_safe("".join([f"<tr>{row}</tr>" for row in rows]))  # noqa: S308  every cell escapes its parts

    @cached_property
    def heads(self) -> list[Head]:
        """The columns' heads, each with the address that orders by it."""
        return [self._head(column) for column in self.columns]

    def _head(self, column: Column) -> Head:
        label = wording.spoken(column.label)
        if not column.sort:
            return Head(label, column.classes, column.late, "", "")
        rising = self.order == column.sort
        falling = self.order == f"-{column.sort}"
        url = self.address(sort=f"-{column.sort}" if rising else column.sort)
        return Head(label, column.classes, column.late, url, "ascending" if rising else "descending" if falling else "")

    @property
    def filters(self) -> list[Filter]:
        """The filters with what is chosen in each."""
        return [
            Filter(
                choice.name,
                wording.spoken(choice.label),
                [(value, wording.spoken(label)) for value, label in choice.options],
                self.chosen(choice),
            )
            for choice in self.choices
        ]

    @property
    def has_two_lines(self) -> bool:
        """Whether a column has a second line, so that rows are as high as they need."""
        return any(column.sub is not None for column in self.columns)

    @property
    def asked_order(self) -> str:
        """The order that the address names."""
        return self.request.GET.get("sort", "")

    @property
    def previous_url(self) -> str:
        """The address of the page before."""
        return self.address(page=self.page.previous_page_number())

    @property
    def next_url(self) -> str:
        """The address of the next page."""
        return self.address(page=self.page.next_page_number())

    @property
    def bare_url(self) -> str:
        """The address without search and filters."""
        return self.request.path

    @property
    def file_url(self) -> str:
        """The address of what was found, as CSV."""
        return self.address(format="csv")

    @property
    def workbook_url(self) -> str:
        """The address of what was found, as XLSX."""
        return self.address(format="xlsx")

    def address(self, **changes: str | int | None) -> str:
        """Return this list's address with words changed, None taking one out; the page is forgotten unless named."""
        if not self.request.GET:
            given = {name: str(value) for name, value in changes.items() if value not in (None, "")}
            return f"?{urlencode(given)}" if given else self.request.path
        words = self.request.GET.copy()
        for forgotten in ("page", "format"):
            words.pop(forgotten, None)
        for name, value in changes.items():
            words.pop(name, None)
            if value not in (None, ""):
                words[name] = str(value)
        return f"?{words.urlencode()}" if words else self.request.path

    def file(self) -> HttpResponse:
        """Return all found rows as the file that the address asks for: CSV in the reader's language, or XLSX."""
        return as_file(
            self.request.GET["format"],
            name=self.name,
            heads=[wording.spoken(column.label) for column in self.columns],
            rows=([column.read(row) for column in self.columns] for row in self.found),
        )

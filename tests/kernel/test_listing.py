"""Lists are searched, filtered, sorted, paged and exported by their address alone."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db.models import JSONField, QuerySet, Value
from django.db.models.functions import Upper
from django.http import QueryDict
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import MeterReading, Tenant
from kontor.kernel.statements import FirstPage
from kontor.kernel.tenancy import as_tenant
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text
from tests.people import make_tenant


@dataclass(frozen=True)
class Row:
    number: str
    name: str
    on: date | None
    total: Money
    state: str


ROWS = [
    Row("1", "Alder & Sons", date(2026, 3, 1), Money("EUR", 250000), "open"),
    Row("2", "Birch", None, Money("EUR", 9900), "paid"),
    Row("3", "=Cedar", date(2026, 1, 1), Money("EUR", -500), "open"),
]
COLUMNS = (
    Column("number", Text("Nummer", "Number"), url=lambda row: f"/{row.number}/", slot="title", sort="number"),
    Column("name", Text("Name", "Name"), sub=lambda row: row.state),
    Column("on", Text("Tag", "Day"), kind="day", sort="on"),
    Column("state", Text("Stand", "State"), kind="badge", value=lambda row: Badge(row.state)),
    Column("total", Text("Betrag", "Amount"), kind="money", sort="total", slot="money"),
)
STATE = Choice("state", Text("Stand", "State"), (("open", Text("offen", "open")), ("paid", Text("bezahlt", "paid"))))


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def listing(query: str = "", *, rows: list[Row] = ROWS, page_size: int = 25) -> Listing:
    request = RequestFactory().get("/list/")
    request.GET = QueryDict(query)
    return Listing(
        request, rows, name="rows", columns=COLUMNS, search=("number", "name"), choices=(STATE,), page_size=page_size
    )


def numbers(found: Listing) -> list[str]:
    return [row.number for row in found.page]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["1", "2", "3"]),
        ("q=alder", ["1"]),
        ("q=sons+alder", ["1"]),
        ("q=alder+birch", []),
        ("state=open", ["1", "3"]),
        ("state=nonsense", ["1", "2", "3"]),
        ("sort=total", ["3", "2", "1"]),
        ("sort=-total", ["1", "2", "3"]),
        ("sort=on", ["3", "1", "2"]),
        ("sort=-on", ["1", "3", "2"]),
        ("sort=name", ["1", "2", "3"]),
    ],
)
def test_the_address_says_which_rows_and_in_what_order(query: str, expected: list[str]) -> None:
    assert numbers(listing(query)) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "expected", "order"),
    [
        ("sort=name", ["Alder", "Alder", "Birch"], 'ORDER BY "kernel_tenant"."name" ASC, "kernel_tenant"."id" ASC'),
        ("sort=-name", ["Birch", "Alder", "Alder"], 'ORDER BY "kernel_tenant"."name" DESC, "kernel_tenant"."id" DESC'),
        (
            "sort=upper",
            ["Alder", "Alder", "Birch"],
            'ORDER BY reckoned ASC NULLS LAST, "kernel_tenant"."id" ASC',
        ),
    ],
)
def test_the_database_orders_so_that_an_index_can_help(query: str, expected: list[str], order: str) -> None:
    for name in ("Birch", "Alder", "Alder"):
        Tenant.objects.create(name=name, created_at=datetime(2026, 3, 1, tzinfo=UTC))
    request = RequestFactory().get(f"/list/?{query}")
    columns = (Column("name", "Name", sort="name"), Column("upper", "Upper", sort="upper"))
    found = Listing(request, Tenant.objects.annotate(upper=Upper("name")), name="tenants", columns=columns)
    assert [row.name for row in found.page] == expected
    sql = str(found.found.query)
    assert re.sub(r"(?<=ORDER BY )\d+", "reckoned", sql[sql.index("ORDER BY") :]) == order


def readings() -> QuerySet[Any]:
    told = {"upper": Upper("source"), "words": Value({"a": ["b"]}, JSONField())}
    return MeterReading.objects.annotate(**told).values_list("pk", "source", "upper", "words", named=True)


@pytest.mark.django_db
def test_a_first_page_that_is_compiled_once_says_what_the_query_says() -> None:
    """Each tenant its own rows, each order its own first page; what narrows or turns the page asks the query itself."""
    alder, birch = make_tenant("Alder"), make_tenant("Birch")
    for tenant, names in ((alder, ("Ahorn", "Buche", "Eiche")), (birch, ("Linde",))):
        with as_tenant(tenant.pk):
            at = datetime(2026, 3, 1, tzinfo=UTC)
            MeterReading.objects.bulk_create(MeterReading(meter="x", source=name, quantity=1, at=at) for name in names)
    first = FirstPage(readings, MeterReading)
    columns = (Column("source", "Source", sort="source"),)

    def shown(tenant: Tenant, query: str) -> tuple[list[str], int]:
        with as_tenant(tenant.pk):
            request = RequestFactory().get(f"/list/?{query}")
            found = Listing(
                request, first, name="all", columns=columns, search=("source",), order="source", page_size=2
            )
            assert [row.words for row in found.page] == [{"a": ["b"]}] * len(found.page)
            return [f"{row.source} {row.upper}" for row in found.page], found.page.paginator.count

    for _ in range(8):  # the later ones are prepared
        assert shown(alder, "") == (["Ahorn AHORN", "Buche BUCHE"], 3)
        assert shown(birch, "") == (["Linde LINDE"], 1)
        assert shown(alder, "sort=-source") == (["Eiche EICHE", "Buche BUCHE"], 3)
    assert shown(alder, "page=2") == (["Eiche EICHE"], 3)
    assert shown(alder, "q=eich") == (["Eiche EICHE"], 1)


def test_a_page_beyond_the_last_shows_the_last() -> None:
    found = listing("page=9", page_size=2)
    assert numbers(found) == ["3"]
    assert found.previous_url == "?page=1"


def test_a_new_order_or_filter_forgets_the_page_and_keeps_the_rest() -> None:
    found = listing("q=a&page=2")
    assert found.address(sort="on") == "?q=a&sort=on"
    assert found.address(q=None) == "/list/"


def test_a_cell_is_written_by_its_kind_and_escaped() -> None:
    assert re.findall(r"<tr>(.*?)</tr>", str(listing().body))[0] == (
        '<td data-slot="title"><a href="/1/" class="k-nowrap" data-k-stop>1</a></td>'
        '<td>Alder &amp; Sons<span class="k-sub">open</span></td>'
        '<td class="date">1 Mar 2026</td>'
        f"<td>{_badge('open')}</td>"
        '<td data-slot="money" class="money">€2,500.00</td>'
    )


def _badge(word: str) -> str:
    return Template("{% badge word %}").render(Context({"word": word}))


def test_a_head_orders_and_says_how_it_is_ordered() -> None:
    heads = listing("sort=on").heads
    assert [(head.label, head.sorted, head.url) for head in heads] == [
        ("Number", "", "?sort=number"),
        ("Name", "", ""),
        ("Day", "ascending", "?sort=-on"),
        ("State", "", ""),
        ("Amount", "", "?sort=total"),
    ]


def test_the_file_holds_all_found_rows_for_a_spreadsheet_in_the_readers_language() -> None:
    found = listing("format=csv&sort=number", page_size=1)
    assert found.wants_file
    assert found.file().content.decode("utf-8-sig").splitlines() == [
        "Number,Name,Day,State,Amount",
        "1,Alder & Sons,2026-03-01,open,2500.00",
        "2,Birch,,paid,99.00",
        "3,'=Cedar,2026-01-01,open,-5.00",
    ]
    with translation.override("de"):
        assert listing("format=csv&q=birch").file().content.decode("utf-8-sig").splitlines() == [
            "Nummer;Name;Tag;Stand;Betrag",
            "2;Birch;;paid;99,00",
        ]


def test_nothing_at_all_and_nothing_found_are_two_things() -> None:
    source = "{% listing rows %}<p>Write the first.</p>{% endlisting %}"
    blank = Template(source).render(Context({"rows": listing(rows=[])}))
    assert blank.strip() == "<p>Write the first.</p>"
    missed = Template(source).render(Context({"rows": listing("q=nobody")}))
    assert re.findall(r"<h2>([^<]+)</h2>", missed) == ["Nothing fits"]
    assert re.findall(r"<p>Write the first", missed) == []


def test_what_is_said_of_nothing_is_drawn_for_nothing_alone() -> None:
    page = Template("{% listing rows %}{{ said }}{% endlisting %}")
    heard: list[str] = []
    said = lambda: heard.append("said") or "Nothing yet"  # noqa: E731  a template calls it
    request = RequestFactory().get("/list/")
    page.render(Context({"rows": listing(), "said": said, "request": request}))
    assert heard == []
    blank = page.render(Context({"rows": listing(rows=[]), "said": said, "request": request}))
    assert (heard, blank.strip()) == (["said"], "Nothing yet")


@pytest.mark.parametrize("words", ["", "rows other", "rows seek=1", "rows find=1 rows"])
def test_a_list_that_is_written_wrongly_is_refused(words: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="listing rows find=words"):
        Template(f"{{% listing {words} %}}{{% endlisting %}}")

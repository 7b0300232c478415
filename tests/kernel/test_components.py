"""Each tag of docs/how-to/pages.md gives the markup that the style sheet and the screen reader expect."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from kontor.kernel.bundle import UnknownIconError, icon_names
from kontor.kernel.components import Badge, Chart, Moment, Part, Run, Series, Stage, Step, Tab
from kontor.kernel.explanation import clause_label, explain, input_value
from kontor.rulebook.ending.notice import NoticeAnswer, Outcome
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Ruling, Text


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def drawn(source: str, **given: Any) -> str:
    """Render and take the white space between elements out, and the addresses of icons down to their names."""
    html = Template(source).render(Context({"request": RequestFactory().get("/"), **given}))
    html = re.sub(r'href="[^"]*#([a-z0-9-]+)"/>', r'href="#\1"/>', html)
    return re.sub(r">\s+<", "><", html).strip()


def test_an_icon_is_hidden_from_screen_readers_unless_it_has_a_label() -> None:
    assert drawn('{% icon "plus" %}') == '<svg class="ki" aria-hidden="true"><use href="#plus"/></svg>'
    assert (
        drawn('{% icon "plus" label="Add" size="s" %}')
        == '<svg class="ki ki--s" role="img" aria-label="Add"><use href="#plus"/></svg>'
    )


def test_an_icon_that_the_sprite_does_not_hold_is_refused_by_name() -> None:
    with pytest.raises(UnknownIconError, match='There is no icon "no-such-icon"'):
        drawn('{% icon "no-such-icon" %}')


def test_a_badge_carries_its_word_and_a_sign() -> None:
    badge = Badge(Text("bezahlt", "paid"), "good")
    assert drawn("{% badge badge %}", badge=badge) == (
        '<span class="k-state k-state--good">'
        '<svg class="ki" aria-hidden="true"><use href="#circle-check"/></svg>paid</span>'
    )
    with translation.override("de"):
        assert str(badge) == "bezahlt"


def test_what_comes_from_outside_is_escaped() -> None:
    assert drawn("{% badge word %}", word="<b>") == (
        '<span class="k-state"><svg class="ki" aria-hidden="true"><use href="#circle-dashed"/></svg>&lt;b&gt;</span>'
    )
    assert (
        drawn("{% button word href=url %}", word="<i>", url='"x"')
        == '<a href="&quot;x&quot;" class="btn">&lt;i&gt;</a>'
    )


@pytest.mark.parametrize(
    ("number", "english", "german"),
    [
        ("4.6.1", "No. 4.6.1", "Ziff. 4.6.1"),
        ("§13", "§ 13", "§ 13"),
        ("Artikel 11", "Art. 11", "Art. 11"),
        ("Anhang 1, 1.3 (i)", "Appx. 1, 1.3 (i)", "Anh. 1, 1.3 (i)"),
        ("Anhang 2, Regel 1", "Appx. 2, Rule 1", "Anh. 2, Regel 1"),
        ("Anlage 3, Anhang II", "Annex 3, Appx. II", "Anl. 3, Anh. II"),
        ("BGB § 288 (2)", "BGB § 288 (2)", "BGB § 288 (2)"),
    ],
)
def test_a_clause_is_named_as_a_chip_has_room_for(number: str, english: str, german: str) -> None:
    assert clause_label(number) == english
    with translation.override("de"):
        assert clause_label(number) == german


def test_a_clause_without_a_page_is_no_link() -> None:
    assert drawn('{% clause "§13" %}') == '<span class="k-clause">§ 13</span>'
    assert drawn("{% clause nothing %}", nothing=None) == ""


RULING = Ruling(
    date(2026, 9, 30),
    (Clause("agreed", "Art. 4"),),
    (("end", "2026-12-31"), ("notice", "3 months"), ("price", "1234.50 EUR"), ("odd_name", "as it is")),
    (Text("3 Monate vorher.", "3 months before."),),
)


def test_why_is_told_in_the_readers_language() -> None:
    said = explain(RULING)
    assert said.answer == "30 Sep 2026"
    assert [words.label for words in said.clauses] == ["Art. 4"]
    assert said.inputs == (
        ("End", "31 Dec 2026"),
        ("Notice", "3 months"),
        ("Price", "€1,234.50"),
        ("Odd name", "as it is"),
    )
    assert said.steps == ("3 months before.",)
    with translation.override("de"):
        german = explain(RULING)
        assert (german.answer, german.steps) == ("30.09.2026", ("3 Monate vorher.",))
        assert german.inputs[:3] == (
            ("Ende", "31.12.2026"),
            ("Kündigungsfrist", "3 Monate"),
            ("Preis", "1.234,50\xa0€"),
        )


def test_a_moment_among_the_inputs_is_shown_by_the_clock_it_was_written_with() -> None:
    assert input_value("2026-11-23T13:30:00+01:00") == "23 Nov 2026, 13:30"
    assert input_value("2026-99-01") == "2026-99-01"
    assert input_value("reminder-2") == "Reminder 2"


@pytest.mark.parametrize(
    ("kept", "english", "german"),
    [
        ("34.900000", "34.90", "34,90"),
        ("2.000000", "2", "2"),
        ("0.333333", "0.333333", "0,333333"),
        ("10.000000", "10", "10"),
        ("1234.50", "1,234.50", "1.234,50"),
    ],
)
def test_a_number_loses_the_zeros_its_column_filled_it_up_with(kept: str, english: str, german: str) -> None:
    assert input_value(kept) == english
    with translation.override("de"):
        assert input_value(kept) == german


def test_each_why_opens_its_own_box() -> None:
    html = drawn("{% why one %}{% why one label=word %}", one=RULING, word="Why?")
    openers = re.findall(r'<button type="button" class="k-clause" popovertarget="([^"]+)"', html)
    boxes = re.findall(r'<div class="k-why" id="([^"]+)" popover', html)
    assert openers == boxes
    assert len(set(boxes)) == 2


def test_a_button_is_a_link_where_it_leads_somewhere() -> None:
    assert drawn('{% button "Go" href="/x/" kind="primary" %}') == '<a href="/x/" class="btn btn-primary">Go</a>'
    assert drawn('{% button "Go" %}') == '<button type="submit" class="btn">Go</button>'
    assert drawn('{% button "Go" dialog="d" %}') == (
        '<button type="button" class="btn" data-k-dialog="d" aria-haspopup="dialog">Go</button>'
    )
    assert drawn('{% button "Go" type="button" disabled=True hx_get="/y/" %}') == (
        '<button type="button" class="btn" hx-get="/y/" disabled>Go</button>'
    )


def test_an_action_posts_with_the_token_and_its_fields() -> None:
    assert drawn('{% action "Confirm" "/c/" kind="primary" order="7" %}', csrf_token="T") == (
        '<form class="k-action" method="post" action="/c/"><input type="hidden" name="csrfmiddlewaretoken" value="T">'
        '<input type="hidden" name="order" value="7">'
        '<button type="submit" class="btn btn-primary">Confirm</button></form>'
    )


def test_an_action_that_asks_first_says_what_will_happen() -> None:
    html = drawn(
        '{% action "Delete" "/d/" ask="Delete it?" because="It is gone then." kind="remove" %}', csrf_token="T"
    )
    mark = re.findall(r'data-k-dialog="([^"]+)"', html)
    assert re.findall(r'<dialog class="k-dialog" id="([^"]+)"', html) == mark
    assert re.findall(r"<h2[^>]*>([^<]*)</h2>", html) == ["Delete it?"]
    assert re.findall(r"<p>([^<]*)</p>", html) == ["It is gone then."]
    assert re.findall(r'<button type="submit" class="([^"]+)">Delete</button>', html) == ["btn btn-primary btn-remove"]


def test_a_meter_draws_used_forecast_and_limit_on_one_scale() -> None:
    html = drawn('{% meter "Storage" used limit unit="GB" forecast=ahead %}', used=10, limit=16, ahead=14)
    # The limit of 16 stands at four fifths of the bar; 10 of 20 are half, the forecast adds 4 of 20.
    assert re.findall(r'<i class="([^"]+)"></i>', html) == ["to-500", "is-forecast at-500 to-200", "is-limit at-800"]
    assert re.findall(r'aria-valuetext="([^"]+)"', html) == ["10 of 16 GB"]


def test_a_meter_over_its_limit_marks_what_lies_over() -> None:
    html = drawn('{% meter "Mails" used limit %}', used=25, limit=20)
    assert re.findall(r'<i class="([^"]+)"></i>', html) == ["to-800", "is-over at-800 to-200", "is-limit at-800"]
    assert re.findall(r'<b class="k-bad">([^<]+)</b>', html) == ["25"]


def test_parts_share_the_whole_bar() -> None:
    rows = [Part("a", Decimal(75), "75"), Part("b", Decimal(25), "25", 3)]
    html = drawn("{% parts rows %}", rows=rows)
    assert re.findall(r'<i class="([^"]+)"></i>', html) == ["k-p1 to-750", "k-p2 to-250"]


def test_the_timeline_puts_today_between_what_lies_ahead_and_what_was() -> None:
    entries = [Moment(date(2027, 1, 1), "ahead"), Moment(date(2026, 1, 1), "was")]
    html = drawn("{% timeline entries today=today %}", entries=entries, today=date(2026, 6, 1))
    assert re.findall(r'<li(?: class="([^"]+)")?>', html) == ["is-ahead", "is-now", ""]
    assert re.findall(r"<h3>([^<]+)</h3>", html) == ["ahead", "was"]


def test_steps_tabs_and_switchers_say_where_one_is() -> None:
    assert drawn("{% steps rows %}", rows=[Step("a", state="done"), Step("b", "x", "now")]) == (
        '<ol class="k-steps"><li class="is-done"><b>a</b></li>'
        '<li class="is-now" aria-current="step"><b>b</b>x</li></ol>'
    )
    tabs = [Tab("One", "/1/", active=True), Tab("Two", "/2/", count=1200)]
    links = '<a href="/1/" aria-current="page">One</a><a href="/2/">Two<span class="k-count">1,200</span></a>'
    assert drawn("{% tabs rows %}", rows=tabs) == f'<nav class="k-subnav" aria-label="Parts of this page">{links}</nav>'
    assert drawn('{% switcher "View" rows %}', rows=tabs) == (
        f'<div class="k-switcher" role="group" aria-label="View">{links}</div>'
    )


def test_a_tab_that_stands_for_several_pages_opens_them_in_a_second_row() -> None:
    papers = (Tab("Terms", "/t/"), Tab("Papers", "/p/", active=True))
    money = Tab("Money", "/m/", parts=(Tab("Invoices", "/m/"), Tab("Work", "/w/")))
    assert drawn("{% tabs rows %}", rows=[money, Tab("Text", "/t/", active=True, parts=papers)]) == (
        '<nav class="k-subnav" aria-label="Parts of this page">'
        '<a href="/m/">Money</a><a href="/t/" aria-current="true">Text</a></nav>'
        '<nav class="k-subparts" aria-label="Text"><a href="/t/">Terms</a>'
        '<a href="/p/" aria-current="page">Papers</a></nav>'
    )


@pytest.mark.parametrize(
    ("at", "now", "classes", "length", "word"),
    [
        (
            datetime(2026, 1, 1, 12, 0, tzinfo=UTC),
            datetime(2026, 1, 1, 12, 42, tzinfo=UTC),
            "k-clock k-clock--over",
            "42 min",
            "over",
        ),
        (
            datetime(2026, 1, 1, 14, 18, tzinfo=UTC),
            datetime(2026, 1, 1, 12, 0, tzinfo=UTC),
            "k-clock k-clock--soon",
            "2:18 h",
            "left",
        ),
        (datetime(2026, 1, 9, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), "k-clock", "8 days", "left"),
        (date(2026, 1, 2), date(2026, 1, 1), "k-clock k-clock--soon", "1 day", "2 Jan 2026"),
        (date(2026, 1, 1), date(2026, 1, 1), "k-clock k-clock--soon", "today", "1 Jan 2026"),
        (date(2025, 12, 30), date(2026, 1, 1), "k-clock k-clock--over", "2 days", "over"),
    ],
)
def test_a_clock_says_how_long_with_a_word(at: date, now: date, classes: str, length: str, word: str) -> None:
    assert drawn("{% due at now %}", at=at, now=now) == f'<span class="{classes}">{length}<small>{word}</small></span>'


def test_a_moment_is_not_compared_with_a_date() -> None:
    with pytest.raises(TypeError, match="two moments or two dates"):
        drawn("{% due at now %}", at=date(2026, 1, 1), now=datetime(2026, 1, 1, tzinfo=UTC))


def test_a_chart_has_a_sentence_its_figures_and_the_same_as_a_table() -> None:
    chart = Chart("c", "It rises.", "bars", ["May", "June"], [Series("sum", (1.5, None))], currency="EUR", now=1)
    html = drawn("{% chart chart %}", chart=chart)
    assert re.findall(r'data-k-chart="([^"]+)" role="img" aria-label="([^"]+)"', html) == [("c", "It rises.")]
    assert re.findall(r'<script id="([^"]+)" type="application/json">', html) == ["c"]
    assert re.findall(r'<th scope="row">([^<]+)</th><td class="money">([^<]*)</td>', html) == [
        ("May", "€1.50"),
        ("June", ""),
    ]


def test_a_charts_figures_are_said_without_the_zeros_of_a_column() -> None:
    values = (Decimal("14100.000000"), Decimal("2.500000"))
    chart = Chart("c", "Mails", "lines", ["1", "2"], [Series("used", values)], unit="mails")
    assert re.findall(r'<td class="money">([^<]*)</td>', drawn("{% chart chart %}", chart=chart)) == [
        "14,100 mails",
        "2.5 mails",
    ]


def test_a_text_below_the_heading_is_said_in_one_language() -> None:
    html = drawn('{% page_head "Trial" meta=meta %}{% endpage_head %}', meta=Text("Kunden", "Customers"))
    assert re.findall(r"<span>([^<]*)</span>", html) == ["Customers"]


def test_an_answer_of_several_parts_is_what_the_working_came_to() -> None:
    steps = (Text("Erst dies.", "First this."), Text("Also das.", "So that."))
    parts = NoticeAnswer(Outcome.IN_TIME, date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3))
    assert explain(Ruling(parts, (), (), steps)).answer == "So that."
    assert explain(Ruling((parts, parts), (), ())).answer == ""
    assert explain(Ruling(Outcome.IN_TIME, (), (), steps)).answer == "So that."
    assert explain(Ruling((date(2026, 1, 1), Text("a", "b")), (), (), steps)).answer == "1 Jan 2026, b"


def test_long_work_asks_for_itself_only_until_it_is_done() -> None:
    half = Run("Month", 1, 2, (Stage("count", "1 of 2", "now"),), url="/run/")
    assert re.findall(r'hx-get="([^"]+)"', drawn("{% run it %}", it=half)) == ["/run/"]
    whole = Run("Month", 2, 2, url="/run/")
    assert re.findall(r'hx-get="([^"]+)"', drawn("{% run it %}", it=whole)) == []


def test_cards_facts_and_figures() -> None:
    assert drawn("{% card %}x{% endcard %}") == '<div class="card"><div class="k-card__body">x</div></div>'
    assert drawn('{% facts %}{% fact "Term" clause="§ 4" %}a year{% endfact %}{% endfacts %}') == (
        '<dl class="k-facts"><div><dt>Term</dt><dd>a year</dd><dd><span class="k-clause">§ 4</span></dd></div></dl>'
    )
    assert drawn('{% stat "open" value tone="bad" %}', value=Money("EUR", 123456)) == (
        '<div class="k-stat"><dt>open</dt><dd class="k-bad">€1,234.56</dd></div>'
    )


def test_every_icon_that_a_template_names_is_in_the_sprite(settings: Any) -> None:
    named = set()
    for file in settings.SOURCE.rglob("*.html"):
        named |= set(re.findall(r"\bicon[= ]\"([a-z0-9-]+)\"", file.read_text(encoding="utf-8")))
    assert sorted(named - icon_names()) == []


class Trial(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the contract")
    day = forms.DateField(label="Day", required=False)


def test_a_field_has_its_label_above_its_hint_below_and_its_error_in_place() -> None:
    html = drawn("{% field form.name %}", form=Trial({"name": ""}))
    assert html == (
        '<div class="k-field"><label class="form-label" for="id_name">Name</label>'
        '<input type="text" name="name" class="form-control is-invalid" aria-describedby="id_name-hint id_name-error" '
        'aria-invalid="true" required id="id_name"><p class="form-hint" id="id_name-hint">As on the contract</p>'
        '<div id="id_name-error"><p class="k-error">'
        '<svg class="ki" aria-hidden="true"><use href="#alert-octagon"/></svg>'
        "This field is required.</p></div></div>"
    )


def test_a_date_field_speaks_iso_to_the_browser_in_every_language() -> None:
    with translation.override("de"):
        html = drawn("{% field form.day %}", form=Trial(initial={"day": date(2026, 11, 22)}))
    assert re.findall(r'<input type="date" name="day" value="([^"]+)"', html) == ["2026-11-22"]
    assert re.findall(r'<span class="k-opt">([^<]+)</span>', html) == ["wenn vorhanden"]


def test_what_is_wrong_is_said_at_the_top_with_links() -> None:
    html = drawn("{% error_summary form %}", form=Trial({"name": "", "day": "never"}))
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', html) == [
        ("#id_name", "Name: This field is required."),
        ("#id_day", "Day: Enter a valid date."),
    ]
    assert drawn("{% error_summary form %}", form=Trial({"name": "x"})) == ""

"""Badges: how they look, who settles that, and what a visitor's badge says."""

import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from kontor.office.terminals import public as labels
from kontor.products.visitors.actions import badging
from kontor.products.visitors.actions.settling import SettingRefusedError
from kontor.products.visitors.formats.badges import (
    BY_DAY,
    COLOURS,
    MILLIMETRES,
    Bearer,
    Design,
    Line,
    design_of,
    drawn,
    parts_of,
    valid,
)
from kontor.products.visitors.models import BadgeTemplate
from kontor.products.visitors.queries.codes import code_in
from kontor.rulebook.ruling import Text
from tests.office.terminals.printers import pdf_picture, raster_printed, scanned, zpl_picture
from tests.people import administrator, browser, verbs
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import DESK, MONDAY, as_tenant, expect, make_alder, make_site, types

pytestmark = pytest.mark.django_db
NELE = Bearer(
    name="Nele Brandt", company="Brandt Elektro", host="Jonas Alder", kind="Business visit", site="Hamburg",
    first_day=date(2026, 11, 2), last_day=date(2026, 11, 2), code="KV1.x", language="en",
)  # fmt: skip
FORM = {
    "name": "Werk", "size": "62x100", "band": "day", "symbol": "on", "lines-TOTAL_FORMS": "3",
    "lines-INITIAL_FORMS": "0", "lines-0-what": "name", "lines-0-size": "L", "lines-1-what": "",
    "lines-2-what": "words", "lines-2-size": "S", "lines-2-words": "Bitte sichtbar tragen",
}  # fmt: skip


@pytest.fixture
def alder():
    return make_alder()


def logo(kind="PNG"):
    kept = io.BytesIO()
    Image.new("RGB", (90, 30), "navy").save(kept, kind)
    return kept.getvalue()


def texts(label):
    return [each.text for each in label.pieces if isinstance(each, labels.Words)]


def with_badge(visit, design=None):
    """Let the visit's kind have a badge."""
    visit.type.badge = badging.add_badge("Werk", design or Design(), at=MONDAY, actor=DESK)
    visit.type.save(update_fields=["badge"])
    return visit


def test_a_visitors_badge_is_read_back_from_each_kind_of_printer(alder, tmp_path):
    with as_tenant(alder.pk):
        visit = with_badge(expect(make_site(), types()["Business visit"]))
        label = badging.badge_of(visit, at=MONDAY)
        (code,) = (each.text for each in label.pieces if isinstance(each, labels.Symbol))
        read = code_in(code)
    assert read is not None, "signed by the tenant's key"
    assert (read.visit, read.site, read.number) == (visit.pk, visit.site_id, visit.code)
    # what FW-069 names, in the visitor's own language
    assert texts(label) == [
        "Valid on Mon, 2 November 2026", "Nele Brandt", "Brandt Elektro", "Visiting Jonas Alder", "2 November 2026"
    ]  # fmt: skip
    assert scanned(pdf_picture(labels.label_pdf(label, "Badge", at=MONDAY))) == code
    assert scanned(zpl_picture(labels.zpl(label), tmp_path, (62, 100))) == code
    assert scanned(raster_printed(labels.raster(label)).picture) == code


def test_the_desk_gets_the_badge_of_a_visit_and_nobody_else_does(alder):
    with as_tenant(alder.pk):
        hamburg, luebeck = make_site(), make_site("Lübeck")
        visit = expect(hamburg, types()["Business visit"])
        none = expect(luebeck, types()["Delivery"])
        with_badge(visit)
    desk = clerk(alder, "visitors.see", "visitors.receive")
    given = desk.get(f"/visitors/{visit.pk}/badge/")
    assert (given.status_code, given["Content-Type"]) == (200, "application/pdf")
    (page,) = pypdf.PdfReader(io.BytesIO(given.content)).pages
    assert page.extract_text().split("\n")[1:3] == ["Nele Brandt", "Brandt Elektro"]
    assert desk.get(f"/visitors/{visit.pk}/").context["has_badge"] is True
    # a kind without a badge, and a right that is not enough
    assert desk.get(f"/visitors/{none.pk}/").context["has_badge"] is False
    assert desk.get(f"/visitors/{none.pk}/badge/").status_code == 404
    seer = clerk(alder, "visitors.see", email="sina@alder.example")
    assert seer.get(f"/visitors/{visit.pk}/badge/").status_code == 403
    birke = make_alder("Birke")
    assert browser(administrator(birke), birke).get(f"/visitors/{visit.pk}/badge/").status_code == 404


def test_a_name_that_the_type_has_no_shape_for_is_said_so(alder):
    with as_tenant(alder.pk):
        visit = with_badge(expect(make_site(), types()["Business visit"], name="王小明"))
    desk = clerk(alder, "visitors.see", "visitors.receive")
    answer = desk.get(f"/visitors/{visit.pk}/badge/", follow=True)
    assert answer.redirect_chain == [(f"/visitors/{visit.pk}/", 302)]
    assert len(answer.context["messages"]) == 1


def test_a_badge_is_settled_line_by_line_and_seen_as_it_will_be(alder):
    desk = browser(administrator(alder), alder)
    assert desk.get("/visitors/settings/badges/new/").status_code == 200
    given = SimpleUploadedFile("logo.png", logo(), "image/png")
    made = desk.post("/visitors/settings/badges/new/", FORM | {"logo": given})
    with as_tenant(alder.pk):
        row = BadgeTemplate.objects.get()
        design = design_of(row.size, row.parts)
    way = reverse("visitors:badge", args=(row.pk,))
    assert made.headers["Location"] == way
    assert (design.size, design.band, design.symbol, design.logo[:4]) == ("62x100", "day", True, b"\x89PNG")
    assert design.lines == (
        Line(what="name", size="L"), Line(what="words", size="S", words="Bitte sichtbar tragen")
    )  # fmt: skip
    page = desk.get(way)
    assert "Bitte sichtbar tragen</text>" in page.content.decode()
    # kept is the logo, until it is left out; the name is taken by itself only
    assert desk.post(way, FORM | {"size": "86x54", "band": "", "symbol": ""}).status_code == 302
    with as_tenant(alder.pk):
        row.refresh_from_db()
        changed = design_of(row.size, row.parts)
    assert (changed.size, changed.band, changed.symbol, changed.logo) == ("86x54", "", False, design.logo)
    assert desk.post(way, FORM | {"no_logo": "on"}).status_code == 302
    again = desk.post("/visitors/settings/badges/new/", FORM)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["name"])
    wrong = desk.post(way, FORM | {"logo": SimpleUploadedFile("a.svg", b"<svg/>")})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["logo"])
    large = desk.post(way, FORM | {"logo": SimpleUploadedFile("a.png", bytes(1_000_001))})
    assert list(large.context["form"].errors) == ["logo"]
    assert verbs(alder, row) == ["visitors.badge_added", "visitors.badge_changed", "visitors.badge_changed"]


def test_the_preview_follows_what_is_typed_and_stays_while_that_is_nothing(alder):
    desk = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        held = badging.add_badge("Werk", Design(logo=logo()), at=MONDAY, actor=DESK)
    seen = desk.post("/visitors/settings/badges/preview/", FORM | {"name": "", "held": str(held.pk)}).content.decode()
    assert re.findall(r">([^<>]+)</text>", seen)[1:] == ["Nele Sample", "Bitte sichtbar tragen"]
    assert "<image " in seen
    assert "<image " not in desk.post("/visitors/settings/badges/preview/", FORM | {"held": "x"}).content.decode()
    assert desk.post("/visitors/settings/badges/preview/", FORM | {"size": "1x1"}).status_code == 204
    assert desk.post("/visitors/settings/badges/preview/", FORM | {"lines-0-what": "photo"}).status_code == 204
    with as_tenant(alder.pk):
        assert BadgeTemplate.objects.count() == 1


def test_a_specimen_is_given_out_as_each_printer_takes_it(alder):
    desk = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        row = badging.add_badge("Werk", Design(), at=MONDAY, actor=DESK)
    way = f"/visitors/settings/badges/{row.pk}/specimen/"
    begins = {each: desk.get(f"{way}{each}/").content[:5] for each in ("pdf", "zpl", "ql")}
    assert begins == {"pdf": b"%PDF-", "zpl": b"^XA^C", "ql": bytes(5)}
    assert desk.get(f"{way}exe/").status_code == 404


def test_a_badge_that_a_kind_gives_is_not_put_away(alder):
    desk = browser(administrator(alder), alder)
    with as_tenant(alder.pk):
        kind = types()["Business visit"]
        row = badging.add_badge("Werk", Design(), at=MONDAY, actor=DESK)
    steps = {"steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"}
    told = {"title_de": "Besuch", "title_en": "Visit", "asks": ["company"], **steps}
    assert desk.post(f"/visitors/settings/kinds/{kind.pk}/", told | {"badge": str(row.pk)}).status_code == 302
    away = f"/visitors/settings/badges/{row.pk}/away/"
    assert desk.post(away).headers["Location"] == f"/visitors/settings/badges/{row.pk}/"
    with as_tenant(alder.pk), pytest.raises(SettingRefusedError, match="still given to: Visit"):
        badging.put_away_badge(row.pk, at=MONDAY, actor=DESK)
    assert desk.post(f"/visitors/settings/kinds/{kind.pk}/", told | {"badge": ""}).status_code == 302
    assert desk.post(away).headers["Location"] == "/visitors/settings/"
    assert (desk.get(f"/visitors/settings/badges/{row.pk}/").status_code, desk.post(away).status_code) == (404, 404)
    assert list(desk.get("/visitors/settings/").context["badges"]) == []


def test_whoever_settles_nothing_and_another_company_see_no_template(alder):
    with as_tenant(alder.pk):
        row = badging.add_badge("Werk", Design(), at=MONDAY, actor=DESK)
    desk = clerk(alder, "visitors.see", "visitors.receive")
    birke = make_alder("Birke")
    stranger = browser(administrator(birke), birke)
    for page in ("", "specimen/pdf/"):
        assert desk.get(f"/visitors/settings/badges/{row.pk}/{page}").status_code == 403
        assert stranger.get(f"/visitors/settings/badges/{row.pk}/{page}").status_code == 404
    # another company's logo is not shown by naming its template
    shown = stranger.post("/visitors/settings/badges/preview/", FORM | {"held": str(row.pk)})
    assert b"<image " not in shown.content


def test_each_day_has_its_colour_and_words_and_white_reads_on_all_of_them():
    monday = date(2026, 11, 2)
    for days, key in enumerate(BY_DAY):
        label = drawn(Design(), Bearer(**{**as_dict(NELE), "last_day": monday + timedelta(days=days)}))
        assert label.pieces[0].colour == COLOURS[key]
    assert len(set(COLOURS.values())) == len(BY_DAY) == 7
    assert min(contrast(each) for each in COLOURS.values()) >= 4.5  # WCAG 1.4.3
    assert valid(monday, monday) == Text("Gültig am Mo, 02.11.2026", "Valid on Mon, 2 November 2026")
    assert valid(monday, date(2026, 11, 8)) == Text("Gültig bis So, 08.11.2026", "Valid until Sun, 8 November 2026")
    assert drawn(Design(band="plum"), NELE).pieces[0].colour == COLOURS["plum"]
    assert texts(drawn(Design(band="", lines=(Line(what="day"),)), NELE)) == ["2 November 2026"]


def test_a_night_belongs_to_the_day_of_the_site(alder):
    with as_tenant(alder.pk):
        # 23:30 UTC on 24 October is 01:30 on the 25th in Berlin, the night in which the clocks go back
        begins = MONDAY.replace(month=10, day=24, hour=23, minute=30)
        berlin = expect(make_site(), types()["Business visit"], begins_at=begins, ends_at=begins + timedelta(hours=3))
        label = badging.badge_of(with_badge(berlin), at=MONDAY)
    assert texts(label)[0] == "Valid on Sun, 25 October 2026"


@pytest.mark.parametrize("size", list(labels.SIZES))
def test_whatever_is_settled_stays_on_the_paper_and_off_the_symbol(size):
    many = tuple(Line(what="words", size="L", words="Sicherheitsunterweisung erhalten am Tor") for _ in range(8))
    label = drawn(Design(size=size, lines=many, logo=logo()), NELE)
    symbol = next(each for each in label.pieces if isinstance(each, labels.Symbol))
    assert (symbol.x >= 0, symbol.x + symbol.side <= label.width) == (True, True)
    assert (symbol.y >= 0, symbol.y + symbol.side <= label.height) == (True, True)
    for each in label.pieces[3:]:  # the band, its words and the symbol come first
        tall = each.height if isinstance(each, labels.Picture) else labels.LINE * each.size
        assert each.x + each.width <= label.width
        assert each.y + tall <= label.height
        assert each.y + tall <= symbol.y or each.x + each.width <= symbol.x
    roomy = drawn(Design(size=size, band="", symbol=False), NELE)
    assert roomy.pieces[0].size == MILLIMETRES["L"]


def test_what_nobody_knows_leaves_no_empty_line():
    bare = Bearer(**{**as_dict(NELE), "company": "", "host": "", "last_day": date(2026, 11, 4), "language": "de"})
    lines = tuple(Line(what=each) for each in ("name", "company", "host", "kind", "site", "day"))
    label = drawn(Design(band="", lines=lines, symbol=False), bare)
    assert texts(label) == ["Nele Brandt", "Business visit", "Hamburg", "02.11.2026 – 04.11.2026"]


def test_a_design_is_kept_and_read_whole():
    for each in (Design(), Design(size="86x54", band="", symbol=False, logo=logo(), lines=())):
        assert design_of(each.size, parts_of(each)) == each


def as_dict(bearer):
    return {key: getattr(bearer, key) for key in Bearer.__slots__}


def contrast(colour):
    """Of white on a colour, by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)

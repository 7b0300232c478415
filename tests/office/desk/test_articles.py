"""The knowledge base: who reads what, what is found, what readers say; and its walls."""

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant, readers_only
from kontor.office.desk.actions.articles import Written, write_article
from kontor.office.desk.actions.opening import open_ticket
from kontor.office.desk.models import Article, ArticleVersion, Centre
from kontor.office.desk.queries.articles import ANYBODY, SIGNED_IN, STAFF, found_articles, suggested
from kontor.office.desk.queries.inserting import insertable
from tests.office.desk.asking import MONDAY, asked
from tests.office.desk.test_centre import at, centre_of, inside, invited
from tests.people import administrator, browser, entitle, make_tenant, visitor

pytestmark = pytest.mark.django_db
TOLD = {
    "kind": "ARTICLE", "state": "PUBLISHED", "audience": "PUBLIC", "category_de": "Rechnungen",
    "category_en": "Invoices", "title_de": "Rechnung herunterladen", "title_en": "Download an invoice",
    "text_de": "Unter Geld liegt jede Rechnung.", "text_en": "Each invoice lies under money.",
}  # fmt: skip


def written(tenant, **given: object) -> Article:
    with as_tenant(tenant.pk):
        return write_article(None, Written(**TOLD | given), by="Ida", at=MONDAY, actor=MACHINE)


def test_each_wording_is_a_version_and_a_change_of_state_is_none():
    tenant = centre_of("Birke", "birke")
    row = written(tenant)
    with as_tenant(tenant.pk):
        write_article(row.pk, Written(**TOLD | {"state": "ARCHIVED"}), by="Ida", at=MONDAY, actor=MACHINE)
        write_article(row.pk, Written(**TOLD | {"text_en": "Anew."}), by="Ida", at=MONDAY, actor=MACHINE)
        assert list(ArticleVersion.objects.order_by("number").values_list("number", "text_en")) == [
            (1, TOLD["text_en"]), (2, "Anew."),
        ]  # fmt: skip


def test_who_reads_what():
    tenant, other = centre_of("Birke", "birke"), centre_of("Linde", "linde")
    rows = {key: written(tenant, audience=key, title_en=f"For {key}") for key in ("PUBLIC", "CUSTOMERS", "STAFF")}
    draft, theirs = written(tenant, state="DRAFT"), written(other)
    invited(tenant, "eva@kunde.example")
    anybody, eva = visitor(), inside(tenant, "birke", "eva@kunde.example")
    for client, seen in ((anybody, {"PUBLIC"}), (eva, {"PUBLIC", "CUSTOMERS"})):
        found = {key for key, row in rows.items() if client.get(at("article", "birke", row.pk)).status_code == 200}
        shown = client.get(at("home", "birke")).content.decode()
        assert (found, {key for key in rows if f"For {key}" in shown}) == (seen, seen)
        for row in (draft, theirs):
            assert client.get(at("article", "birke", row.pk)).status_code == 404


def test_words_find_titles_first_and_a_question_is_answered_before_it_is_asked():
    tenant = centre_of("Birke", "birke")
    text = written(tenant, title_de="Mahnung", title_en="Dunning", text_de="Nach der Rechnung.")
    title = written(tenant)
    staff = written(tenant, audience="STAFF")
    with as_tenant(tenant.pk):
        assert found_articles("rech", ANYBODY, limit=9) == [title, text]
        assert set(found_articles("rech", STAFF, limit=9)) == {title, text, staff}
        assert found_articles("r", ANYBODY, limit=9) == []
        assert suggested("Wo sind meine Rechnungen?", ANYBODY, limit=3) == [title]
        assert suggested("Wo?", ANYBODY, limit=3) == []
    client = visitor()
    assert "Download an invoice" in client.get(at("suggest", "birke"), {"subject": "Rechnung?"}).content.decode()
    assert "Download an invoice" in client.get(at("home", "birke"), {"q": "invoice"}).content.decode()
    assert "Nothing found" in client.get(at("home", "birke"), {"q": "zzz"}).content.decode()


def test_readers_say_whether_it_helped_and_the_writer_reads_it():
    tenant = make_tenant("Birke")
    boss = browser(administrator(tenant), tenant)
    assert boss.get(reverse("desk:articles")).status_code == 403
    entitle(tenant, "crm")
    assert boss.get(reverse("desk:articles")).status_code == 200
    assert boss.post(reverse("desk:article-new"), TOLD | {"title_de": ""}).status_code == 422
    assert boss.post(reverse("desk:article-new"), TOLD).status_code == 302
    with as_tenant(tenant.pk):
        row = Article.objects.get()
    told = {"title": "Hilfe", "slug": "birke", "opened": "on", "invited_days": "7", "unconfirmed_days": "30"}
    assert boss.post(reverse("desk:centre"), told).status_code == 302
    page = at("article", "birke", row.pk)
    assert "Thank you" in visitor().post(page, {"helpful": "no", "words": "Wo ist Geld?"}).content.decode()
    assert "Thank you" not in visitor().post(page, {"helpful": "perhaps"}).content.decode()
    assert "Wo ist Geld?" in boss.get(reverse("desk:article-edit", args=[row.pk])).content.decode()
    assert boss.get(reverse("desk:articles"), {"format": "csv"}).status_code == 200
    assert boss.get(reverse("desk:article-edit", args=[uuid.uuid4()])).status_code == 404


def test_the_database_itself_shows_readers_nothing_that_is_not_theirs():
    """Without any filter of ours: titles, wordings and courses of others are not there, whoever asks and however."""
    tenant = centre_of("Birke", "birke")
    for key in ("PUBLIC", "CUSTOMERS", "STAFF"):
        written(tenant, audience=key, title_en=f"For {key}")
    written(tenant, state="DRAFT", title_en="A draft")
    with as_tenant(tenant.pk):
        for audiences, seen in ((ANYBODY, {"For PUBLIC"}), (SIGNED_IN, {"For PUBLIC", "For CUSTOMERS"})):
            with readers_only(audiences):
                assert set(Article.objects.values_list("title_en", flat=True)) == seen
                assert set(ArticleVersion.objects.values_list("title_en", flat=True)) == seen
                assert {each.title_en for each in found_articles("for", STAFF, limit=9)} == seen
        assert Article.objects.count() == 4


def test_each_reader_is_heard_once_and_an_address_a_few_times_a_day():
    tenant = centre_of("Birke", "birke")
    row = written(tenant)
    invited(tenant, "eva@kunde.example")
    eva, page = inside(tenant, "birke", "eva@kunde.example"), at("article", "birke", row.pk)
    for client, times in ((eva, 3), (visitor(), 5)):
        for _ in range(times):
            assert "Thank you" in client.post(page, {"helpful": "yes"}).content.decode()
    with as_tenant(tenant.pk):
        assert row.feedback.count() == 1 + 3
        assert len(set(row.feedback.values_list("reader", flat=True))) == 2
        write_article(row.pk, Written(**TOLD | {"text_en": "Anew."}), by="Ida", at=MONDAY, actor=MACHINE)
    eva.post(page, {"helpful": "no"})
    with as_tenant(tenant.pk):
        assert row.feedback.count() == 5


def test_articles_are_read_at_the_desk_by_module_and_put_into_an_answer_unless_they_are_internal():
    tenant = centre_of("Birke", "birke")
    boss = browser(administrator(tenant), tenant)
    public = written(tenant, module="contracts", review_on=date(2026, 1, 1))
    staff = written(tenant, audience="STAFF", title_en="Invoice, internally", title_de="Rechnung, intern")
    draft, other = written(tenant, state="DRAFT"), written(centre_of("Linde", "linde"))
    shown = boss.get(reverse("desk:knowledge")).content.decode()
    assert "Invoice, internally" in shown
    assert "Invoice, internally" not in boss.get(reverse("desk:knowledge"), {"module": "contracts"}).content.decode()
    assert "Invoice, internally" in boss.get(reverse("desk:knowledge"), {"q": "internally"}).content.decode()
    statuses = [boss.get(reverse("desk:knowledge-article", args=[each.pk])).status_code for each in (public, staff)]
    assert statuses == [200, 200]
    for each in (draft, other):
        assert boss.get(reverse("desk:knowledge-article", args=[each.pk])).status_code == 404
    stale = boss.get(reverse("desk:articles"), {"stale": "yes"}).content.decode()
    assert ("Download an invoice" in stale, "Invoice, internally" in stale) == (True, False)
    with as_tenant(tenant.pk):
        ticket = open_ticket(asked(language="en"), at=MONDAY, actor=MACHINE)
        link = insertable(public, ticket, at=MONDAY)
        assert link.startswith("Download an invoice: http")
        assert link.endswith(at("article", "birke", public.pk))
        assert insertable(staff, ticket, at=MONDAY) == ""
        Centre.objects.update(open=False)
        assert insertable(public, ticket, at=MONDAY) == "Download an invoice\n\nEach invoice lies under money."
    found = boss.get(reverse("desk:pick", args=[ticket.pk]), {"article": "invoice"}).content.decode()
    assert (found.count("data-k-insert"), "internal only" in found) == (1, True)
    assert "data-k-insert" not in boss.get(reverse("desk:pick", args=[ticket.pk]), {"article": "zz"}).content.decode()


def test_an_article_holds_a_video_of_ours_and_nothing_else():
    tenant = centre_of("Birke", "birke")
    boss, new = browser(administrator(tenant), tenant), reverse("desk:article-new")
    video = SimpleUploadedFile("a.mp4", b"\x00\x00\x00\x18ftypmp42....")
    assert boss.post(new, TOLD | {"video": SimpleUploadedFile("a.exe", b"MZ......")}).status_code == 422
    assert boss.post(new, TOLD | {"video": video, "captions_en": "WEBVTT"}).status_code == 302
    with as_tenant(tenant.pk):
        row = Article.objects.get()
    assert visitor().get(at("video", "birke", "article", row.pk))["Content-Type"] == "video/mp4"
    assert visitor().get(at("captions", "birke", "article", row.pk, "de")).content == b""
    assert visitor().get(at("video", "birke", "article", written(tenant).pk)).status_code == 404
    assert "<video" in visitor().get(at("article", "birke", row.pk)).content.decode()

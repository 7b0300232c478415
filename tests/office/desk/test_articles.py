"""The knowledge base: who reads what, what is found, what readers say; and its walls."""

import uuid

import pytest
from django.urls import reverse

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions.articles import Written, write_article
from kontor.office.desk.models import Article, ArticleVersion
from kontor.office.desk.queries.articles import ANYBODY, STAFF, found_articles, suggested
from tests.office.desk.asking import MONDAY
from tests.office.desk.test_centre import at, centre_of, inside, invited
from tests.people import administrator, browser, entitle, make_tenant, visitor

pytestmark = pytest.mark.django_db
TOLD = {
    "kind": "ARTICLE", "state": "PUBLISHED", "audience": "PUBLIC", "category_de": "Rechnungen",
    "category_en": "Invoices", "title_de": "Rechnung herunterladen", "title_en": "Download an invoice",
    "text_de": "Unter Geld liegt jede Rechnung.", "text_en": "Each invoice lies under money.",
}  # fmt: skip


def written(tenant, **given: str) -> Article:
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

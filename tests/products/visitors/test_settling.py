"""Settling how visits go: kinds with their own questions and questionnaires, sites, the words of mails."""

from datetime import time

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.office.questionnaires.actions import writing
from kontor.office.questionnaires.formats.definition import Definition, Question
from kontor.products.visitors.actions import settling
from kontor.products.visitors.actions.settling import SettingRefusedError
from kontor.products.visitors.models import MailTemplate, SiteRules, TypeStep, VisitType
from kontor.rulebook.ruling import Text
from tests.people import administrator, browser, verbs
from tests.products.visitors.test_views import clerk
from tests.products.visitors.visits import MONDAY, as_tenant, make_alder, make_site, types

pytestmark = pytest.mark.django_db
KIND = {"title_de": "Presse", "title_en": "Press", "asks": ["company"], "demands": [], "walk_in": "on"}
NO_STEPS = {"steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"}


@pytest.fixture
def alder():
    return make_alder()


def rules(title="House rules"):
    definition = Definition((Question(key="read", kind="agree", required=True, label=Text("Gelesen", "Read")),))
    made = writing.write(Text(title, title), definition=definition, at=timezone.now(), actor=MACHINE)
    writing.publish(made.pk, at=timezone.now(), actor=MACHINE)
    return made.pk


@pytest.mark.requirement("FW-067")
def test_a_new_kind_with_own_questions_is_settled_on_its_page(alder):
    desk = browser(administrator(alder), alder)
    desk.post("/visitors/settings/begin/")
    with as_tenant(alder.pk):
        kinds, house_rules = types(), rules()
        assert (len(kinds), settling.begin_types(at=MONDAY, actor=MACHINE)) == (5, [])  # once
    steps = {
        "steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0", "steps-0-questionnaire": str(house_rules),
        "steps-0-valid_days": "365", "steps-0-early": "on", "steps-1-questionnaire": "",
    }  # fmt: skip
    assert desk.get("/visitors/settings/kinds/new/").status_code == 200
    assert desk.post("/visitors/settings/kinds/new/", KIND | steps).status_code == 302
    with as_tenant(alder.pk):
        press = VisitType.objects.get(title_en="Press")
        step = TypeStep.objects.get()
        assert (step.type, step.questionnaire, step.valid_days, step.early) == (press, house_rules, 365, True)
    again = desk.post("/visitors/settings/kinds/new/", KIND | NO_STEPS)
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["title_de"])
    loose = desk.post("/visitors/settings/kinds/new/", KIND | NO_STEPS | {"title_de": "X", "demands": ["host"]})
    assert (loose.status_code, list(loose.context["form"].errors)) == (422, ["demands"])
    way = f"/visitors/settings/kinds/{press.pk}/"
    assert desk.get(way).context["steps"].initial[0]["valid_days"] == 365
    assert desk.post(way, KIND | NO_STEPS | {"approval": "on"}).status_code == 302
    taken = desk.post(way, KIND | NO_STEPS | {"title_de": "Lieferung"})
    assert list(taken.context["form"].errors) == ["title_de"]
    with as_tenant(alder.pk):
        press.refresh_from_db()
        assert (press.approval, TypeStep.objects.count()) == (True, 0)
    assert desk.post(f"{way}away/").status_code == 302
    assert (desk.get(way).status_code, len(desk.get("/visitors/settings/").context["kinds"])) == (404, 5)
    assert verbs(alder, press) == ["visitors.type_added", "visitors.type_changed", "visitors.type_put_away"]


def test_a_site_is_settled_and_its_secret_stays_out_of_the_record(alder):
    with as_tenant(alder.pk):
        site = make_site()
        settling.settle_site(site, at=MONDAY, actor=MACHINE, chat_url="https://chat.example/hook")
    desk = browser(administrator(alder), alder)
    told = {
        "early_minutes": "30", "closes_at": "20:00", "wrong_pins": "3", "pause_minutes": "10", "keep_days": "90",
        "assembly_de": "Kai", "assembly_en": "Quay",
    }  # fmt: skip
    assert desk.post(f"/visitors/settings/sites/{site.pk}/", told | {"wrong_pins": "0"}).status_code == 422
    assert desk.post(f"/visitors/settings/sites/{site.pk}/", told).status_code == 302
    with as_tenant(alder.pk):
        held = SiteRules.objects.get()
        assert (held.closes_at, held.wrong_pins, held.keep_days) == (time(20), 3, 90)
        assert held.chat_url == "https://chat.example/hook"
    assert desk.get(f"/visitors/settings/sites/{site.pk}/").context["form"].initial["assembly_en"] == "Quay"


@pytest.mark.requirement("FW-062")
def test_the_words_of_a_mail_are_settled_in_each_language(alder):
    desk = browser(administrator(alder), alder)
    page = desk.get("/visitors/settings/words/?occasion=cancelled&language=en")
    assert page.context["form"].initial["subject"] == "Called off: your visit on {day} to {site}"
    told = {"type": "", "occasion": "invited", "language": "en", "subject": "{name}", "text": "{host} at {time}"}
    wrong = desk.post("/visitors/settings/words/", told | {"text": "{who}"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["text"])
    assert desk.post("/visitors/settings/words/", told).status_code == 302
    assert desk.post("/visitors/settings/words/", told | {"subject": "{name}, {day}"}).status_code == 302
    with as_tenant(alder.pk):
        assert list(MailTemplate.objects.values_list("subject", "language")) == [("{name}, {day}", "en")]
    assert (
        desk.get("/visitors/settings/words/?occasion=invited&language=en").context["form"].initial["text"]
        == told["text"]
    )
    assert desk.get("/visitors/settings/words/?occasion=x").status_code == 200


def test_whoever_only_receives_settles_nothing(alder):
    desk = clerk(alder, "visitors.see", "visitors.receive")
    assert desk.get("/visitors/settings/").status_code == 403
    birke = make_alder("Birke")
    with as_tenant(birke.pk):
        kind, site = types()["Delivery"], make_site("Ulm")
    stranger = browser(administrator(alder), alder)
    assert stranger.get(f"/visitors/settings/kinds/{kind.pk}/").status_code == 404
    assert stranger.post(f"/visitors/settings/sites/{site.pk}/", {}).status_code == 404


def test_what_is_demanded_must_be_asked(alder):
    with as_tenant(alder.pk), pytest.raises(SettingRefusedError, match="Demanded, yet not asked: host"):
        settling.add_type(at=MONDAY, actor=MACHINE, title_de="X", title_en="X", asks=[], demands=["host"])

"""Questionnaires over the API: by rights of the key, brought in and published, answers bound to their version."""

import base64
import uuid

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.questionnaires.actions import writing
from kontor.office.questionnaires.formats.definition import Definition, Question, Shown
from kontor.office.questionnaires.models import AnswerSheet
from kontor.rulebook.ruling import Text
from tests.calling import get, key_of, post
from tests.factories import AT
from tests.office.questionnaires.notices import publish_notice
from tests.office.questionnaires.test_questionnaires import png
from tests.people import entitle, make_tenant, verbs

pytestmark = pytest.mark.django_db
ASKED = Definition((
    Question(key="car", kind="yes_no", label=Text("Auto?", "Car?"), required=True),
    Question(key="plate", kind="text", label=Text("Kennzeichen", "Plate"), required=True,
             shown=Shown(question="car", value=True)),
    Question(key="signature", kind="signature", label=Text("Unterschrift", "Signature")),
), "contract")  # fmt: skip
NEW = {"title_de": "Parken", "title_en": "Parking", "asks": ASKED.schema()}
ALL = ("questionnaires.see", "questionnaires.write", "questionnaires.answers")


def test_a_questionnaire_is_brought_in_published_answered_and_read():
    tenant = make_tenant()
    entitle(tenant, "visitors")
    publish_notice(tenant)
    sees, writes, answers = (key_of(tenant, each) for each in ALL)
    assert post(sees, "/questionnaires", NEW)[0] == 403
    status, made = post(writes, "/questionnaires", NEW, HTTP_IDEMPOTENCY_KEY="a")
    assert (status, made["number"], made["title_en"], made["archived"]) == (201, 0, "Parking", False)
    assert post(writes, "/questionnaires", NEW, HTTP_IDEMPOTENCY_KEY="a")[1] == made
    assert post(writes, "/questionnaires", NEW)[0] == 409  # the title is taken
    wrong = {"type": "object", "properties": {"a": {"type": "string"}}, "$ref": "http://evil.example/"}
    refused = post(writes, "/questionnaires", NEW | {"title_de": "X", "asks": wrong})
    assert (refused[0], refused[1]["detail"]) == (409, "#/$ref is not among what is understood here.")
    page = f"/questionnaires/{made['id']}"
    assert get(sees, f"{page}/newest")[0] == 404
    assert post(sees, f"{page}/publish", {})[0] == 403
    version = post(writes, f"{page}/publish", {})[1]
    assert (version["number"], version["asks"]) == (1, ASKED.schema())
    assert get(sees, f"{page}/newest")[1] == version == get(sees, f"/questionnaires/versions/{version['id']}")[1]
    assert post(writes, f"{page}/publish", {})[0] == 409  # nothing has changed
    (row,) = get(sees, "/questionnaires")[1]["items"]
    assert (row["number"], get(answers, "/questionnaires")[0]) == (1, 403)

    told = {"version": version["id"], "answers": {"car": True, "plate": "HH-K 1"}, "language": "en",
            "pictures": {"signature": base64.b64encode(png()).decode()}}  # fmt: skip
    assert post(sees, f"{page}/answers", told)[0] == 403
    status, kept = post(answers, f"{page}/answers", told)
    assert (status, kept["number"], kept["language"]) == (201, 1, "en")
    assert (kept["answers"]["plate"], len(kept["answers"]["signature"])) == ("HH-K 1", 64)
    assert get(answers, f"/questionnaires/answers/{kept['id']}")[1] == kept
    post(answers, f"{page}/answers", told | {"answers": {"car": False}})
    first = get(answers, f"{page}/answers?limit=1")[1]
    (second,) = get(answers, f"{page}/answers?cursor={first['next']}")[1]["items"]
    assert (first["items"][0]["id"], "answers" in second) == (kept["id"], False)
    with as_tenant(tenant.pk):
        assert verbs(tenant, AnswerSheet.objects.get(pk=kept["id"])) == [
            "questionnaires.answered", "questionnaires.looked_at",
        ]  # fmt: skip
        writing.drop_question(uuid.UUID(made["id"]), "signature", at=AT, actor=MACHINE)
        writing.publish(uuid.UUID(made["id"]), at=AT, actor=MACHINE)
    assert post(answers, f"{page}/answers", told)[0] == 409  # they were asked by an older version
    assert get(sees, f"/questionnaires/versions/{version['id']}")[1] == version
    with as_tenant(tenant.pk):
        writing.archive(uuid.UUID(made["id"]), at=AT, actor=MACHINE)
    assert [post(writes, f"{page}/publish", {})[0], post(answers, f"{page}/answers", told)[0]] == [404, 409]


def test_answers_that_fall_short_are_named_one_by_one_and_nothing_is_kept():
    tenant = make_tenant()
    entitle(tenant, "visitors")
    key = key_of(tenant, *ALL)
    page = f"/questionnaires/{post(key, '/questionnaires', NEW)[1]['id']}"
    version = post(key, f"{page}/publish", {})[1]["id"]
    good = {"version": version, "answers": {"car": False}}
    assert post(key, f"{page}/answers", good)[0] == 409  # no privacy notice yet
    publish_notice(tenant)
    for answers, faults in (
        ({}, {"answers.car": "Please answer this question."}),
        ({"car": True}, {"answers.plate": "Please answer this question."}),
        ({"car": False, "plate": "HH-K 1", "colour": "red"},
         {"answers.plate": "This is not asked.", "answers.colour": "This is not asked."}),
    ):  # fmt: skip
        status, told = post(key, f"{page}/answers", good | {"answers": answers})
        assert (status, {each["at"]: each["says"] for each in told["faults"]}) == (422, faults)
    for wrong in ({"answers": {"car": "a\x00b"}}, {"answers": {"car": [["x"]]}}, {"answers": {"car": 10**16}},
                  {"answers": {"Car": True}}, {"language": "fr"}, {"more": 1},
                  {"pictures": {"signature": "§"}}):  # fmt: skip
        assert post(key, f"{page}/answers", good | wrong)[0] == 422, wrong
    for no_picture in ("AAAAA", base64.b64encode(b"GIF").decode()):
        assert post(key, f"{page}/answers", good | {"pictures": {"signature": no_picture}})[0] == 409
    assert post(key, f"{page}/answers", good | {"version": str(uuid.uuid4())})[0] == 409
    with as_tenant(tenant.pk):
        assert not AnswerSheet.objects.exists()


def test_another_company_s_key_finds_neither_questions_nor_answers():
    tenant = make_tenant()
    entitle(tenant, "visitors")
    publish_notice(tenant)
    key = key_of(tenant, *ALL)
    page = f"/questionnaires/{post(key, '/questionnaires', NEW)[1]['id']}"
    version = post(key, f"{page}/publish", {})[1]["id"]
    told = {"version": version, "answers": {"car": False}}
    sheet = post(key, f"{page}/answers", told)[1]["id"]
    stranger = key_of(make_tenant("Birke"), *ALL)
    asked = (f"{page}/newest", f"/questionnaires/versions/{version}", f"{page}/answers",
             f"/questionnaires/answers/{sheet}")  # fmt: skip
    assert [get(stranger, each)[0] for each in asked] == [404] * 4
    assert get(stranger, "/questionnaires")[1]["items"] == []
    assert [post(stranger, f"{page}/publish", {})[0], post(stranger, f"{page}/answers", told)[0]] == [404, 404]

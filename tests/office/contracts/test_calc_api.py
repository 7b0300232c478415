"""The calculator over the API: the answers of `kontor calc`, its refusals as problems."""

import json
from typing import Any

import pytest

from kontor.rulebook import calc
from tests.calling import key_of, post
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
OUTAGE = {"from": "2026-10-05T08:00", "to": "2026-10-05T11:43", "noticed": None, "excuse": None}
MONDAY = "2026-06-01T10:00+02:00"
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "deadline": ("visitor", {"class": "class_1", "reported": MONDAY}),
    "oncall": ("leisure", {"at": MONDAY, "class": "blocking"}),
    "availability": ("crm", {"month": "2026-10", "outages": [OUTAGE], "fee": "303.00"}),
    "claim": ("crm", {"incident": "2026-05-10T12:00+02:00", "filed": "2026-05-13T23:00+02:00"}),
    "maintenance": ("visitor", {"at": MONDAY}),
    "seats": (
        "crm",
        {
            "price": "120.00", "quantity": 2, "confirmed": "2026-06-10", "period-start": "2026-01-01",
            "period-end": "2027-01-01",
        },
    ),
}  # fmt: skip


def test_the_same_answers_as_on_the_command_line_and_refusals_that_name_the_option():
    key = key_of(make_tenant("Birke"), "contracts.terms")
    for what, (pack, options) in ASKED.items():
        status, found = post(key, f"/calc/{what}", {"pack": pack, "options": options})
        assert status == 200, found
        told = {name: json.dumps(given) if isinstance(given, list) else str(given) for name, given in options.items()}
        assert found == calc.answer(what, told, pack=pack).document("en")
    status, found = post(
        key, "/calc/deadline", {"pack": "visitor", "options": {"class": "class_9", "reported": MONDAY}}
    )
    assert (status, found["type"], found["faults"][0]["at"]) == (
        422,
        "urn:kontor:problem:wrong-input",
        "body.options.class",
    )
    assert post(key, "/calc/deadline", {"pack": "nobody"})[1]["faults"][0]["at"] == "body.pack"
    many = {"pack": "visitor", "options": {"class": "class_1", "reported": MONDAY, "pause": ["noon"]}}
    assert post(key, "/calc/deadline", many)[1]["faults"][0]["at"] == "body.options.pause"
    status, found = post(
        key, "/calc/availability", {"pack": "dealership", "options": {"month": "2026-10", "outages": []}}
    )
    assert (status, found["type"]) == (422, "urn:kontor:problem:silent")
    assert post(key, "/calc/horoscope", {"pack": "crm"})[0] == 404
    assert post(key_of(make_tenant("Alder"), "contracts.use"), "/calc/term", {"pack": "crm"})[0] == 403

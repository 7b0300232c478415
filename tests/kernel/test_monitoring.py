"""What a monitor asks: that the database answers; and, on this machine alone, counts."""

import pytest
from django.test import Client

from tests.factories import make_house
from tests.people import make_tenant

pytestmark = pytest.mark.django_db


def test_health_says_that_the_database_answers():
    answer = Client(REMOTE_ADDR="198.51.100.7").get("/health")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_counts_are_told_on_this_machine_alone():
    make_house()
    make_tenant()
    told = Client(REMOTE_ADDR="127.0.0.1").get("/metrics")
    assert told.content.decode().splitlines()[:3] == [
        "# TYPE kontor_tenants gauge", "kontor_tenants 2", "# TYPE kontor_jobs gauge",
    ]  # fmt: skip
    assert Client(REMOTE_ADDR="").get("/metrics").status_code == 200  # a socket of this machine
    assert Client(REMOTE_ADDR="198.51.100.7").get("/metrics").status_code == 404
    passed_on = Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "198.51.100.7"})
    assert passed_on.get("/metrics").status_code == 404


def test_a_proxy_of_ours_makes_nobody_local(settings):
    settings.KONTOR_PROXIES = ["127.0.0.1"]
    passed_on = Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "127.0.0.1"})  # anybody writes that
    assert passed_on.get("/metrics").status_code == 404

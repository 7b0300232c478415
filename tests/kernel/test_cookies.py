"""Which cookies somebody gets before choosing any, and what is said where a browser takes none (crm 9.2)."""

import pytest
from django.test import Client

from tests.factories import make_house

pytestmark = pytest.mark.django_db


def test_a_first_visit_sets_one_cookie_which_ends_with_the_browser():
    answer = Client().get("/sign-in/")

    assert [name for name in answer.cookies if name.endswith(("csrftoken", "sessionid"))] == list(answer.cookies)
    for cookie in answer.cookies.values():
        assert (cookie["max-age"], cookie["expires"]) == ("", "")
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    ("spoken", "said"), [("de", "Ihr Browser nimmt keine Cookies an"), ("en", "Your browser keeps no cookies")]
)
def test_a_form_from_a_browser_without_cookies_is_refused_with_the_mend(spoken, said):
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": spoken})

    answer = client.post("/sign-in/", {"login": "ida@lindwurm.example", "password": "x"})

    assert (answer.status_code, answer.headers["X-Reason"]) == (403, "cookies")
    assert said in answer.content.decode()


def test_a_form_with_the_token_of_another_session_is_refused_as_too_old():
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    client.get("/sign-in/")

    answer = client.post("/sign-in/", {"login": "ida@lindwurm.example", "csrfmiddlewaretoken": "x" * 64})

    assert (answer.status_code, answer.headers["X-Reason"]) == (403, "form")
    assert "This page was open too long" in answer.content.decode()


def test_pages_that_anybody_may_read_work_without_cookies():
    make_house()

    answers = [Client().get(path) for path in ("/legal/privacy", "/about/")]

    assert [answer.status_code for answer in answers] == [200, 200]

"""Help that follows nobody who does not want it (bookkeeping 13): read without scripts, never counted then."""

import re

import pytest
from django.core.signing import Signer
from django.test import Client

from kontor.office.privacy.models import PageView
from kontor.office.privacy.queries import cookies
from tests.office.desk.test_articles import TOLD, written
from tests.office.desk.test_centre import at, centre_of

pytestmark = pytest.mark.django_db
COUNTER = 'hx-post="/privacy/count/"'


def opened(client: Client, place: str) -> tuple[bool, bool]:
    """Open a page of the guide; tell whether its help stands there without any script, and whether it would count."""
    page = client.get(place)
    assert page.status_code == 200
    plain = re.sub(r"<script\b.*?</script>", "", page.content.decode(), flags=re.DOTALL)
    return TOLD["text_en"] in plain, COUNTER in plain


def counted(client: Client) -> int:
    """Say that a page was opened, as its script would; return how many views are kept then."""
    client.post("/privacy/count/", {"page": Signer(salt=cookies.VISITOR).sign("centre:article")})
    return sum(PageView.objects.values_list("times", flat=True))


@pytest.mark.requirement("SD-035")
def test_the_guide_works_without_scripts_and_keeps_nothing_of_whoever_asks_not_to_be_tracked(settings):
    settings.KONTOR_COOKIES = frozenset({"analysis"})
    tenant = centre_of("Birke", "birke")
    place = at("article", "birke", written(tenant).pk)
    client = Client()
    client.cookies["kontor_language"] = "en"
    client.post("/privacy/cookies/", {"choice": "all"})
    assert opened(client, place)[0] is True
    assert counted(client) == 1  # whoever allowed it is counted: else the refusal below would prove nothing
    PageView.objects.all().delete()

    client.defaults["HTTP_DNT"] = "1"
    assert opened(client, place) == (True, False)
    assert counted(client) == 0

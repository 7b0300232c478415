"""A customer centre's pages, asked by an end customer for rows of other tenants and of other end customers."""

import re

import pytest
from django.utils import timezone

from kontor.config.demo_data import make_all
from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions.centre_door import ask_in
from kontor.office.desk.models import Article, Ticket
from tests.config.every_address import hidden_from, tables
from tests.config.walkers import PAGES
from tests.people import visitor

# thousands of requests, each answered a second time by a test of its own: their branches are counted there
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.no_cover]
CENTRE = [each for each in PAGES if each.path.startswith("/centre/<slug>/")]


def test_an_end_customer_reaches_no_row_of_another_tenant_nor_of_another_customer():
    make_all(timezone.now())
    birke = Tenant.objects.get(name="Birke Handels AG")
    hidden = hidden_from(birke)
    with as_tenant(birke.pk):
        ask_in("max@erle.example", language="de", at=timezone.now())
        mail = OutgoingMail.objects.filter(to="max@erle.example").latest("at", "pk").text
        own = Ticket.objects.get(requester_email="max@erle.example")
        eva = Ticket.objects.get(requester_email="eva@erle.example")
        written = list(Article.objects.filter(state="DRAFT").values_list("pk", flat=True))
    max_, anybody = visitor(), visitor()
    (link,) = re.findall(r"/centre/birke/enter/[\w-]+/", mail)
    assert max_.post(link).status_code == 302
    assert max_.get(f"/centre/birke/requests/{own.pk}/").status_code == 200

    asked = 0
    for address in CENTRE:
        for name in address.rows:
            for model in tables(name, address.path):
                strangers = [*hidden.get(model, [])[:2]]
                strangers += [eva.pk] if model is Ticket else written if model is Article else []
                for key in strangers:
                    path = address.filled({name: key, "slug": "birke"})
                    for method in ("get", "post"):
                        asked += 1
                        answer = getattr(max_, method)(path, {"text": "Wort", "helpful": "yes"})
                        assert (path, answer.status_code in {404, 405}) == (path, True)
                        assert getattr(anybody, method)(path).status_code in {302, 404, 405}
    assert asked > len(CENTRE) // 2
    elsewhere = [each.filled({"slug": "kontor"}) for each in CENTRE if not each.rows]
    opened = {path for path in elsewhere if b"Max Moor" in max_.get(path, follow=True).content}
    assert opened == set()
    for path in ("/desk/", "/desk/own/", "/identity/profile/"):
        assert max_.get(path).status_code == 302

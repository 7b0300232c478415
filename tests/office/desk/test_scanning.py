"""The files of requests are looked into as documents are: nobody opens one before, nor what harms."""

import pytest
from django.urls import reverse

from kontor.kernel.tenancy import as_tenant
from kontor.office.desk.actions.answering import Answer, answer_customer
from kontor.office.desk.models import TicketFile, TicketFileFinding
from kontor.office.desk.queries.hanging import is_withheld
from tests.background import run_jobs
from tests.factories import make_house
from tests.office.contracts.ending_walk import signed
from tests.office.contracts.walking import customer
from tests.office.desk.asking import MONDAY, WHO, opened
from tests.people import browser
from tests.scanner import EICAR, fake_clamd

pytestmark = pytest.mark.django_db


def test_a_file_stays_shut_until_it_was_looked_into_and_for_good_where_it_harms(settings):
    house = make_house("visitor")
    contract = signed(house)
    run_jobs()
    files = [("tor.txt", "text/plain", b"Protokoll"), ("bild.txt", "text/plain", EICAR)]
    with fake_clamd() as settings.KONTOR_CLAMD:
        ticket = opened(house, contract, files=files)
        desk, own = browser(house.staff, house.tenant), customer(contract)
        with as_tenant(house.tenant.pk):
            clean, harmful = TicketFile.objects.order_by("-name")
        page = reverse("desk:ticket", args=(ticket.pk,))
        assert desk.get(page).content.decode().count("still being checked") == 2
        assert desk.get(reverse("desk:file", args=(clean.pk,))).status_code == 404
        run_jobs()
        assert desk.get(reverse("desk:file", args=(clean.pk,))).content == b"Protokoll"
        assert desk.get(reverse("desk:file", args=(harmful.pk,))).status_code == 404
        theirs = own.get(reverse("desk:own-ticket", args=(ticket.pk,))).content.decode()
        assert ("malware, not handed out" in theirs, "still being checked" in theirs) == (True, False)
        assert own.get(reverse("desk:own-file", args=(harmful.pk,))).status_code == 404
        with as_tenant(contract.customer_tenant_id):
            assert is_withheld(TicketFile.received.get(pk=harmful.pk))
        with as_tenant(house.tenant.pk):
            found = TicketFileFinding.objects.get(file=harmful)
            assert (found.state, found.signature) == ("INFECTED", "Win.Test.EICAR_HDB-1")
    settings.KONTOR_CLAMD = ""
    with as_tenant(house.tenant.pk):
        told = Answer(text="Siehe Datei.", files=[("plan.txt", "text/plain", b"1")])
        answer_customer(ticket.pk, told, at=MONDAY, **WHO)
        assert not is_withheld(TicketFile.objects.get(name="plan.txt"))  # no scanner was named

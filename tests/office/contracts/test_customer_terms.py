"""A customer's own terms are filed as excluded; a confirmation that names no terms does not go out."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.models import Entitlement, OutgoingMail
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.record import history_of
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import OrderConfirmation
from kontor.office.contracts.actions import conclusion
from kontor.office.contracts.actions.customer_terms import Attached, file_customer_terms
from kontor.office.contracts.models import Contract, CustomerTerms, Offer, OfferState
from kontor.office.contracts.queries.confirmations import confirmation_text, terms_named
from kontor.rulebook.customer_terms import UnnamedTermsError
from kontor.rulebook.refusal import RefusalError
from tests.background import run_jobs
from tests.factories import AT, House, accept, make_draft, make_house, make_party, send
from tests.office.contracts.walking import answers, link_to, offered
from tests.people import browser, entitle, join, make_tenant, make_user, visitor

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7 our terms of purchase"


def accepted(house: House) -> Offer:
    offer = send(house, make_draft(house, make_party(house)))
    return accept(house, offer)


def filed(house: House, offer: Offer, **given: Any) -> CustomerTerms:
    told = {"content": PAPER, "name": "einkauf.pdf", "received_on": date(2026, 11, 2)} | given
    with as_tenant(house.tenant.pk):
        return file_customer_terms(offer.pk, Attached(**told), at=AT, actor=house.actor)


def words(house: House, offer: Offer) -> str:
    with as_tenant(house.tenant.pk):
        return confirmation_text(offer)


@pytest.mark.requirement("FW-001")
def test_an_order_with_the_customers_own_terms_becomes_a_contract_by_a_confirmation_that_names_ours_and_no_other():
    """1.1 the confirmation says again that the terms apply, 1.4 the customer's do not, 3.1 its receipt concludes."""
    house = make_house()
    offer = accepted(house)
    row = filed(house, offer)
    with as_tenant(house.tenant.pk):
        assert (row.standing, row.clause, read(row.file)) == ("EXCLUDED", "1.4", PAPER)
        why = reasons_of(row.ruling)
        assert (why.value, [each.number for each in why.clauses]) == (True, ["1.4"])
        (entry,) = [each for each in history_of(offer.pk) if each.verb == "contracts.customer_terms_filed"]
        assert (entry.clause, entry.after["standing"]) == ("1.4", "EXCLUDED")

        with pytest.raises(UnnamedTermsError, match=r"does not say that the terms apply; this is missing: .*2026-01"):
            conclusion.confirm_order(offer.pk, text="Vielen Dank für Ihren Auftrag.", at=AT, actor=house.actor)
    with as_tenant(house.tenant.pk):
        assert (OfferState.objects.get().state, OrderConfirmation.objects.count()) == ("ACCEPTED", 0)
        assert not OutgoingMail.objects.filter(subject__startswith="Auftragsbestätigung").exists()
        assert Contract.objects.count() == 0
        assert Entitlement.objects.exclude(contract=None).count() == 0

        conclusion.confirm_order(offer.pk, at=AT, actor=house.actor)
        assert Contract.objects.count() == 0
    run_jobs()
    with as_tenant(house.tenant.pk):
        contract, state = Contract.objects.get(), OfferState.objects.get()
        assert contract.concluded_at == state.confirmation_received_at
        assert CustomerTerms.objects.get().standing == "EXCLUDED"


def test_by_itself_a_confirmation_names_the_terms_and_bars_others():
    house = make_house()
    told = words(house, accepted(house))
    assert told.splitlines()[-1] == "Andere Bedingungen, auch Ihre eigenen, gelten nicht (1.4)."
    assert "Fassung 2026-01, mit ihren Anlagen (1.1)." in told


def test_where_no_clause_asks_for_it_any_words_will_do():
    house = make_house("leisure")
    offer = send(house, make_draft(house, make_party(house)))
    assert words(house, offer) == "wir danken für Ihren Auftrag und bestätigen ihn wie folgt."
    with as_tenant(house.tenant.pk):
        assert terms_named(offer, "Danke.").value is True
    with pytest.raises(RefusalError, match="do not exclude the customer's own"):
        filed(house, offer)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"content": b"<html>"}, "The file is no PDF."),
        ({"received_on": date(2026, 11, 3)}, "3 November 2026 has not come yet."),
    ],
)
def test_what_is_no_paper_or_has_not_come_is_refused(given: Any, sentence: str):
    house = make_house()
    with pytest.raises(RefusalError) as refused:
        filed(house, accepted(house), **given)
    assert refused.value.text.en == sentence


def test_another_tenant_files_nothing():
    house = make_house()
    offer = accepted(house)
    paper = Attached(content=PAPER, name="x.pdf", received_on=date(2026, 11, 2))
    with as_tenant(make_tenant("Dorn").pk), pytest.raises(Offer.DoesNotExist):
        file_customer_terms(offer.pk, paper, at=AT, actor=house.actor)


# --- The customer attaches them to its acceptance ------------------------------------------------------------------


def test_what_the_customer_attaches_to_its_acceptance_is_filed_as_excluded():
    house = make_house()
    offer = offered(house)
    client, link = visitor(), link_to(house, offer)
    assert "They are filed as excluded" in client.get(link).content.decode()
    paper = SimpleUploadedFile("unsere-agb.pdf", PAPER, content_type="application/pdf")
    assert client.post(link, {**answers(offer), "own_terms": paper}).status_code == 302
    with as_tenant(house.tenant.pk):
        row = CustomerTerms.objects.get()
        assert (row.standing, row.by_customer, row.file.name) == ("EXCLUDED", True, "unsere-agb.pdf")
        assert OfferState.objects.get().state == "ACCEPTED"


def test_anything_but_a_pdf_accepts_nothing():
    house = make_house()
    offer = offered(house)
    paper = SimpleUploadedFile("agb.html", b"<script>")
    answer = visitor().post(link_to(house, offer), {**answers(offer), "own_terms": paper})
    assert (answer.status_code, "Attach your terms as a PDF." in answer.content.decode()) == (422, True)
    with as_tenant(house.tenant.pk):
        assert (OfferState.objects.get().state, CustomerTerms.objects.count()) == ("SENT", 0)


def test_terms_that_do_not_exclude_others_take_none():
    house = make_house("leisure")
    offer = offered(house)
    client, link = visitor(), link_to(house, offer)
    assert "own_terms" not in client.get(link).content.decode()
    paper = SimpleUploadedFile("agb.pdf", PAPER)
    assert client.post(link, {**answers(offer), "own_terms": paper}).status_code == 302
    with as_tenant(house.tenant.pk):
        assert CustomerTerms.objects.count() == 0


# --- The house's pages ---------------------------------------------------------------------------------------------


def new_url(offer: Offer) -> str:
    return reverse("contracts:customer-terms-new", args=[offer.pk])


def upload(**given: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    return {"received_on": today, "file": SimpleUploadedFile("agb.pdf", PAPER)} | given


def test_the_house_files_what_came_by_mail_and_the_offer_shows_it():
    house = make_house()
    offer = offered(house)
    client = browser(house.staff, house.tenant)
    assert "None came. What comes is filed as excluded." in client.get(
        reverse("contracts:offer", args=[offer.pk])
    ).content.decode()  # fmt: skip
    assert "filed as excluded" in client.get(new_url(offer)).content.decode()
    page = client.post(new_url(offer), upload(), follow=True).content.decode()
    assert "agb.pdf" in page
    assert "excluded" in page
    with as_tenant(house.tenant.pk):
        row = CustomerTerms.objects.get()
    paper = client.get(reverse("contracts:customer-terms-file", args=[row.pk]))
    assert (paper.content, paper["Content-Type"]) == (PAPER, "application/pdf")
    refused = client.post(new_url(offer), upload(file=SimpleUploadedFile("x.pdf", b"no")))
    assert (refused.status_code, "The file is no PDF." in refused.content.decode()) == (422, True)


def test_where_the_terms_exclude_nothing_the_page_says_so():
    house = make_house("leisure")
    page = browser(house.staff, house.tenant).get(new_url(offered(house))).content.decode()
    assert "Which of them apply is to be agreed with the customer." in page


def test_a_confirmation_without_the_terms_is_refused_on_the_page_and_keeps_what_was_typed():
    house = make_house()
    offer = offered(house)
    accept(house, offer, at=timezone.now())
    client = browser(house.staff, house.tenant)
    url = reverse("contracts:offer-confirm", args=[offer.pk])
    refused = client.post(url, {"text": "Danke, Herr Alder."})
    assert refused.status_code == 409
    assert "does not say that the terms apply" in refused.content.decode()
    assert "Danke, Herr Alder." in refused.content.decode()
    with as_tenant(house.tenant.pk):
        assert OfferState.objects.get().state == "ACCEPTED"
        told = confirmation_text(offer)
    assert client.post(url, {"text": f"Danke, Herr Alder.\n\n{told}"}).status_code == 302


def test_who_may_not_confirm_files_nothing_and_strangers_find_nothing():
    house = make_house()
    offer = offered(house)
    row = filed(house, offer)
    reader = make_user("nora@lindwurm.example", "Nora Klein")
    join(house.tenant, reader, role="some", permissions=["contracts.see"])
    client = browser(reader, house.tenant)
    file_url = reverse("contracts:customer-terms-file", args=[row.pk])
    assert (client.get(new_url(offer)).status_code, client.get(file_url).status_code) == (403, 200)
    other, stranger = make_tenant("Dorn"), make_user("karl@dorn.example", "Karl Dorn")
    join(other, stranger)
    entitle(other, "contracts")
    elsewhere = browser(stranger, other)
    assert (elsewhere.get(file_url).status_code, elsewhere.get(new_url(offer)).status_code) == (404, 404)


def test_the_offer_takes_no_more_queries_with_more_of_them():
    house = make_house()
    offer = offered(house)
    client, counts = browser(house.staff, house.tenant), []
    for more in (1, 2):
        for _each in range(more):
            filed(house, offer)
        client.get(reverse("contracts:offer", args=[offer.pk]))
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("contracts:offer", args=[offer.pk]))
        counts.append(len(found))
    assert counts[0] == counts[1]

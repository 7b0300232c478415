"""The papers of a contract: their order on the page, filing an addendum, and what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.addenda import NewAddendum, add_addendum
from kontor.office.contracts.models import Addendum, Amendment, Contract
from kontor.rulebook.addendum import Signatures
from kontor.rulebook.refusal import RefusalError
from tests.factories import House, make_house, make_user
from tests.office.contracts.walking import concluded, customer
from tests.people import browser, join, make_tenant, verbs

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7 signed"


def told(contract: Contract, **given: Any) -> NewAddendum:
    day = contract.start_on + timedelta(days=30)
    return NewAddendum(
        **{
            "title": "Nachtrag 1",
            "says": "Zahlbar in zehn Tagen.",
            "rank": "annexes",
            "provision": "7.4",
            "effective_on": day,
            "signed": Signatures(day, day),
            **given,
        }
    )


def filed(house: House, contract: Contract, file: bytes = PAPER, **given: Any) -> Addendum:
    with as_tenant(house.tenant.pk):
        return add_addendum(
            contract.pk,
            told(contract, **given),
            file=file,
            file_name="nachtrag.pdf",
            at=timezone.now(),
            actor=house.actor,
        )


def path(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


@pytest.mark.requirement("FW-005", "FW-055")
def test_an_addendum_is_a_dated_amendment_with_its_ruling_and_its_paper():
    house = make_house()
    contract = concluded(house)
    made = filed(house, contract)

    with as_tenant(house.tenant.pk):
        amendment = Amendment.objects.get(pk=made.amendment_id)
        assert (amendment.kind, amendment.content, amendment.effective_on) == ("addendum", [], made.effective_on)
        assert (amendment.clause, made.file.media_type) == ("13.1", "application/pdf")
    assert verbs(house.tenant, contract)[-1] == "contracts.amended"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"signed": Signatures(date(2026, 11, 2), None)}, "A signature is missing: the addendum has no effect."),
        ({"rank": "letters"}, "The contract knows no such rank; what has none is no part of the contract."),
        ({"file": b"GIF89a"}, "The file is no PDF."),
    ],
)
def test_what_is_no_addendum_is_refused(given, sentence):
    house = make_house()
    contract = concluded(house)

    with pytest.raises(RefusalError) as refused:
        filed(house, contract, **given)
    assert refused.value.text.en == sentence


def test_an_addendum_holds_no_earlier_than_its_contract():
    house = make_house()
    contract = concluded(house)

    with pytest.raises(RefusalError) as refused:
        filed(house, contract, effective_on=date(2020, 1, 1))
    assert refused.value.text.en == (
        "The contract begins on 1 December 2026; an addendum holds from then at the earliest."
    )


def test_nobody_files_an_addendum_to_another_tenants_contract():
    house = make_house()
    contract = concluded(house)
    other = make_tenant("Fremd")

    with as_tenant(other.pk), pytest.raises(Contract.DoesNotExist):
        add_addendum(contract.pk, told(contract), file=PAPER, file_name="x.pdf", at=timezone.now(), actor=house.actor)


def test_a_contract_without_an_order_of_papers_takes_an_addendum_without_a_rank():
    house = make_house("dealership")
    contract = concluded(house)
    made = filed(house, contract, rank="")

    page = browser(house.staff, house.tenant).get(path("papers", contract.pk))
    assert [paper.place for paper, _why in page.context["papers"]] == [None] * 4
    assert page.context["named"] == []
    assert path("addendum-file", made.pk) in page.content.decode()


def test_the_papers_stand_in_their_order_and_say_which_prevails():
    house = make_house()
    contract = concluded(house)
    filed(house, contract, effective_on=contract.start_on)
    filed(house, contract, title="Nachtrag 2", rank="offer", provision="", effective_on=contract.start_on)

    page = browser(house.staff, house.tenant).get(path("papers", contract.pk))
    shown = [(paper.place, paper.label.de) for paper, _why in page.context["papers"]]
    assert (page.status_code, [place for place, _label in shown]) == (200, [1, 1, 2, 3, 3, 3, 3])
    assert ("Nachtrag 2" in [label for place, label in shown if place == 1]) is True


def test_the_page_asks_the_same_number_of_queries_for_one_addendum_and_for_three():
    house = make_house()
    contract = concluded(house)
    client = browser(house.staff, house.tenant)
    client.get(path("papers", contract.pk))
    counts = []
    for number in range(3):
        filed(house, contract, title=f"Nachtrag {number}")
        if number == 1:
            continue
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path("papers", contract.pk)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_staff_files_a_paper_and_others_may_not():
    house = make_house()
    contract = concluded(house)
    reader = make_user("leser@lindwurm.example", "Lea Leser")
    join(house.tenant, reader, role="Leser", permissions=["contracts.see"])
    day = contract.start_on.isoformat()
    form = {
        "title": "Nachtrag",
        "says": "Zahlbar in zehn Tagen.",
        "rank": "offer",
        "provision": "",
        "effective_on": day,
        "signed_by_us_on": day,
        "signed_by_customer_on": day,
    }
    client, place = browser(house.staff, house.tenant), path("addendum-new", contract.pk)

    assert browser(reader, house.tenant).get(place).status_code == 403
    assert client.get(place).status_code == 200
    wrong = client.post(place, form | {"file": SimpleUploadedFile("a.pdf", b"GIF89a", "application/pdf")})
    assert (wrong.status_code, wrong.context["form"].non_field_errors()) == (422, ["The file is no PDF."])
    done = client.post(place, form | {"file": SimpleUploadedFile("a.pdf", PAPER, "application/pdf")})
    assert (done.status_code, done.url) == (302, path("papers", contract.pk))
    with as_tenant(house.tenant.pk):
        made = Addendum.objects.get(contract=contract)
    assert client.get(path("addendum-file", made.pk)).content == PAPER
    assert client.get(path("addendum-file", contract.pk)).status_code == 404


def test_the_customer_sees_its_papers_and_nobody_elses():
    house = make_house()
    contract = concluded(house)
    made = filed(house, contract)
    stranger = make_user("fremd@fremd.example", "Fred Fremd")
    other = make_tenant("Fremd")
    join(other, stranger, role="Einkauf", permissions=["contracts.account"])
    ours, theirs = customer(contract), browser(stranger, other)

    page = ours.get(path("account-papers", contract.pk))
    assert (page.status_code, page.context["own"]) == (200, False)
    assert ours.get(path("account-addendum-file", made.pk)).content == PAPER
    assert theirs.get(path("account-papers", contract.pk)).status_code == 404
    assert theirs.get(path("account-addendum-file", made.pk)).status_code == 404

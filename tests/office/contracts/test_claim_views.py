"""The pages about claims: what they show, who may see and act, and that their queries do not grow with the rows."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import claiming
from kontor.office.contracts.models import Claim, ClaimLetter, EnteredRate, PaymentPlan, ReminderPlan, ReminderRun
from tests.background import run_jobs
from tests.factories import make_user
from tests.office.contracts.late import Late, make_late
from tests.people import administrator, browser, entitle, join, make_tenant

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=args)


@pytest.fixture
def late() -> Late:
    """A visitor contract with one invoice that was due thirty days ago."""
    made = make_late()
    made.invoice(timezone.localdate() - timedelta(days=30))
    keep(made)
    return made


def keep(late: Late) -> None:
    with as_tenant(late.house.tenant.pk):
        claiming.keep_claims(at=timezone.now())


def claim_of(late: Late) -> Claim:
    with as_tenant(late.house.tenant.pk):
        return Claim.objects.order_by("pk")[0]


def staff(late: Late) -> Client:
    return browser(late.house.staff, late.house.tenant)


def without(late: Late) -> Client:
    user = make_user("kim@lindwurm.example", "Kim")
    join(late.house.tenant, user, role="reader", permissions=["contracts.see"])
    return browser(user, late.house.tenant)


def pages(claim: Claim) -> list[str]:
    return [url("claims"), url("claim", claim.pk), url("reminders"), url("reminder-habits")]


def test_the_house_sees_its_claims_with_their_arithmetic(late: Late):
    client, claim = staff(late), claim_of(late)
    for page in pages(claim):
        assert client.get(page).status_code == 200
    shown = client.get(url("claim", claim.pk)).content.decode()
    assert "How the interest adds up" in shown
    assert "10.52 %" in shown  # 9 points above 1.52 %
    exported = client.get(url("claims") + "?format=csv").content.decode()
    assert claim.number in exported
    for state in ("open", "disputed", "plan", "written_off", "settled"):
        assert client.get(url("claims") + f"?state={state}").status_code == 200
    money = client.get(url("contract-money", late.contract.pk)).content.decode()
    assert claim.number in money


def test_without_the_right_nothing_is_shown_and_nothing_done(late: Late):
    client, claim = without(late), claim_of(late)
    for page in pages(claim):
        assert client.get(page).status_code == 403
    for name in ("pay", "statement", "plan", "dispute", "threaten", "suspend", "write-off"):
        assert client.post(url(f"claim-{name}", claim.pk), {"reason": "x"}).status_code == 403
    assert client.get(url("contract-money", late.contract.pk)).status_code == 200


def test_another_house_s_claim_is_not_found(late: Late):
    claim = claim_of(late)
    other = make_tenant("Fremd")
    entitle(other, "contracts")
    client = browser(administrator(other, "fremd@example.org", "Fremd"), other)
    assert client.get(url("claim", claim.pk)).status_code == 404
    assert client.get(url("contract-money", late.contract.pk)).status_code == 404
    for name in ("pay", "plan", "dispute", "suspend"):
        assert client.post(url(f"claim-{name}", claim.pk), {"reason": "x"}).status_code == 404
    told = {"reason": "x", "pay_until": "2030-01-01"}
    for name in ("statement", "threaten", "write-off"):
        assert client.post(url(f"claim-{name}", claim.pk), told).status_code == 404


def test_the_list_asks_the_same_number_of_questions_for_three_as_for_one(late: Late):
    client = staff(late)
    client.get(url("claims"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url("claims"))
    late.invoice(timezone.localdate() - timedelta(days=31))
    late.invoice(timezone.localdate() - timedelta(days=32))
    keep(late)
    with CaptureQueriesContext(connection) as three:
        client.get(url("claims"))
    assert len(three) == len(one)


def test_every_decision_is_made_from_the_page(late: Late):
    client, claim = staff(late), claim_of(late)
    today = timezone.localdate()
    back = url("claim", claim.pk)

    def post(name: str, **told: object) -> None:
        answer = client.post(url(f"claim-{name}", claim.pk), told)
        assert (answer.status_code, answer.headers.get("Location")) == (302, back), answer.content.decode()[-3000:]

    post("dispute", reason="Mangel")
    assert "Disputed since" in client.get(back).content.decode()
    post("dispute", reason="geklärt")
    post("pay", amount="100.00", paid_on=str(today), order="law", note="bar")
    post("pay", amount="10.00", paid_on=str(today), order="invoice", note="bar")
    post("statement", pay_until=str(today + timedelta(days=14)))
    post("threaten")
    with as_tenant(late.house.tenant.pk):
        keys = sorted(ClaimLetter.objects.values_list("key", flat=True))
    assert keys == [f"statement-{today}", "threat"]
    for key in keys:
        answer = client.post(url("claim-received", claim.pk, key), {"received_on": str(today), "proof": "Rückschein"})
        assert answer.status_code == 302
        assert client.get(url("claim-letter", claim.pk, key)).headers["Content-Type"] == "application/pdf"
    with as_tenant(late.house.tenant.pk):
        owed = late.facts().on(today).value.total
    post("plan", instalments=f"{today + timedelta(days=30)} {owed.bare()}", note="Telefon")
    assert "Payment plan" in client.get(back).content.decode()
    with as_tenant(late.house.tenant.pk):
        assert PaymentPlan.objects.count() == 1
    post("write-off", reason="Insolvenz")
    assert claim_of(late).written_off_on == today


def test_what_is_refused_is_said_on_the_page(late: Late):
    client, claim = staff(late), claim_of(late)
    today = timezone.localdate()

    def refused(name: str, **told: object) -> str:
        answer = client.post(url(f"claim-{name}", claim.pk), told)
        assert answer.status_code == 422
        return answer.content.decode()

    assert "Late payment is not among the reasons" in refused("suspend", reason="x")
    assert "is not suspended" in refused("suspend", reason="x", lift="1")
    assert "more cannot be booked here" in refused(
        "pay", amount="99999.00", paid_on=str(today), order="law", note="bar"
    )
    assert "is owed" in refused("plan", instalments=f"{today} 1.00", note="x")
    assert "is no day and amount" in refused("plan", instalments="morgen", note="x")
    assert "is no day and amount" in refused("plan", instalments="2026-13-01 1.00", note="x")


def test_reminders_are_previewed_run_and_shown(late: Late):
    client = staff(late)
    assert "Set the steps" in client.get(url("reminders")).content.decode()
    told = {"pack": "", "steps": "7 7 days\n21 7 days\n", "tolerance": "0.05", "automatic": "on", "reason": "Übung"}
    assert client.post(url("reminder-habit-set"), told).status_code == 302
    keep(late)
    assert "1 reminder is due" in client.get(url("reminders")).content.decode()
    answer = client.post(url("reminders-start"))
    with as_tenant(late.house.tenant.pk):
        run = ReminderRun.objects.get()
    assert answer.headers["Location"] == url("reminder-run", run.pk)
    assert client.get(url("reminder-progress", run.pk)).status_code == 200
    run_jobs()
    assert client.get(url("reminder-run", run.pk)).status_code == 200
    assert client.get(url("reminder-progress", run.pk)).headers["HX-Refresh"] == "true"
    with as_tenant(late.house.tenant.pk):
        assert list(ClaimLetter.objects.values_list("key", flat=True)) == ["reminder-1"]


def test_habits_and_rates_are_refused_in_place(late: Late):
    client = staff(late)
    told = {"pack": "", "tolerance": "0.01", "reason": "Übung"}
    for steps in ("bald", "7", "7 bald", "21 7 days\n7 7 days"):
        assert client.post(url("reminder-habit-set"), told | {"steps": steps}).status_code == 422
    rate = {"law": "de", "first": "2027-01-01", "last": "2027-06-30", "percent": "1.77", "source": "Testwert"}
    assert client.post(url("rate-enter"), rate | {"last": "2026-01-01"}).status_code == 422
    assert client.post(url("rate-enter"), rate).status_code == 302
    assert "Testwert" in client.get(url("reminder-habits")).content.decode()
    with as_tenant(late.house.tenant.pk):
        assert (EnteredRate.objects.count(), ReminderPlan.objects.count()) == (1, 0)


def test_the_customer_sees_what_it_owes_and_nobody_else_does(late: Late):
    tenant = Tenant.objects.get(pk=late.contract.customer_tenant_id)
    boss = make_user("chef@alder.example", "Jana Chefin")
    join(tenant, boss)
    client = browser(boss, tenant)
    document = client.get("/documents/agree/").context["document"]
    client.post("/documents/agree/", {"document": document.pk, "sha256": bytes(document.sha256).hex()})
    staff(late).post(url("claim-statement", claim_of(late).pk), {"pay_until": str(date(2099, 1, 1))})
    page = client.get(url("account-claims"))
    assert page.status_code == 200
    assert claim_of(late).number in page.content.decode()
    with as_tenant(late.house.tenant.pk):
        letter = ClaimLetter.objects.get()
    assert client.get(url("account-claim-letter", letter.pk)).headers["Content-Type"] == "application/pdf"
    assert client.get(url("account-money", late.contract.pk)).status_code == 200
    stranger = make_tenant("Fremd")
    other = make_user("fremd@example.org", "Fremd")
    join(stranger, other)
    assert browser(other, stranger).get(url("account-claim-letter", letter.pk)).status_code == 404
    assert "Nothing is overdue" in browser(other, stranger).get(url("account-claims")).content.decode()

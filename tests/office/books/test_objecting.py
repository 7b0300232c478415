"""An objection to the use of payment data: what nobody owes ends at once, what is owed stays with its reason."""

import pytest

from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import InvoiceBalance, MandateStanding
from kontor.office.privacy.actions import subject_answers
from kontor.office.privacy.models import SubjectStep
from tests.factories import AT, make_party
from tests.office.books.collecting import collecting_house, mandate
from tests.office.books.invoicing import issue, order
from tests.office.privacy.test_subjects import asked

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SD-022")
def test_an_objection_ends_what_is_not_owed_lists_what_is_open_and_the_answer_is_logged():
    house = collecting_house()
    told = (("Vera", "vera@gast.example"), ("Vera Bau", "VERA@gast.example"), ("Ole", "ole@gast.example"))
    vera, owes, other = (make_party(house, name=name, email=email) for name, email in told)
    free, needed, others = (mandate(house, party, email=party.email) for party in (vera, owes, other))
    (invoice,) = issue(house, order(house, owes, net="100"))
    issue(house, order(house, other, net="50"))
    with as_tenant(house.tenant.pk):
        balance = InvoiceBalance.objects.get(invoice=invoice)
        assert balance.open_minor == 11900  # 100 and 19 % of VAT
        row = asked("objection")
        who = {"at": AT, "actor": house.actor}
        subject_answers.mark(row.pk, purpose="billing", **who)
        revoked = dict(MandateStanding.objects.values_list("mandate", "revoked_by"))
        assert revoked == {free.pk: "Widerspruch der betroffenen Person", needed.pk: "", others.pk: ""}
        due = f"{balance.due_on.day} {balance.due_on:%B} {balance.due_on.year}"
        marked = SubjectStep.objects.get(request=row, key="marked")
        assert marked.text.splitlines() == [
            "billing",
            f"Ended: Mandate {free.reference} is revoked",
            f"Goes on: Invoice {invoice.number}: 119.00 EUR open, due on {due}; needed to carry out the contract "
            "(GDPR Art. 6 (1) (b))",
            f"Goes on: Mandate {needed.reference}: until what is open is paid (GDPR Art. 6 (1) (b))",
        ]
        subject_answers.answer(row.pk, "What is open is still to be paid.", **who)
        answered = SubjectStep.objects.get(request=row, key="answered")
        assert (answered.text, answered.told) == ("What is open is still to be paid.", True)


def test_an_objection_to_something_else_or_a_restriction_ends_no_mandate():
    house = collecting_house()
    vera = make_party(house, name="Vera", email="vera@gast.example")
    mandate(house, vera)
    with as_tenant(house.tenant.pk):
        who = {"at": AT, "actor": house.actor}
        for kind, purpose in (("objection", "telemetry"), ("restriction", "billing")):
            subject_answers.mark(asked(kind).pk, purpose=purpose, **who)
        assert list(MandateStanding.objects.values_list("revoked_on", flat=True)) == [None]
        assert [step.text for step in SubjectStep.objects.filter(key="marked").order_by("at", "pk")] == [
            "telemetry", "billing",
        ]  # fmt: skip

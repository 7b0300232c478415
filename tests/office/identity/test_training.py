"""Nobody of the house looks at a customer's data without a training in data protection that counts."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import support
from kontor.office.identity.actions.instructions import commit_to, publish_instruction
from kontor.office.identity.actions.support import Look
from kontor.office.identity.actions.training import Trained, note_training
from kontor.office.identity.models import Training
from kontor.office.identity.queries.training import is_trained
from kontor.office.privacy.models import ConsentStep, CookieChoice, PageView
from kontor.rulebook.refusal import RefusalError
from tests.factories import AT, make_house, make_user
from tests.people import administrator, browser, join, make_tenant, train, verbs

pytestmark = pytest.mark.django_db
LOOK = Look(permissions=["identity.see"], purpose="Rolle lässt sich nicht öffnen", hours=2, reference="T-7")


@pytest.fixture
def house():
    """A house whose person is bound to confidentiality, and not trained yet."""
    made = make_house()
    with as_tenant(made.tenant.pk):
        who = Actor.person(made.staff)
        text = publish_instruction("CONFIDENTIALITY", text_de="Schweigen", text_en="Silence", at=AT, actor=who)
        told = {"user": made.staff, "address": None, "client": "", "at": AT, "actor": who}
        commit_to(text.pk, sha256=bytes(text.sha256), **told)
    return made


@pytest.fixture
def alder():
    tenant = make_tenant()
    tenant.admin = administrator(tenant)
    return tenant


def granted(tenant):
    with as_tenant(tenant.pk):
        return support.give(LOOK, held=None, at=timezone.now(), actor=Actor.person(tenant.admin))


@pytest.mark.requirement("AP-089")
def test_untrained_staff_are_refused_customer_data_and_a_new_tenant_collects_nothing_optional(house, alder, settings):
    staff, grant = browser(house.staff, house.tenant), granted(alder)
    look = f"/identity/house/support/{grant.pk}/look/"
    session = staff.session
    assert staff.post(look).url == "/identity/house/trainings/"
    assert "support" not in staff.session
    session["support"] = f"{alder.pk}/{grant.pk}"  # as if they had begun before their training ended
    session.save()
    refused = staff.get("/identity/people/")
    assert (refused.status_code, "Jana" in refused.content.decode()) == (403, False)
    assert [one for one in verbs(alder, grant) if one in {"identity.support_began", "identity.support_viewed"}] == []

    yesterday = timezone.localdate() - timedelta(days=1)
    train(house.tenant, house.staff, until=yesterday)  # over since midnight
    assert staff.post(look).url == "/identity/house/trainings/"
    told = {"held_on": yesterday.isoformat(), "valid_until": timezone.localdate().isoformat(), "evidence": "Kurs"}
    page = staff.get("/identity/house/trainings/")
    ((choice, _name),) = page.context["form"].fields["person"].choices
    assert staff.post("/identity/house/trainings/", told | {"person": choice}).url == "/identity/house/trainings/"
    assert staff.post(look).url == "/"
    assert "Jana Heitmann" in staff.get("/identity/people/").content.decode()

    settings.KONTOR_COOKIES = frozenset({"analysis"})  # the only thing that an installation may collect beyond need
    new = browser(alder.admin, alder)
    opened = new.get("/identity/people/").content.decode()
    assert ('hx-post="/privacy/count/"' in opened, "kontor_analysis" in new.cookies) == (False, False)
    with as_tenant(alder.pk):
        assert (PageView.objects.count(), CookieChoice.objects.count(), ConsentStep.objects.count()) == (0, 0, 0)


def test_a_training_counts_from_its_day_to_its_last_day_and_only_in_its_own_house(house, alder):
    told = Trained(held_on=date(2026, 3, 2), valid_until=date(2027, 3, 2), evidence=" Kurs ")
    at = timezone.now()
    with as_tenant(house.tenant.pk):
        made = note_training(house.staff, told, at=at, actor=MACHINE)
        days = (date(2026, 3, 1), date(2026, 3, 2), date(2027, 3, 2), date(2027, 3, 3))
        assert [is_trained(house.staff.pk, on=day) for day in days] == [False, True, True, False]
        assert (made.evidence, made.name) == ("Kurs", house.staff.name)
        for wrong in (
            told,  # twice
            Trained(held_on=at.date() + timedelta(days=1), valid_until=date(2099, 1, 1), evidence="Kurs"),
            Trained(held_on=date(2026, 3, 3), valid_until=date(2026, 3, 3), evidence="Kurs"),
            Trained(held_on=date(2026, 3, 3), valid_until=date(2027, 3, 3), evidence=" "),
        ):
            with pytest.raises(RefusalError):
                note_training(house.staff, wrong, at=at, actor=MACHINE)
        assert Training.objects.count() == 1
    assert verbs(house.tenant, made) == ["identity.trained"]
    with as_tenant(alder.pk):
        assert not is_trained(house.staff.pk, on=date(2026, 6, 1))


def test_who_may_not_change_people_reads_the_list_and_enters_nothing(house):
    reader = make_user("rita@lindwurm.example", "Rita")
    join(house.tenant, reader, role="Support", permissions=["identity.support"])
    client = browser(reader, house.tenant)
    page = client.get("/identity/house/trainings/")
    assert "Ida Lindwurm" in page.content.decode()
    choice = page.context["form"].fields["person"].choices[0][0]
    told = {"person": choice, "held_on": "2026-01-01", "valid_until": "2099-01-01", "evidence": "Kurs"}
    assert client.post("/identity/house/trainings/", told).status_code == 200
    with as_tenant(house.tenant.pk):
        assert not Training.objects.exists()


def test_what_is_refused_stands_on_the_page(house):
    staff = browser(house.staff, house.tenant)
    page = staff.get("/identity/house/trainings/")
    choice = page.context["form"].fields["person"].choices[0][0]
    told = {"person": choice, "held_on": "2026-01-01", "valid_until": "2026-01-01", "evidence": "Kurs"}
    assert staff.post("/identity/house/trainings/", told).status_code == 422

"""The trail: who entered, changed, deleted and saw what; searched, taken along, proved."""

from datetime import timedelta

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from kontor.kernel.actions.record import erase_details, looked_at, record
from kontor.kernel.actions.sealing import seal
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.parties.actions.parties import add_contact, add_party, change_contact, remove_contact
from tests.factories import make_user
from tests.people import administrator, browser, join, make_tenant, verbs

HOME = "/account/privacy/trail/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("FW-120")
def test_a_changed_address_stands_with_who_when_old_and_new_and_nobody_changes_that_unseen(worker_database):
    alder = make_tenant()
    jana = administrator(alder)
    at = timezone.now() - timedelta(minutes=10)
    who = {"at": at, "actor": Actor.person(jana)}
    with as_tenant(alder.pk):
        party = add_party(name="Gast GmbH", **who)
        visitor = add_contact(party, name="Vera Gast", email="vera@gast.example", **who)
        change_contact(visitor.pk, email="v.gast@gast.example", **who)
        entry = RecordEntry.objects.get(verb="parties.contact_changed")
    client = browser(jana, alder)
    page = client.get(f"{HOME}{entry.pk}/")
    assert (page.context["who"], page.context["row"].at) == ("Jana Heitmann", at)
    assert ("email", "vera@gast.example", "v.gast@gast.example") in page.context["changes"]

    with as_tenant(alder.pk):
        assert seal(at=timezone.now()) > 0
    whole = client.post(f"{HOME}proof/")
    assert "The trail is as it was written." in whole.content.decode()
    table = RecordEntry._meta.db_table
    for statement in (f"UPDATE {table} SET verb = 'x'", f"DELETE FROM {table}"):  # noqa: S608  our own name
        with as_tenant(alder.pk), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
    with psycopg.connect(worker_database.cluster.url("postgres", worker_database.name), autocommit=True) as db:
        db.execute(f"UPDATE {table} SET verb = 'parties.contact_seen' WHERE id = %s", [entry.pk])  # noqa: S608
    broken = client.post(f"{HOME}proof/")
    assert broken.context["proof"].broken is not None
    assert "The trail is as it was written." not in broken.content.decode()
    assert verbs(alder, alder).count("privacy.trail_verified") == 2


@pytest.mark.django_db
def test_the_trail_is_searched_by_who_what_kind_where_and_when_and_taking_it_along_is_on_it():
    alder = make_tenant()
    jana = administrator(alder)
    otto = make_user("otto@alder.example", "Otto Nieman")
    join(alder, otto, role="Reader", permissions=("parties.see",))
    now = timezone.now()
    with as_tenant(alder.pk):
        party = add_party(name="Gast GmbH", at=now, actor=Actor.person(jana))
        contact = add_contact(party, name="Vera", email="vera@gast.example", at=now, actor=MACHINE)
        looked_at(party, at=now, actor=Actor.person(jana))
        record("parties.noted", party, at=now, actor=Actor.outside(party.pk, "Vera"), after={"a": 1})
        remove_contact(contact.pk, at=now, actor=Actor.person(jana))
    client = browser(jana, alder)

    def found(**asked: str) -> set[str]:
        page = client.get(HOME, {"app": "parties", **asked})
        assert page.status_code == 200
        return {row.verb for row in page.context["rows"].page.object_list}

    assert found() == {
        "parties.party_added", "parties.contact_added", "parties.looked_at", "parties.noted", "parties.contact_removed",
    }  # fmt: skip
    assert found(kind="entered") == {"parties.party_added", "parties.contact_added"}
    assert found(kind="seen") == {"parties.looked_at"}
    assert found(kind="deleted") == {"parties.contact_removed"}
    assert found(kind="changed") == {"parties.noted"}
    assert found(person=str(jana.pk)) == {"parties.party_added", "parties.looked_at", "parties.contact_removed"}
    assert found(q=str(contact.pk)) == {"parties.contact_added", "parties.contact_removed"}
    assert found(days="1") == found()
    file = client.get(HOME, {"format": "csv", "kind": "seen", "app": "parties"})
    assert file.status_code == 200
    assert "parties.looked_at" in b"".join(file).decode("utf-8-sig")
    with as_tenant(alder.pk):
        outside = RecordEntry.objects.get(verb="parties.noted")
        erase_details(party, at=now, actor=MACHINE, clause="GDPR Art. 17")
        entries = {one.verb: one.pk for one in RecordEntry.objects.all()}
    assert client.get(f"{HOME}{outside.pk}/").context["told"].erased is True
    assert "Erased" in client.get(f"{HOME}{outside.pk}/").content.decode()
    assert "The deed itself" in client.get(f"{HOME}{entries['parties.looked_at']}/").content.decode()
    assert client.get(f"{HOME}proof/").context["proof"] is None
    seen = verbs(alder)
    assert (seen.count("privacy.trail_exported"), seen.count("kernel.looked_at")) == (1, 3)
    other = make_tenant("Birke")
    assert browser(administrator(other, "b@birke.example"), other).get(f"{HOME}{outside.pk}/").status_code == 404
    assert browser(otto, alder).get(HOME).status_code == 403

"""Licences of a leisure contract: keys, activations within number and sites, locks, copies, sites (Art. 6, Art. 7)."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import RecordEntry
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import licensing, licensing_keys, licensing_sites, renewing
from kontor.office.contracts.actions.ending_cases import end_by_case, open_case, prove_case, tell_case
from kontor.office.contracts.actions.licensing import LicenceRefusedError
from kontor.office.contracts.actions.licensing_keys import deliver_keys
from kontor.office.contracts.models import (
    Activation,
    BackupCopy,
    Contract,
    EndingTask,
    LicenceKey,
    LicenceNotice,
    LicenceSigner,
    SiteReport,
    Suspension,
)
from kontor.office.contracts.queries.licences import latest_keys, public_keys, sites_of, waiting_sites
from kontor.office.contracts.queries.readiness import lacks
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.kinds import Kind
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.licence_keys import KeyRefusedError, opened
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.office.contracts.ending_walk import LETTER
from tests.office.contracts.licensing import KIEL, ON, WHO, activated, asking, drafted, granting_of, leisure, licensed
from tests.office.contracts.test_billing import concluded
from tests.people import mails, make_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return leisure()


@pytest.fixture
def contract(house) -> Contract:
    return licensed(house)


@pytest.fixture
def inside(house, contract) -> Iterator[None]:
    with as_tenant(house.tenant.pk):
        yield


def refused(contract: Contract, computer: str, **given: Any) -> tuple[str, str]:
    with pytest.raises(LicenceRefusedError) as error:
        activated(contract, computer, **given)
    return error.value.key, error.value.clause


@pytest.mark.requirement("AP-009")
@pytest.mark.usefixtures("inside")
def test_the_conclusion_delivers_a_signed_key_that_is_checked_offline(house, contract):
    key = LicenceKey.objects.get()
    trusted = public_keys()
    told = opened(key.text, trusted, on=date(2026, 12, 10))
    assert told.model_dump(mode="json") == key.says
    assert (told.customer, told.product, told.modules, told.sites, told.computers, told.first, told.last) == (
        "Alder & Söhne GmbH", "gokarts", ("web_pro",), ("Kiel", "Rostock"), 3, date(2026, 12, 1), date(2027, 11, 30),
    )  # fmt: skip
    with pytest.raises(KeyRefusedError) as expired:
        opened(key.text, trusted, on=date(2027, 12, 1))
    head, body, signature = key.text.split(".")
    with pytest.raises(KeyRefusedError) as altered:
        opened(f"{head}.{body[:-2]}{'A' if body[-2] != 'A' else 'B'}{body[-1]}.{signature}", trusted,
               on=date(2026, 12, 10))  # fmt: skip
    assert (expired.value.fault, altered.value.fault) == ("expired", "altered")
    assert [str(each) for each in reasons_of(key.ruling).clauses] == ["Art. 6", "Art. 1"]
    told_by_mail = [mail.subject for mail in mails(house.tenant) if "Lizenz" in mail.subject]
    assert told_by_mail == [f"Lizenzschlüssel zum Vertrag {contract.number}"]


@pytest.mark.usefixtures("inside")
def test_delivering_again_changes_nothing_until_the_licence_does(contract):
    assert licensing_keys.deliver_keys(contract.pk, **WHO) == []
    renewing.renew([contract.pk], at=datetime(2027, 9, 2, 8, 0, tzinfo=UTC))
    (again,) = licensing_keys.deliver_keys(contract.pk, at=datetime(2027, 9, 2, 9, 0, tzinfo=UTC), actor=MACHINE)
    assert (again.number, again.says["last"], LicenceKey.objects.count()) == (2, "2028-11-30", 2)


def test_a_renewed_term_has_a_new_key_by_itself(house, contract):
    with as_tenant(house.tenant.pk):
        renewing.renew([contract.pk], at=datetime(2027, 9, 2, 8, 0, tzinfo=UTC))
        licensing_keys.renew_keys(at=datetime(2027, 9, 3, 2, 0, tzinfo=UTC))
    run_jobs()
    with as_tenant(house.tenant.pk):
        assert [key.says["last"] for key in LicenceKey.objects.order_by("number")] == ["2027-11-30", "2028-11-30"]


@pytest.mark.usefixtures("inside")
def test_a_new_signing_key_signs_and_the_old_one_still_proves(contract):
    old = LicenceKey.objects.get()
    licensing_keys.add_signer(**WHO)
    (new,) = licensing_keys.deliver_keys(contract.pk, **WHO)
    assert (LicenceSigner.objects.count(), new.kid != old.kid) == (2, True)
    for key in (old, new):
        assert opened(key.text, public_keys(), on=date(2026, 12, 10)).computers == 3
    with pytest.raises(KeyRefusedError, match="not this vendor's"):
        opened(old.text, [public_keys()[0]], on=date(2026, 12, 10))


@pytest.mark.requirement("AP-006")
@pytest.mark.usefixtures("inside")
def test_a_yearly_licence_works_at_its_sites_and_nowhere_else(contract):
    assert activated(contract, "c1", site="Kiel").used == 1
    assert activated(contract, "c2", site="Rostock").used == 2
    assert refused(contract, "c3", site="Lübeck") == ("unnamed_site", "Art. 6")


@pytest.mark.requirement("AP-006")
@pytest.mark.parametrize(
    ("by", "last", "duties"),
    [(Side.PROVIDER, date(2027, 4, 5), ["keys", "software"]), (Side.CUSTOMER, None, [])],
)
def test_a_perpetual_licence_ends_with_a_contract_that_the_customer_broke(house, by, last, duties):
    """
    Our notice of a breach arrived on 1 March 2027 and was not cured in thirty days: we end it on 5 April (21.2).

    Where the customer ends it for our breach, the licence for the whole protection period stays: Art. 6, Art. 3.
    """
    contract = licensed(house, agreed={"licence.granted_for": "perpetual"}, sites=[KIEL], positions={"perpetual": 2})
    on = date(2027, 4, 5)
    at = datetime.combine(on, time(11), UTC)
    with as_tenant(house.tenant.pk):
        activated(contract)
        case = open_case(contract, Kind.NOT_CURED, side=by, at=at, actor=MACHINE)
        prove_case(case.pk, LETTER, about="Rückschein", at=at, actor=MACHINE)
        told = Told(
            letter_on=date(2027, 3, 1),
            letter_by=Means.REGISTERED_LETTER,
            letter_states=frozenset({"breach", "consequence"}),
            declared_on=on,
            declared_by=Means.LETTER,
        )
        tell_case(case.pk, told, at=at, actor=MACHINE)
        end_by_case(case.pk, on=on, at=at, actor=MACHINE)
        assert granting_of(contract, at=at).licence.last == last
        tasks = EndingTask.objects.filter(key__in=["keys", "software"]).order_by("key")
        assert list(tasks.values_list("key", flat=True)) == duties
        deliver_keys(contract.pk, at=at, actor=MACHINE)
        (newest,) = latest_keys(contract.pk, own=True)
        assert newest.says["last"] == (last.isoformat() if last else None)
        after = datetime.combine(on + timedelta(days=1), time(9), UTC)
        if last:
            with pytest.raises(LicenceRefusedError) as refused:
                activated(contract, at=after)
            assert refused.value.key == "ended"
        else:
            assert activated(contract, at=after).new is False


def test_a_perpetual_licence_works_at_one_site(house):
    contract = licensed(house, agreed={"licence.granted_for": "perpetual"}, sites=[KIEL], positions={"perpetual": 2})
    with as_tenant(house.tenant.pk):
        licence = granting_of(contract).licence
        assert (licence.granted.value, licence.last, licence.sites) == ("perpetual", None, ("Kiel",))
        assert LicenceKey.objects.get().says["last"] is None
        activated(contract, "c1")
        assert refused(contract, "c2", site="Rostock") == ("second_site", "Art. 6")


@pytest.mark.usefixtures("inside")
def test_places_are_counted_and_released(contract):
    first = activated(contract, "c1")
    assert [activated(contract, name).used for name in ("c2", "c3")] == [2, 3]
    assert refused(contract, "c4") == ("no_place", "Art. 6")
    same = activated(contract, "c1")
    assert (same.new, same.used, same.row.pk) == (False, 3, first.row.pk)
    licensing.release(first.row, reason="Kasse verkauft", **WHO)
    assert activated(contract, "c4").used == 3
    with pytest.raises(LicenceRefusedError, match="free already"):
        licensing.release(first.row, reason="", **WHO)
    assert Activation.objects.filter(computer="c1").count() == 0
    verbs = RecordEntry.objects.filter(object_id=contract.pk, verb__startswith="contracts.computer").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        *["contracts.computer_activated"] * 3, "contracts.computer_released", "contracts.computer_activated",
    ]  # fmt: skip


@pytest.mark.usefixtures("inside")
def test_a_locked_computer_stays_locked_and_keeps_its_place(contract):
    row = activated(contract, "c1").row
    licensing.lock(row, reason="Schutzrecht verletzt", **WHO)
    assert refused(contract, "c1") == ("locked", "Art. 6")
    with pytest.raises(LicenceRefusedError, match="does not free"):
        licensing.release(row, reason="", **WHO)
    licensing.unlock(row, reason="geklärt", **WHO)
    assert activated(contract, "c1").new is False


@pytest.mark.requirement("AP-049")
@pytest.mark.usefixtures("inside")
def test_before_the_first_and_after_the_last_day_nothing_is_activated(contract):
    assert refused(contract, "c1", at=datetime(2026, 11, 30, 12, 0, tzinfo=UTC)) == ("not_yet", "Art. 6")
    assert refused(contract, "c1", at=datetime(2027, 12, 1, 12, 0, tzinfo=UTC)) == ("ended", "Art. 6")


@pytest.mark.usefixtures("inside")
def test_nothing_is_activated_while_services_are_suspended(contract):
    Suspension.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, seller_name="Lindwurm", from_at=ON,
        clause="Art. 11", ruling=uuid.uuid4(), reason="offen",
    )  # fmt: skip
    assert refused(contract, "c1") == ("suspended", "Art. 11")


@pytest.mark.usefixtures("inside")
def test_what_was_not_ordered_is_locked(contract):
    assert refused(contract, "c1", product="goracing") == ("not_licensed", "Art. 6")


@pytest.mark.requirement("AP-010")
@pytest.mark.usefixtures("inside")
def test_one_backup_copy_replaces_the_destroyed_original(contract):
    copy = {"product": "gokarts", "label": "Tresor", "by": "Jonas", **WHO}
    original = activated(contract, "c1").row
    with pytest.raises(LicenceRefusedError, match="must be registered"):
        activated(contract, "c9", lost=original.pk)
    with pytest.raises(LicenceRefusedError, match="every copyright notice"):
        licensing_sites.register_copy(contract, notices=False, **copy)
    licensing_sites.register_copy(contract, notices=True, **copy)
    with pytest.raises(LicenceRefusedError, match="registered already") as second:
        licensing_sites.register_copy(contract, notices=True, **copy)
    assert second.value.clause == "Art. 6"
    instead = activated(contract, "c9", lost=original.pk)
    original.refresh_from_db()
    assert (instead.row.from_copy, instead.used, original.released_at) == (True, 1, ON)
    assert BackupCopy.objects.get().used_at == ON


@pytest.mark.usefixtures("inside")
def test_a_reported_site_waits_and_a_network_is_noted(contract):
    report = {"address": "Hafen 2", "by": "Jonas", **WHO}
    licensing_sites.report_site(contract, name="Lübeck", network="", **report)
    assert refused(contract, "c1", site="Lübeck") == ("site_waits", "Art. 7")
    assert [each.name for each in waiting_sites(contract, sites=sites_of(contract))] == ["Lübeck"]
    with pytest.raises(LicenceRefusedError, match="known already"):
        licensing_sites.report_site(contract, name="Kiel", network="", **report)
    with pytest.raises(LicenceRefusedError, match="no network"):
        licensing_sites.report_site(contract, name="Kiel", network="Kiel", **report)
    licensing_sites.report_site(contract, name="Kiel", network="192.0.2.7/24", **report)
    assert SiteReport.objects.get(name="Kiel").network == "192.0.2.0/24"


@pytest.mark.usefixtures("inside")
def test_an_activation_from_an_unreported_network_raises_a_notice(contract):
    licensing_sites.report_site(contract, name="Kiel", address="", network="192.0.2.0/24", by="Jonas", **WHO)
    activated(contract, "c1", address="192.0.2.9")
    activated(contract, "c2", address="")
    assert LicenceNotice.objects.count() == 0
    activated(contract, "c3", address="198.51.100.4")
    notice = LicenceNotice.objects.get()
    assert (notice.site, notice.network, str(reasons_of(notice.ruling).clauses[0])) == (
        "Kiel", "198.51.100.0/24", "Art. 7",
    )  # fmt: skip
    licensing_sites.settle_notice(notice.pk, settled="Mobilfunk, gemeldet", **WHO)
    with pytest.raises(LicenceRefusedError, match="settled already"):
        licensing_sites.settle_notice(notice.pk, settled="", **WHO)


def test_an_offer_for_good_names_one_site_and_a_plan_its_product(house):
    two = drafted(house, agreed={"licence.granted_for": "perpetual"})
    racing = drafted(house, positions={"racing": 1, "web": 1})
    fine = drafted(house)
    with as_tenant(house.tenant.pk):
        found = [
            [(each.field, each.text.en, str(each.clause)) for each in lacks(draft)] for draft in (two, racing, fine)
        ]
    assert found == [
        [("sites", "A perpetual licence holds at 1 site; 2 are named.", "Art. 6")],
        [("positions", "web: The plan is sold with: Leisure centre.", "9.2")],
        [],
    ]


def test_a_contract_that_licenses_no_computers_has_no_keys():
    house = make_house()
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        assert licensing_keys.deliver_keys(contract.pk, **WHO) == []
        assert LicenceKey.objects.count() == 0


@pytest.mark.usefixtures("inside")
def test_a_stranger_sees_and_releases_nothing(contract):
    row = activated(contract, "c1").row
    with as_tenant(make_tenant("Birke").pk):
        with pytest.raises(Contract.DoesNotExist):
            licensing_keys.deliver_keys(contract.pk, **WHO)
        with pytest.raises(Activation.DoesNotExist):
            licensing.release(row, reason="", **WHO)
        assert list(LicenceKey.received.filter(contract_id=contract.pk)) == []
    assert replace(asking("c2"), label="x").label == "x"

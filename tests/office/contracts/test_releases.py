"""Releases from the first note to the customer's download; functions beyond the order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kontor.kernel.actions.answering import answer
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Blob
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import extra_functions, releases
from kontor.office.contracts.actions.ending import Ending, end_contract
from kontor.office.contracts.actions.extra_functions import NewFunction
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.actions.releases import NewRelease
from kontor.office.contracts.models import Amendment, Contract, ExtraFunction, FunctionNotice, Release, ReleaseOffer
from kontor.office.contracts.queries.extra_functions import functions, functions_of
from kontor.office.contracts.queries.releases import offers_of, releases as all_releases
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from tests.background import run_jobs
from tests.factories import House, make_house
from tests.office.contracts.ordering import concluded, confirm, place_more
from tests.people import mails, make_tenant, verbs

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
ON = date(2026, 12, 10)
WHO: dict[str, Any] = {"at": AT, "actor": MACHINE}
LOBBY = NewFunction(
    product="visitor", key="lobby", kind="VOLUNTARY", item="", name=Text("Empfangsbild", "Lobby picture"),
    about=Text("Ein Bild am Empfang.", "A picture at the lobby."), offered_from=ON,
)  # fmt: skip
SEATING = NewFunction(
    product="visitor", key="seating", kind="PAID", item="extra", name=Text("Sitzplan", "Seating"),
    about=Text("Wer wo sitzt.", "Who sits where."), offered_from=ON,
)  # fmt: skip


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture
def contract(house) -> Contract:
    return concluded(house)


def upload(name: str) -> Upload:
    return Upload(name=name, media_type="application/octet-stream", content=name.encode())


def candidate(product: str = "visitor", version: str = "5.2", kind: str = "UPDATE", **given: Any) -> Release:
    told = {"notes_de": "Schneller.", "notes_en": "Faster.", **given}
    return releases.prepare_release(NewRelease(product=product, version=version, kind=kind, **told), **WHO)


def ready(product: str = "visitor", version: str = "5.2", **given: Any) -> Release:
    made = candidate(product, version, **given)
    for role in ("SOFTWARE", "DOCUMENTATION", "REPORT"):
        releases.attach(made.pk, role, upload(f"{role}-{version}"), **WHO)
    releases.note_check(made.pk, key="check-in", title="Anmeldung", passed=True, **WHO)
    return made


def ended(contract: Contract, on: date) -> None:
    ruling = Ruling(on, (Clause(contract.pack, "4.6.1", contract.version),))
    end_contract(contract, Ending(kind="notice", ends=on, told_on=on, ruling=ruling), at=AT, actor=MACHINE)


@pytest.mark.requirement("AP-011")
def test_a_release_with_a_failed_test_is_refused_and_the_report_is_kept(house):
    with as_tenant(house.tenant.pk):
        made = ready("leisure")
        releases.note_check(made.pk, key="races", title="Rennen", passed=False, **WHO)
        with pytest.raises(RefusalError, match="Rennen"):
            releases.publish_release(made.pk, on=ON, **WHO)
        releases.note_check(made.pk, key="races", title="Rennen", passed=True, **WHO)
        releases.publish_release(made.pk, on=ON, **WHO)
        release = Release.objects.get()
        assert (release.released_on, release.ruling is not None) == (ON, True)
        assert [each.blob.name for each in release.files.filter(role="REPORT")] == ["REPORT-5.2"]
    assert verbs(house.tenant, made)[-1] == "contracts.released"


def test_a_removed_function_needs_its_reason_and_where_the_terms_say_so_its_replacement(house):
    with as_tenant(house.tenant.pk):
        made = ready("leisure")
        gone: dict[str, Any] = {"name": Text("Rundenfax", "Lap fax"), "replacement": "", **WHO}
        with pytest.raises(RefusalError):
            releases.note_removed(made.pk, reason="", **gone)
        releases.note_removed(made.pk, reason="Niemand nutzt es", **gone)
        with pytest.raises(RefusalError, match="Lap fax"):
            releases.publish_release(made.pk, on=ON, **WHO)
        made.removed.update(replacement="E-Mail")
        releases.publish_release(made.pk, on=ON, **WHO)


def test_a_release_is_given_by_mail_with_its_files_and_can_be_fetched(house, contract):
    with as_tenant(house.tenant.pk):
        made = ready(supported_until=date(2028, 12, 31))
        releases.note_removed(made.pk, name=Text("Fax", "Fax"), reason="Alt", replacement="Mail", **WHO)
        (offer,) = releases.publish_release(made.pk, on=ON, **WHO)
        assert offers_of(contract.pk, own=True) == [offer]
    mail = mails(house.tenant)[-1]
    assert (mail.to, mail.subject) == (contract.terms["notice_customer"], f"Ausgabe 5.2 zum Vertrag {contract.number}")
    with as_tenant(contract.customer_tenant_id):
        (seen,) = offers_of(contract.pk, own=False)
        assert [each["role"] for each in seen.files] == ["DOCUMENTATION", "SOFTWARE"]
        assert (seen.removed[0]["replacement"], seen.postponable, seen.supported_until) == (
            "Mail", True, date(2028, 12, 31),
        )  # fmt: skip
        digest = seen.files[1]["sha256"]
        name, media_type, data = answer("contracts.release_file", seen.pk, sha256=digest, **WHO)
        assert (name, media_type, data) == ("SOFTWARE-5.2", "application/octet-stream", b"SOFTWARE-5.2")
        with pytest.raises(Blob.DoesNotExist):
            answer("contracts.release_file", seen.pk, sha256="00" * 32, **WHO)
    assert "contracts.release_file_fetched" in verbs(house.tenant)
    with as_tenant(make_tenant("Birke").pk):
        assert offers_of(contract.pk, own=False) == []
        with pytest.raises(ReleaseOffer.DoesNotExist):
            answer("contracts.release_file", seen.pk, sha256=digest, **WHO)


@pytest.mark.requirement("AP-020")
def test_customers_with_maintenance_are_given_a_release_and_others_are_not():
    house = make_house("leisure")
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        made = ready("leisure", "5.2")
        assert releases.publish_release(made.pk, on=date(2027, 1, 10), **WHO) == []
        row = Amendment.objects.get(contract=contract)
        content = [{**each, "key": "maintenance"} if each.get("key") == "seats" else each for each in row.content]
        Amendment.objects.create(
            contract=contract, customer_tenant_id=contract.customer_tenant_id, number=2, kind="more",
            effective_on=contract.start_on, recorded_at=AT,
            content=[each for each in content if each.get("key") == "maintenance"], clause=row.clause,
            ruling=row.ruling,
        )  # fmt: skip
        (offer,) = releases.give_releases(on=date(2027, 1, 11), at=AT)
        assert releases.give_releases(on=date(2027, 1, 12), at=AT) == []
    with as_tenant(contract.customer_tenant_id):
        (seen,) = offers_of(contract.pk, own=False)
        assert (seen.pk, seen.version, seen.clause) == (offer.pk, "5.2", "Anhang 1, 2.3")
        assert [each["name"] for each in seen.files] == ["DOCUMENTATION-5.2", "SOFTWARE-5.2"]


def test_a_release_that_is_no_longer_supported_or_a_contract_that_ended_is_left_out(house, contract):
    with as_tenant(house.tenant.pk):
        made = ready(supported_until=ON)
        ended(contract, ON)
        assert releases.publish_release(made.pk, on=ON + timedelta(days=1), **WHO) == []
        assert releases.give_releases(on=ON + timedelta(days=1), at=AT) == []


def test_what_was_published_is_not_changed(house):
    with as_tenant(house.tenant.pk):
        made = ready()
        releases.publish_release(made.pk, on=ON, **WHO)
        for act in (
            lambda: releases.attach(made.pk, "SOFTWARE", upload("x"), **WHO),
            lambda: releases.note_check(made.pk, key="a", title="a", passed=True, **WHO),
            lambda: releases.publish_release(made.pk, on=ON, **WHO),
        ):
            with pytest.raises(RefusalError):
                act()
        assert [each.version for each in all_releases()] == ["5.2"]


def test_a_version_exists_once_and_its_notes_in_both_languages(house):
    with as_tenant(house.tenant.pk):
        candidate()
        with pytest.raises(RefusalError):
            candidate()
        with pytest.raises(RefusalError):
            candidate(version="5.3", notes_en="")
    with as_tenant(make_tenant("Birke").pk), pytest.raises(Release.DoesNotExist):
        releases.publish_release(uuid7(), on=ON, **WHO)


@pytest.mark.requirement("FW-016")
def test_a_paid_function_is_off_until_ordered_and_a_voluntary_one_on_and_not_owed(house, contract):
    with as_tenant(house.tenant.pk):
        item = house.price_list.items.get(key="seats")
        item.pk, item.key, item._state.adding = uuid7(), "extra", True
        item.save()
        extra_functions.offer_function(LOBBY, **WHO)
        extra_functions.offer_function(SEATING, **WHO)

    def seen() -> list[tuple[str, bool, bool]]:
        with as_tenant(contract.customer_tenant_id):
            rows = list(Amendment.received.filter(contract_id=contract.pk).order_by("number"))
            found = functions_of(contract, rows, ON, own=False)
            assert {each.notice.clause for each in found} == {"4.3.1"}
            return [(each.name.en, each.on, each.owed) for each in found]

    assert seen() == [("Lobby picture", True, False), ("Seating", False, False)]
    confirm(house, place_more(house, contract, AT, extra=1), AT)
    assert seen() == [("Lobby picture", True, False), ("Seating", True, True)]


def _told(function: NewFunction) -> dict[str, Any]:
    return {name: getattr(function, name) for name in NewFunction.__dataclass_fields__}


def test_a_voluntary_function_is_withdrawn_by_mail_once(house, contract):
    ends = ON + timedelta(days=20)
    told: dict[str, Any] = {"ends_on": ends, "today": ON, **WHO}
    with as_tenant(house.tenant.pk):
        made = extra_functions.offer_function(LOBBY, **WHO)
        with pytest.raises(RefusalError):
            extra_functions.withdraw_function(made.pk, reason="", **told)
        extra_functions.withdraw_function(made.pk, reason="Der Dienst dahinter endet.", **told)
        with pytest.raises(RefusalError):
            extra_functions.withdraw_function(made.pk, reason="Noch einmal.", **told)
        assert functions()[0].ends_on == ends
        rows = list(Amendment.objects.order_by("number"))
        (before,) = functions_of(contract, rows, ends - timedelta(days=1), own=True)
        (after,) = functions_of(contract, rows, ends, own=True)
        assert (before.on, before.ends_on, after.on) == (True, ends, False)
        assert before.about.de == "Ein Bild am Empfang."
    assert [each.subject for each in mails(house.tenant)[-2:]] == [
        "Neue Funktion „Empfangsbild“",
        "„Empfangsbild“ endet",
    ]
    assert verbs(house.tenant, made) == ["contracts.function_offered", "contracts.function_withdrawn"]
    with as_tenant(make_tenant("Birke").pk), pytest.raises(ExtraFunction.DoesNotExist):
        extra_functions.withdraw_function(made.pk, reason="x", **told)


def test_a_function_that_cannot_be_offered_is_refused(house, contract):
    with as_tenant(house.tenant.pk):
        for changed in ({"item": "seats"}, {"kind": "PAID"}, {"product": "dealership"}):
            with pytest.raises(RefusalError):
                extra_functions.offer_function(NewFunction(**{**_told(LOBBY), **changed}), **WHO)
        extra_functions.offer_function(LOBBY, **WHO)
        with pytest.raises(RefusalError):
            extra_functions.offer_function(LOBBY, **WHO)
        assert FunctionNotice.objects.count() == 1


def test_customers_that_come_later_are_told_of_functions_at_night(house):
    with as_tenant(house.tenant.pk):
        extra_functions.offer_function(NewFunction(**{**_told(LOBBY), "offered_from": date(2026, 11, 1)}), **WHO)
    contract = concluded(house)
    with as_tenant(house.tenant.pk):
        assert extra_functions.tell_of_functions(on=ON, at=AT) == 1
        assert extra_functions.tell_of_functions(on=ON, at=AT) == 0
        assert FunctionNotice.objects.get().contract_id == contract.pk
    run_jobs()

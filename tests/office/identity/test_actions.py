"""Inviting people, what they may do, and what they say about themselves."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import translation

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.actions.mail import MailAddressError
from kontor.kernel.actions.rights import LastAdministratorError, UnknownPermissionError
from kontor.kernel.actions.tenants import found_house
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Membership, Role
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity import queries
from kontor.office.identity.actions import invitations, members, passwords, profile, roles
from kontor.office.identity.actions.limits import BeyondOwnRightsError, SeatsTakenError
from kontor.office.identity.actions.sign_in_mail import send_sign_in_mail
from kontor.office.identity.models import User
from tests.factories import AT, PASSWORD, make_user
from tests.people import administrator, join, link_in, mails, make_tenant, order_seats, role_of, verbs

pytestmark = pytest.mark.django_db
NEW = "a sentence nobody guesses"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def invite(
    tenant, email="tomke@alder.example", *, role="Empfang", kind="EMPLOYEE", held=None, at=AT, language="de",
    **more: Any,
):  # fmt: skip
    chosen = [role_of(tenant, role)] if role else []
    with as_tenant(tenant.pk):
        return invitations.invite(
            email=email, name="Tomke Arends", roles=chosen, kind=kind, language=language, held=held, at=at,
            actor=MACHINE, **more,
        )  # fmt: skip


def change(tenant, membership, *, at=AT, **given: Any):
    with as_tenant(tenant.pk):
        now = Membership.objects.get(pk=membership.pk)
        having = [each.role_id for each in now.assignments.all()]
        told = {
            "kind": now.kind, "roles": having, "until": now.until, "held": None,
            "consulting_contract": now.consulting_contract, **given,
        }  # fmt: skip
        return members.change_member(membership.pk, at=at, actor=MACHINE, **told)


def secret_of(mail):
    return link_in(mail.text).rstrip("/").rpartition("/")[2]


# ---- inviting


def test_somebody_new_is_invited_by_mail():
    alder = make_tenant()
    membership = invite(alder, " Tomke@Alder.example ")

    user = User.objects.get()
    (mail,) = mails(alder)
    assert (user.email, user.name, user.language, user.has_usable_password()) == (
        "tomke@alder.example", "Tomke Arends", "de", False,
    )  # fmt: skip
    assert (mail.to, mail.to_name, mail.subject, mail.about_id) == (
        "tomke@alder.example", "Tomke Arends", "Einladung zu Alder", membership.pk,
    )  # fmt: skip
    assert verbs(alder, membership) == ["kernel.member_added", "identity.invited"]


def test_somebody_known_elsewhere_keeps_name_and_password():
    alder, birch = make_tenant(), make_tenant("Birch")
    user = make_user("tomke@alder.example", "Tomke A.")
    join(birch, user)

    membership = invite(alder, language="en")

    (mail,) = mails(alder)
    assert membership.user_id == user.pk
    assert mail.text.startswith("Hello Tomke A.,\n\nyou are invited to work for Alder as well.")
    assert User.objects.get().check_password(PASSWORD)


def test_somebody_who_is_here_is_not_invited():
    alder = make_tenant()
    invite(alder)

    with pytest.raises(invitations.AlreadyHereError, match="Tomke Arends is here already"):
        invite(alder)
    assert len(mails(alder)) == 1


def test_somebody_who_had_left_comes_back_with_these_roles_only():
    alder = make_tenant()
    administrator(alder)
    membership = invite(alder, role="Empfang")
    change(alder, membership, until=AT)

    back = invite(
        alder, role="Werkschutz", kind="SERVICE_PROVIDER", consulting_contract="RV 17", at=AT + timedelta(days=1)
    )

    with as_tenant(alder.pk):
        now = Membership.objects.get(pk=membership.pk)
        assert (back.pk, now.kind, now.until) == (membership.pk, "SERVICE_PROVIDER", None)
        assert [each.role.name for each in now.assignments.select_related("role")] == ["Werkschutz"]


def test_an_address_that_is_none_is_refused():
    with pytest.raises(MailAddressError):
        invite(make_tenant(), "tomke")
    assert not User.objects.exists()


def test_nobody_gives_rights_they_do_not_have():
    alder = make_tenant()
    role_of(alder, "Kasse", ["contracts.bill"])
    held = frozenset({"identity.see", "identity.change"})

    with pytest.raises(BeyondOwnRightsError, match="only rights that you have yourself"):
        invite(alder, role="Kasse", held=held)
    with pytest.raises(BeyondOwnRightsError, match="Only an administrator"):
        invite(alder, role="Verwaltung", held=held)
    invite(alder, role="Kasse", held=held | {"contracts.bill"})


# ---- seats


@pytest.mark.requirement("SO-010")
def test_the_order_s_seats_are_the_limit_and_leaving_frees_one():
    alder = make_tenant()
    order_seats(alder, 2)
    administrator(alder)
    first = invite(alder, "a@alder.example")

    with pytest.raises(SeatsTakenError) as refused:
        invite(alder, "b@alder.example")
    assert str(refused.value) == "All 2 seats of your order are taken (No. 3.2). Order more, or let somebody leave."

    change(alder, first, until=AT)
    invite(alder, "b@alder.example")
    with pytest.raises(SeatsTakenError):
        change(alder, first, until=None)


@pytest.mark.django_db(transaction=True)
def test_two_invitations_at_once_take_one_seat():
    alder = make_tenant()
    order_seats(alder, 1)
    together = threading.Barrier(2)

    def try_to(email):
        try:
            together.wait()
            invite(alder, email)
        except SeatsTakenError:
            return "refused"
        finally:
            connection.close()
        return "invited"

    role_of(alder, "Empfang")
    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(try_to, ["a@alder.example", "b@alder.example"]))

    assert ended == ["invited", "refused"]


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([], None),
        ([(5, date(2026, 1, 1), None)], 5),
        ([(5, date(2026, 1, 1), None), (3, date(2026, 6, 1), date(2027, 1, 1))], 8),
        ([(5, date(2026, 12, 1), None)], 5),  # before the term begins: what it begins with
        ([(5, date(2026, 12, 1), None), (9, date(2027, 12, 1), None)], 5),
        ([(5, date(2025, 1, 1), date(2026, 11, 2))], 0),  # ended the day before
        ([(5, date(2025, 1, 1), date(2026, 11, 3))], 5),
    ],
)
def test_how_many_seats_an_order_has_today(orders, expected):
    alder = make_tenant()
    for quantity, first, until in orders:
        order_seats(alder, quantity, from_on=first, until_on=until)

    with as_tenant(alder.pk):
        assert queries.seats(at=AT).ordered == expected


def test_modules_with_a_number_each_are_used_by_the_same_people():
    alder = make_tenant()
    order_seats(alder, 10)
    order_seats(alder, 4, module="crm")

    with as_tenant(alder.pk):
        assert (queries.seats(at=AT).ordered, queries.seats(at=AT).free) == (10, 10)


# ---- coming in


def test_an_invitation_sets_a_password_once():
    alder = make_tenant()
    membership = invite(alder)
    secret = secret_of(mails(alder)[0])

    user, tenant_id = invitations.come_in(secret, password=NEW, at=AT)

    assert (user.check_password(NEW), tenant_id) == (True, alder.pk)
    assert verbs(alder, membership)[-1] == "identity.came_in"
    with pytest.raises(CredentialRefusedError):
        invitations.come_in(secret, password="another long sentence", at=AT)


def test_a_weak_password_is_refused_and_the_link_stays_good():
    alder = make_tenant()
    invite(alder)
    secret = secret_of(mails(alder)[0])

    with pytest.raises(ValidationError):
        invitations.come_in(secret, password="short", at=AT)
    invitations.come_in(secret, password=NEW, at=AT)


def test_whoever_has_a_password_keeps_it():
    alder = make_tenant()
    make_user("tomke@alder.example", "Tomke")
    invite(alder)

    user, _ = invitations.come_in(secret_of(mails(alder)[0]), password="", at=AT)

    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_an_invitation_is_good_for_14_days():
    alder = make_tenant()
    invite(alder)
    secret = secret_of(mails(alder)[0])

    with pytest.raises(CredentialRefusedError):
        invitations.come_in(secret, password=NEW, at=AT + timedelta(days=14))
    invitations.come_in(secret, password=NEW, at=AT + timedelta(days=14, seconds=-1))


def test_a_new_link_replaces_the_last():
    alder = make_tenant()
    membership = invite(alder)
    with as_tenant(alder.pk):
        invitations.invite_again(membership.pk, at=AT + timedelta(days=1), actor=MACHINE)
    old, new = map(secret_of, mails(alder))

    with pytest.raises(CredentialRefusedError):
        invitations.come_in(old, password=NEW, at=AT + timedelta(days=1))
    invitations.come_in(new, password=NEW, at=AT + timedelta(days=1))
    assert verbs(alder, membership)[-2:] == ["identity.invited_again", "identity.came_in"]


def test_enrolling_gives_a_password_to_whoever_has_none():
    alder, birch = make_tenant(), make_tenant("Birch")
    invite(alder)
    for password, tenant in ((PASSWORD, alder), (NEW, birch)):
        with as_tenant(tenant.pk):
            user = invitations.enrol(
                email="tomke@alder.example", name="T", password=password, roles=[], language="de", at=AT, actor=MACHINE
            )
    with as_tenant(birch.pk):
        other = invitations.enrol(
            email="new@alder.example", name="N", password=NEW, roles=[], language="de", at=AT, actor=MACHINE
        )

    assert (user.check_password(PASSWORD), other.check_password(NEW)) == (True, True)


# ---- members


def test_kind_roles_and_leaving_are_changed_and_recorded():
    alder = make_tenant()
    administrator(alder)
    membership = invite(alder)
    leaves = AT + timedelta(days=28)

    changed = change(
        alder, membership, kind="SERVICE_PROVIDER", roles=[role_of(alder, "Werkschutz").pk], until=leaves,
        consulting_contract=" RV 17 ",
    )  # fmt: skip

    assert (changed.kind, changed.until) == ("SERVICE_PROVIDER", leaves)
    with as_tenant(alder.pk):
        told = [(one.verb, one.before, one.after) for one in reversed(history_of(membership.pk)[:3])]
    assert told == [
        ("identity.kind_changed", {"kind": "EMPLOYEE"}, {"kind": "SERVICE_PROVIDER", "contract": "RV 17"}),
        ("kernel.leaving_set", {"until": None}, {"until": "2026-11-30T09:00:00+00:00"}),
        ("kernel.roles_set", {"roles": ["Empfang"]}, {"roles": ["Werkschutz"]}),
    ]


def test_what_stays_the_same_is_not_recorded():
    alder = make_tenant()
    membership = invite(alder)
    before = verbs(alder)

    change(alder, membership)

    assert verbs(alder) == before


def test_the_last_administrator_stays():
    alder = make_tenant()
    jana = administrator(alder)
    with as_tenant(alder.pk):
        membership = Membership.objects.get(user=jana)

    with pytest.raises(LastAdministratorError):
        change(alder, membership, roles=[])
    with pytest.raises(LastAdministratorError):
        change(alder, membership, until=AT)
    with pytest.raises(LastAdministratorError):
        change(alder, membership, until=AT + timedelta(days=300))

    administrator(alder, "carla@alder.example", "Carla Dehn")
    change(alder, membership, until=AT)


def test_only_an_administrator_ends_an_administrator_s_access():
    alder = make_tenant()
    administrator(alder)
    administrator(alder, "carla@alder.example", "Carla Dehn")
    with as_tenant(alder.pk):
        membership = Membership.objects.filter(assignments__role__everything=True).first()

    with pytest.raises(BeyondOwnRightsError):
        change(alder, membership, until=AT, held=frozenset({"identity.change"}))


def test_leaving_at_once_makes_the_invitation_worthless():
    alder = make_tenant()
    administrator(alder)
    membership = invite(alder)
    change(alder, membership, until=AT)

    with pytest.raises(CredentialRefusedError):
        invitations.come_in(secret_of(mails(alder)[0]), password=NEW, at=AT)


def test_another_tenant_s_member_is_not_found():
    alder, birch = make_tenant(), make_tenant("Birch")
    membership = invite(alder)

    with as_tenant(birch.pk):
        for act in (
            lambda: invitations.invite_again(membership.pk, at=AT, actor=MACHINE),
            lambda: members.change_member(
                membership.pk, kind="EMPLOYEE", roles=[], until=None, held=None, at=AT, actor=MACHINE
            ),
        ):
            with pytest.raises(Membership.DoesNotExist):
                act()


# ---- roles


def test_a_role_is_made_renamed_and_removed():
    alder = make_tenant()
    with as_tenant(alder.pk):
        role = roles.add_role(name="Empfang", at=AT, actor=MACHINE)
        roles.rename_role(role.pk, name="Pforte", at=AT, actor=MACHINE)
        roles.rename_role(role.pk, name="pforte", at=AT, actor=MACHINE)
        assert Role.objects.get(pk=role.pk).name == "pforte"
        roles.remove_role(role.pk, held=None, at=AT, actor=MACHINE)
        assert list(Role.objects.values_list("name", flat=True)) == ["Verwaltung"]
    assert verbs(alder, role) == [
        "kernel.role_made", "kernel.role_changed", "kernel.role_changed", "kernel.role_removed",
    ]  # fmt: skip


def test_two_roles_have_two_names():
    alder = make_tenant()
    with as_tenant(alder.pk):
        roles.add_role(name="Empfang", at=AT, actor=MACHINE)
        other = roles.add_role(name="Kasse", at=AT, actor=MACHINE)
        with pytest.raises(roles.RoleNameTakenError, match="called empfang already"):
            roles.add_role(name="empfang", at=AT, actor=MACHINE)
        with pytest.raises(roles.RoleNameTakenError):
            roles.rename_role(other.pk, name="Empfang", at=AT, actor=MACHINE)


def test_only_what_was_changed_is_written():
    alder = make_tenant()
    role = role_of(alder, "Empfang", ["identity.see", "contracts.see"])
    kept = role_of(alder, "Kasse", ["contracts.bill"])
    with as_tenant(alder.pk):
        everything = Role.objects.get(everything=True)
        swaps = {
            role.pk: roles.Swap(frozenset({"messages.see"}), frozenset({"identity.see"})),
            kept.pk: roles.Swap(frozenset({"contracts.bill"})),
            everything.pk: roles.Swap(frozenset({"contracts.bill"})),
        }
        assert roles.change_rights(swaps, held=None, at=AT, actor=MACHINE) == 1
        assert Role.objects.get(pk=role.pk).permissions == ["contracts.see", "messages.see"]
        assert Role.objects.get(pk=everything.pk).permissions == []
    assert (verbs(alder, role), verbs(alder, kept)) == (
        ["kernel.role_made", "kernel.role_changed"],
        ["kernel.role_made"],
    )


def test_rights_that_are_none_or_not_one_s_own_are_refused():
    alder = make_tenant()
    role = role_of(alder, "Empfang")
    with as_tenant(alder.pk):
        with pytest.raises(UnknownPermissionError):
            roles.change_rights({role.pk: roles.Swap(frozenset({"moon.land"}))}, held=None, at=AT, actor=MACHINE)
        with pytest.raises(BeyondOwnRightsError):
            roles.change_rights(
                {role.pk: roles.Swap(frozenset({"contracts.bill"}))},
                held=frozenset({"identity.change"}), at=AT, actor=MACHINE,
            )  # fmt: skip


def test_a_role_that_somebody_has_stays():
    alder = make_tenant()
    administrator(alder)
    membership = invite(alder, role="Empfang")
    role = role_of(alder, "Empfang")
    with as_tenant(alder.pk), pytest.raises(roles.RoleInUseError, match="1 person has the role Empfang"):
        roles.remove_role(role.pk, held=None, at=AT, actor=MACHINE)

    change(alder, membership, until=AT)
    with as_tenant(alder.pk):
        roles.remove_role(role.pk, held=None, at=AT, actor=MACHINE)
        assert not Role.objects.filter(pk=role.pk).exists()


def test_the_administrator_s_role_is_not_removed():
    alder = make_tenant()
    with as_tenant(alder.pk):
        role = Role.objects.get(everything=True)
        with pytest.raises(LastAdministratorError):
            roles.remove_role(role.pk, held=None, at=AT, actor=MACHINE)


def test_another_tenant_s_role_is_not_found():
    alder, birch = make_tenant(), make_tenant("Birch")
    role = role_of(alder, "Empfang")
    with as_tenant(birch.pk):
        with pytest.raises(Role.DoesNotExist):
            roles.rename_role(role.pk, name="Pforte", at=AT, actor=MACHINE)
        with pytest.raises(Role.DoesNotExist):
            roles.remove_role(role.pk, held=None, at=AT, actor=MACHINE)
        swaps = {role.pk: roles.Swap(frozenset({"identity.see"}))}
        assert roles.change_rights(swaps, held=None, at=AT, actor=MACHINE) == 0


# ---- oneself


def test_a_person_says_how_they_are_called():
    alder = make_tenant()
    jana = administrator(alder)
    with as_tenant(alder.pk):
        profile.change_profile(jana, name="Jana H.", language="en", at=AT, actor=Actor.person(jana))
        profile.change_profile(jana, name="Jana H.", language="en", at=AT, actor=Actor.person(jana))

        (happened,) = history_of(jana.pk)
    assert (happened.before, happened.after) == (
        {"name": "Jana Heitmann", "language": ""},
        {"name": "Jana H.", "language": "en"},
    )


def test_a_person_who_works_nowhere_has_a_profile_too():
    jana = make_user("jana@alder.example", "Jana")
    profile.change_profile(jana, name="J", language="", at=AT, actor=None)
    passwords.change_password(jana, NEW, at=AT, actor=None)

    again = User.objects.get()
    assert (again.name, again.check_password(NEW)) == ("J", True)


def test_one_s_own_password_is_changed_and_recorded():
    alder = make_tenant()
    jana = administrator(alder)
    with as_tenant(alder.pk):
        with pytest.raises(ValidationError):
            passwords.change_password(jana, "short", at=AT, actor=Actor.person(jana))
        passwords.change_password(jana, NEW, at=AT, actor=Actor.person(jana))
    assert verbs(alder, jana) == ["identity.password_changed"]


def test_mail_about_signing_in_comes_from_where_one_works_else_from_the_house():
    alder = make_tenant()
    jana = administrator(alder)
    nobody = make_user("gone@alder.example", "Gone")
    told = {"subject": "S", "text": "T", "at": AT}

    assert send_sign_in_mail(nobody, to="gone@alder.example", **told) is None  # there is no house yet
    house = found_house(name="Lindwurm", at=AT, actor=MACHINE)
    for user, to in ((jana, jana.email), (nobody, nobody.email), (None, "stranger@alder.example")):
        send_sign_in_mail(user, to=to, **told)

    assert [mail.to for mail in mails(alder)] == ["jana@alder.example"]
    assert [mail.to for mail in mails(house)] == ["gone@alder.example", "stranger@alder.example"]

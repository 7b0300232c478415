"""The second factor: codes of an app, each good once, recovery codes, and who must have one."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import RecordEntry
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import factors
from kontor.office.identity.actions.factors import AlreadySetUpError, WorksElsewhereError, WrongProofError
from kontor.office.identity.formats.one_time_codes import code_of, step_of, time_step
from kontor.office.identity.models import LastCode
from kontor.office.identity.queries.factors import factors_of
from tests.at_once import at_once
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, mails, make_tenant, verbs
from tests.second_factor import SEED, enrolled

pytestmark = pytest.mark.django_db


# RFC 6238, appendix B: time in seconds, and the code of eight digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"),
        (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_the_standard(seconds: int, code: str):
    at = datetime.fromtimestamp(seconds, UTC)

    assert code_of(SEED, time_step(at), digits=8) == code
    assert step_of(SEED, code[2:], at=at) == seconds // 30


@pytest.mark.parametrize(("late", "found"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(late: int, found: bool):
    step = time_step(AT) + late

    assert step_of(SEED, code_of(SEED, step), at=AT) == (step if found else None)


def test_a_seed_is_closed_in_the_database():
    user = make_user("ida@alder.example", "Ida")
    enrolled(user)

    kept = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert SEED not in kept
    assert SEED.encode() not in base64.b64decode(kept)
    assert get_adapter().decrypt(kept) == SEED


def test_an_app_is_set_up_only_with_its_code_and_once():
    tenant, user = make_tenant(), make_user("ida@alder.example", "Ida")
    with as_tenant(tenant.pk):
        with pytest.raises(WrongProofError):
            factors.enrol_app(user, SEED, "000000", keep=None, at=AT, actor=None)
        assert factors_of(user.pk).any is False

        codes = factors.enrol_app(
            user, SEED, code_of(SEED, time_step(AT)), keep=None, at=AT, actor=Actor.person(user)
        )  # fmt: skip
        assert codes is not None
        assert len(set(codes)) == 10
        assert factors_of(user.pk).codes_left == 10
        assert verbs(tenant, user) == ["identity.factor_added"]

        with pytest.raises(AlreadySetUpError):
            factors.enrol_app(user, SEED, code_of(SEED, time_step(AT)), keep=None, at=AT, actor=None)


def test_trap_56_a_code_works_once_also_with_tolerance_and_after_the_library_has_forgotten_it():
    user = make_user("ida@alder.example", "Ida")
    enrolled(user)
    code = code_of(SEED, time_step(AT))

    factors.use_code(user, code, at=AT)

    for later in (0, 1, 29, 30, 59):
        with pytest.raises(WrongProofError):
            factors.use_code(user, code, at=AT + timedelta(seconds=later))
    with pytest.raises(WrongProofError):  # the code of the step before, never used itself, is older than the last
        factors.use_code(user, code_of(SEED, time_step(AT) - 1), at=AT)
    assert factors.use_code(user, code_of(SEED, time_step(AT) + 1), at=AT).type == "totp"
    assert LastCode.objects.get(person=user).step == time_step(AT) + 1


def test_trap_56_the_code_that_set_the_app_up_is_used_up():
    user = make_user("ida@alder.example", "Ida")
    code = code_of(SEED, time_step(AT))
    factors.enrol_app(user, SEED, code, keep=None, at=AT, actor=None)

    with pytest.raises(WrongProofError):
        factors.use_code(user, code, at=AT)


@pytest.mark.django_db(transaction=True)
def test_trap_56_of_two_connections_with_the_same_code_one_comes_in():
    user = make_user("ida@alder.example", "Ida")
    enrolled(user)
    code = code_of(SEED, time_step(AT))

    answers = at_once(*[lambda: factors.use_code(user, code, at=AT)] * 4)

    assert [type(answer) for answer in answers].count(Authenticator) == 1
    assert [type(answer) for answer in answers].count(WrongProofError) == 3


def test_each_recovery_code_is_good_once_and_until_new_ones_are_made():
    tenant, user = make_tenant(), make_user("ida@alder.example", "Ida")
    codes = enrolled(user)

    assert factors.use_code(user, f"{codes[3][:4]} {codes[3][4:]}", at=AT).type == "recovery_codes"
    with pytest.raises(WrongProofError):
        factors.use_code(user, codes[3], at=AT)
    assert factors_of(user.pk).codes_left == 9

    with as_tenant(tenant.pk):
        fresh = factors.renew_codes(user, at=AT, actor=Actor.person(user))
    assert verbs(tenant, user) == ["identity.recovery_codes_renewed"]
    with pytest.raises(WrongProofError):
        factors.use_code(user, codes[4], at=AT)
    assert factors.use_code(user, fresh[0], at=AT).type == "recovery_codes"


def test_without_a_factor_there_are_no_codes():
    user = make_user("ida@alder.example", "Ida")

    with pytest.raises(WrongProofError):
        factors.renew_codes(user, at=AT, actor=None)
    with pytest.raises(WrongProofError):
        factors.use_code(user, "123456", at=AT)


def test_recovery_codes_stay_while_another_factor_is_left():
    user = make_user("ida@alder.example", "Ida")
    enrolled(user)
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "Laptop", "credential": {}})

    factors.remove_app(user, keep=None, at=AT, actor=None)

    assert factors_of(user.pk).codes_left == 10
    assert len(factors.renew_codes(user, at=AT, actor=None)) == 10


def test_an_administrator_takes_a_lost_factor_back_and_the_person_is_told():
    tenant = make_tenant()
    administrator(tenant)
    ben = make_user("ben@alder.example", "Ben")
    member = join(tenant, ben)
    enrolled(ben)
    client = browser(ben, tenant)

    with as_tenant(tenant.pk):
        factors.reset_factor(member, at=AT, actor=MACHINE)

    assert factors_of(ben.pk).any is False
    assert factors_of(ben.pk).codes_left is None
    assert client.get("/identity/profile/").status_code == 302
    (mail,) = mails(tenant)
    assert (mail.to, mail.subject) == ("ben@alder.example", "Ihr zweiter Faktor wurde zurückgesetzt")
    assert verbs(tenant, member)[-1] == "identity.factor_reset"


def test_nobody_takes_away_what_protects_another_company():
    tenant, other = make_tenant(), make_tenant("Birke")
    ben = make_user("ben@alder.example", "Ben")
    member = join(tenant, ben)
    join(other, ben)
    enrolled(ben)

    with as_tenant(tenant.pk), pytest.raises(WorksElsewhereError):
        factors.reset_factor(member, at=AT, actor=MACHINE)

    assert factors_of(ben.pk).any is True


def test_what_a_person_needs_is_set_recorded_and_makes_them_pass_again():
    tenant = make_tenant()
    member = join(tenant, make_user("ben@alder.example", "Ben"))
    before = member.entry
    with as_tenant(tenant.pk):
        factors.demand_factor(member, "MANDATORY", at=AT, actor=MACHINE)
        factors.demand_factor(member, "MANDATORY", at=AT, actor=MACHINE)
        member.refresh_from_db()
        assert (member.second_factor, member.entry > before) == ("MANDATORY", True)
        assert RecordEntry.objects.filter(verb="identity.second_factor_demanded").count() == 1
        with pytest.raises(ValueError, match="SOMETIMES"):
            factors.demand_factor(member, "SOMETIMES", at=AT, actor=MACHINE)
        factors.demand_factor(member, "", at=AT, actor=MACHINE)
        member.refresh_from_db()
        assert member.second_factor == ""

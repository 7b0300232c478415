"""Wrong codes, wrong proofs and mails asked for: counted in the database, whichever process a request reaches."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from kontor.kernel.models import Tenant
from kontor.office.identity.actions import attempts, factors
from kontor.office.identity.actions.attempts import MAIL, PASSWORD, PROOF, Attempt, PausedError
from kontor.office.identity.actions.factors import WrongProofError
from kontor.office.identity.models import FailedSignIn
from tests.at_once import at_once
from tests.factories import AT, PASSWORD as RIGHT, make_user
from tests.people import administrator, browser, mails, make_tenant, sign_in, verbs, visitor
from tests.second_factor import code_now, enrolled

pytestmark = pytest.mark.django_db
IDA = "ida@alder.example"
TOO_MANY = "Too many attempts. Wait a while, or use a device on which you have signed in before."


def waiting(client: Client | None = None) -> Client:
    """A browser in which the right password was typed, and a code is asked for."""
    client = client or visitor()
    assert sign_in(client, IDA).request["PATH_INFO"] == "/sign-in/code/"  # type: ignore[attr-defined]
    return client


def shown(client: Client, code: str) -> tuple[int, bool]:
    """Show a code; return the answer's status, and whether it says that there were too many."""
    answer = client.post("/sign-in/code/", {"proof_code": code})
    return answer.status_code, TOO_MANY in answer.content.decode()


def with_app() -> Tenant:
    tenant = make_tenant()
    ida = administrator(tenant, IDA, "Ida")
    enrolled(ida, at=timezone.now())
    return tenant


@pytest.mark.django_db(transaction=True)
def test_trap_61_of_twenty_attempts_at_once_on_connections_of_their_own_ten_are_looked_at():
    make_user(IDA, "Ida")

    def begin(what: str) -> Callable[[], Attempt]:
        return lambda: attempts.begin_attempt(IDA, address="192.0.2.1", device="", at=AT, of=what)

    for done, what in enumerate((PASSWORD, PROOF, MAIL)):
        answers = at_once(*[begin(what)] * 20)

        assert [type(answer) for answer in answers].count(Attempt) == 10, what
        assert [type(answer) for answer in answers].count(PausedError) == 10, what
        assert FailedSignIn.objects.count() == 10 * (done + 1)


@pytest.mark.django_db(transaction=True)
def test_trap_56_of_two_connections_with_the_same_recovery_code_one_comes_in():
    user = make_user(IDA, "Ida")
    codes = enrolled(user)

    answers = at_once(*[lambda: factors.use_code(user, codes[0], at=AT)] * 4)

    assert [type(answer) for answer in answers].count(Authenticator) == 1
    assert [type(answer) for answer in answers].count(WrongProofError) == 3


def test_trap_61_ten_wrong_codes_stop_who_knows_the_password_and_never_the_persons_own_device():
    tenant = with_app()
    own = waiting()
    assert shown(own, code_now()) == (302, False)
    own.post("/sign-out/")
    attacker = waiting()

    assert [shown(attacker, "000000") for _ in range(10)] == [(422, False)] * 10

    assert shown(attacker, code_now(1)) == (422, True)  # even the right one, and from another browser too
    assert shown(waiting(), code_now(1)) == (422, True)
    assert verbs(tenant).count("identity.proof_paused") == 1
    assert shown(waiting(own), code_now(1)) == (302, False)
    assert own.get("/identity/people/").status_code == 200


@pytest.mark.parametrize(
    ("path", "given", "right"),
    [
        ("/identity/prove/", {"prove": "1", "proof_password": "wrong"}, {"proof_password": RIGHT}),
        ("/identity/profile/password/", {"old": "wrong", "new": "a quite new sentence 7 Birches"}, {"old": RIGHT}),
        ("/identity/profile/address/", {"old": "wrong", "email": "ida@birch.example"}, {"old": RIGHT}),
    ],
    ids=["prove", "password", "address"],
)
def test_who_finds_an_open_screen_guesses_ten_times(path: str, given: dict[str, str], right: dict[str, str]):
    tenant = make_tenant()
    client = browser(administrator(tenant, IDA, "Ida"), tenant)

    answers = [client.post(path, given) for _ in range(10)]
    assert {(answer.status_code, TOO_MANY in answer.content.decode()) for answer in answers} == {(422, False)}

    stopped = client.post(path, given | right)
    assert (stopped.status_code, TOO_MANY in stopped.content.decode()) == (422, True)
    assert verbs(tenant).count("identity.proof_paused") == 1


def test_links_to_a_new_password_are_sent_ten_times_in_five_minutes_and_to_the_persons_own_device_still():
    tenant = make_tenant()
    administrator(tenant, IDA, "Ida")
    own = visitor()
    sign_in(own, IDA)
    own.post("/sign-out/")
    stranger = visitor()

    said = {}
    for email in (IDA, "nobody@alder.example"):
        said[email] = [stranger.post("/password/forgotten/", {"email": email}).status_code for _ in range(11)]

    assert said == dict.fromkeys((IDA, "nobody@alder.example"), [302] * 10 + [200])
    assert len(mails(tenant)) == 10
    assert own.post("/password/forgotten/", {"email": IDA}).status_code == 302
    assert len(mails(tenant)) == 11


def test_links_for_a_lost_device_are_counted_too():
    stranger = visitor()
    answers = [stranger.post("/identity/lost-device/", {"email": IDA}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [422]

"""Keys of the API: made with rights there are, told once, taken back once; answers kept for a repetition."""

from datetime import timedelta

import pytest

from kontor.kernel import registry
from kontor.kernel.actions.api_keys import (
    KEPT,
    Answer,
    OtherRequestError,
    answer_before,
    keep_answer,
    make_api_key,
    revoke_api_key,
)
from kontor.kernel.actions.credentials import CredentialRefusedError, resolve
from kontor.kernel.actions.rights import UnknownPermissionError
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import ApiKey
from kontor.kernel.queries.api_keys import api_keys, standing_of_key
from kontor.kernel.tenancy import as_tenant
from tests.kernel.conftest import AT

END = AT + timedelta(days=30)


def made(scopes=("contracts.use", "contracts.see")):
    return make_api_key(name="Gate", scopes=scopes, expires_at=END, at=AT, actor=MACHINE)


def test_a_key_needs_rights_that_there_are(alder):
    with as_tenant(alder.pk):
        with pytest.raises(UnknownPermissionError, match=r"contracts\.dance"):
            made(["contracts.dance"])
        with pytest.raises(ValueError, match="without a right"):
            made([])
        assert api_keys() == []


def test_a_key_does_what_it_was_given_and_the_contract_unlocks(alder):
    with as_tenant(alder.pk):
        key, secret = made()
        assert resolve(secret, "api", AT) == (alder.pk, key.pk)
        standing = standing_of_key(key.pk, at=AT)
        assert standing is not None
        may = {right: standing.may(right) for right in ("contracts.use", "contracts.see", "contracts.report_use")}
        assert may == {"contracts.use": True, "contracts.see": False, "contracts.report_use": False}
        assert standing_of_key(key.pk, at=END) is None


def test_a_key_is_taken_back_once(alder, birch):
    with as_tenant(alder.pk):
        key, secret = made()
    with as_tenant(birch.pk), pytest.raises(ApiKey.DoesNotExist):
        revoke_api_key(key.pk, at=AT, actor=MACHINE)
    with as_tenant(alder.pk):
        assert revoke_api_key(key.pk, at=AT, actor=MACHINE).revoked_at == AT
        with pytest.raises(CredentialRefusedError):
            resolve(secret, "api", AT)
        assert standing_of_key(key.pk, at=AT) is None
        with pytest.raises(ApiKey.DoesNotExist):
            revoke_api_key(key.pk, at=AT, actor=MACHINE)


def test_an_answer_is_kept_for_the_same_request_and_forgotten_in_time(alder):
    with as_tenant(alder.pk):
        key, _ = made()
        assert answer_before(key.pk, "k1", asked=b"POST /x", at=AT) is None
        keep_answer(key.pk, "k1", asked=b"POST /x", answer={"counted": 1}, status=200, at=AT)
        assert answer_before(key.pk, "k1", asked=b"POST /x", at=AT) == Answer(200, {"counted": 1})
        with pytest.raises(OtherRequestError):
            answer_before(key.pk, "k1", asked=b"POST /y", at=AT)
        later = AT + KEPT + timedelta(seconds=1)
        assert answer_before(key.pk, "k1", asked=b"POST /y", at=later) is None


def test_a_customers_key_does_nothing_that_is_meant_for_a_house(alder):
    meant = [right for right, declared in registry.permissions().items() if declared.audience == "house"]
    with as_tenant(alder.pk):
        key, _secret = made(meant)
        standing = standing_of_key(key.pk, at=AT)
        assert standing is not None
        assert [right for right in meant if standing.may(right)] == []
    assert len(meant) > 0

"""Parties over the API: by rights of the key, by pages, once per Idempotency-Key; what was merged answers as one."""

import pytest

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.parties.actions.merging import merge
from kontor.office.parties.models import Party
from tests.calling import get, key_of, post
from tests.factories import AT
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
ALDER = {"kind": "ORGANISATION", "name": "Alder & Söhne GmbH", "street": "Hafenweg 9", "postcode": "20457",
         "city": "Hamburg", "email": "post@alder.example", "roles": ["CUSTOMER"]}  # fmt: skip
EVA = {"kind": "PERSON", "name": "Eva Adler", "company": "alder & söhne gmbh", "email": "eva@alder.example",
       "further_emails": ["e.adler@home.example"], "roles": ["VISITOR", "HOST"],
       "numbers": [{"kind": "PASSPORT", "value": "C01X00T47"}, {"kind": "OTHER", "value": "K-7"}]}  # fmt: skip


def test_parties_are_written_down_once_found_and_changed():
    tenant = make_tenant()
    reads, writes = key_of(tenant, "parties.see"), key_of(tenant, "parties.see", "parties.change")
    assert post(reads, "/parties", ALDER)[0] == 403
    first = post(writes, "/parties", ALDER, HTTP_IDEMPOTENCY_KEY="a")
    assert post(writes, "/parties", ALDER, HTTP_IDEMPOTENCY_KEY="a") == first
    alder = first[1]
    assert (first[0], alder["country"], alder["roles"], alder["numbers"]) == (201, "DE", ["CUSTOMER"], [])
    status, eva = post(writes, "/parties", EVA)
    assert (status, eva["employer"], eva["company"]) == (201, alder["id"], "Alder & Söhne GmbH")
    assert (eva["emails"], eva["roles"]) == (["eva@alder.example", "e.adler@home.example"], ["HOST", "VISITOR"])
    assert eva["numbers"] == [{"kind": "OTHER", "value": "K-7"}, {"kind": "PASSPORT", "value": "•••T47"}]

    def names(asked: str) -> list[str]:
        return [each["name"] for each in get(reads, f"/parties{asked}")[1]["items"]]

    assert names("") == ["Alder & Söhne GmbH", "Eva Adler"]
    assert names("?kind=PERSON") == names("?role=HOST") == names("?words=eva") == ["Eva Adler"]
    page = get(reads, "/parties?limit=1")[1]
    assert names(f"?limit=1&cursor={page['next']}") == ["Eva Adler"]

    address = f"/parties/{eva['id']}"
    changed = post(writes, address, {"company": "Birke AG", "phone": "040 1"})[1]
    assert (changed["employer"], changed["company"], changed["phone"]) == (None, "Birke AG", "040 1")
    assert post(writes, address, {})[1] == changed == get(reads, address)[1]
    assert post(reads, address, {"name": "X"})[0] == 403
    assert post(writes, f"/parties/{alder['id']}", {"company": "Birke AG"})[0] == 409
    for wrong in ({"name": "  "}, {"email": "eva"}, {"country": "D"}, {"twin": True}):
        assert post(writes, "/parties", EVA | wrong)[0] == 422, wrong


def test_what_may_be_the_same_says_why_and_is_answered_as_one_once_it_is():
    tenant = make_tenant()
    key = key_of(tenant, "parties.see", "parties.change")
    one, other = (post(key, "/parties", ALDER | name)[1]["id"] for name in ({}, {"name": "ALDER SOEHNE"}))
    (same,) = get(key, f"/parties/{one}/perhaps-same")[1]["items"]
    assert (same["id"], same["strength"]) == (other, 3)
    assert same["reasons"] == ["Same name and same e-mail: post@alder.example", "Same name and same town"]
    with as_tenant(tenant.pk):
        merge(Party.objects.get(pk=one).pk, Party.objects.get(pk=other).pk, at=AT, actor=MACHINE)
    assert get(key, f"/parties/{other}")[1]["id"] == one
    assert post(key, f"/parties/{other}", {"city": "Kiel"})[1]["city"] == "Kiel"
    stranger = key_of(make_tenant("Birke"), "parties.see", "parties.change")
    assert [get(stranger, f"/parties/{one}{more}")[0] for more in ("", "/perhaps-same")] == [404, 404]
    assert (post(stranger, f"/parties/{one}", {"city": "Kiel"})[0], get(stranger, "/parties")[1]["items"]) == (404, [])

"""Documents over the API: filed and found by rights of the key, by pages, once per Idempotency-Key; letters."""

import base64

import pytest
from django.test import Client

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents.actions.demo_letters import _docx
from kontor.office.documents.actions.filing import Filed, bin_document, file_document
from kontor.office.documents.actions.letters import NewTemplate, add_template
from kontor.office.documents.models import Document, Finding
from tests.calling import BASE, get, key_of, post
from tests.factories import AT, make_house, make_party
from tests.people import make_tenant

pytestmark = pytest.mark.django_db


def told(data: bytes = b"Heizung", name: str = "heizung.txt", **more: object) -> dict[str, object]:
    return {"name": name, "content": base64.b64encode(data).decode(), **more}


def fetched(key: str, address: str):
    return Client().get(f"{BASE}{address}/file", HTTP_AUTHORIZATION=f"Bearer {key}")


def test_documents_are_filed_once_found_by_pages_and_fetched():
    tenant = make_tenant()
    reads, files = key_of(tenant, "documents.read"), key_of(tenant, "documents.read", "documents.file")
    assert post(reads, "/documents", told())[0] == 403
    first = post(files, "/documents", told(title="Wartung"), HTTP_IDEMPOTENCY_KEY="a")
    again = post(files, "/documents", told(title="Wartung"), HTTP_IDEMPOTENCY_KEY="a")
    assert (first[0], first[1]) == (201, again[1])
    assert (first[1]["title"], first[1]["version"], first[1]["state"]) == ("Wartung", 1, "UNSCANNED")
    address = f"/documents/{first[1]['id']}"
    assert post(files, f"{address}/versions", told())[0] == 409  # the newest already
    assert post(files, f"{address}/versions", told(b"Neu", note="Mai"))[1]["version"] == 2
    assert fetched(reads, address).content == b"Neu"
    assert post(files, "/documents", told(b"MZ", "a.exe"))[0] == 409
    assert post(files, "/documents", told() | {"content": "????"})[0] == 422
    second = post(files, "/documents", told(b"Zwei", "zwei.txt"))[1]
    page = get(reads, "/documents?limit=1")[1]
    assert [each["id"] for each in page["items"]] == [first[1]["id"]]
    rest = get(reads, f"/documents?limit=1&cursor={page['next']}")[1]
    assert ([each["id"] for each in rest["items"]], rest["next"]) == ([second["id"]], None)
    assert [each["title"] for each in get(reads, "/documents?words=wart")[1]["items"]] == ["Wartung"]
    with as_tenant(tenant.pk):
        Finding.objects.update(state="INFECTED")
        hidden = file_document(Filed(data=b"geheim", name="g.txt", reach=Document.Reach.NAMED), at=AT, actor=MACHINE)
        bin_document(second["id"], at=AT, actor=MACHINE)
    assert fetched(reads, address).status_code == 404
    assert get(reads, address)[1]["state"] == "INFECTED"
    assert [get(reads, f"/documents/{key}")[0] for key in (hidden.pk, second["id"])] == [404, 404]
    other = key_of(make_tenant("Birke"), "documents.read")
    assert (get(other, address)[0], get(other, "/documents")[1]["items"]) == (404, [])


def test_what_belongs_to_a_record_needs_the_records_right_and_letters_name_what_is_missing():
    house = make_house("dealership")
    party = make_party(house, name="Erste")
    with as_tenant(house.tenant.pk):
        new = NewTemplate(data=_docx(), name="brief.docx", title="Brief", kind="parties.Party", language="de")
        template = add_template(new, at=AT, actor=MACHINE)
    plain = key_of(house.tenant, "documents.read", "documents.file")
    sees = key_of(house.tenant, "documents.read", "documents.file", "parties.see")
    bound = told(kind="parties.Party", record=str(party.pk))
    assert [post(plain, "/documents", bound)[0], post(sees, "/documents", bound | {"kind": ""})[0]] == [409, 409]
    status, made = post(sees, "/documents", bound)
    assert status == 201
    assert [each["id"] for each in get(sees, f"/documents?record={party.pk}")[1]["items"]] == [made["id"]]
    assert get(plain, f"/documents/{made['id']}")[0] == 404
    assert [each["id"] for each in get(plain, "/letter-templates")[1]["items"]] == [str(template.pk)]
    asked = {"template": str(template.pk), "record": str(party.pk)}
    assert post(plain, "/letters", asked)[0] == 404
    status, letter = post(sees, "/letters", asked)
    assert (status, letter["title"]) == (201, "Brief: Erste")
    assert post(sees, "/letters", asked | {"record": str(template.pk)})[0] == 409

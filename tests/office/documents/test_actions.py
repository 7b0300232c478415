"""Texts people agree to and files they sign: exactly these bytes, once, with who and when."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.documents import public
from kontor.office.documents.actions import legal as actions
from kontor.office.documents.models import Agreement, DocumentVersion, Signature
from tests.factories import AT, make_user
from tests.people import administrator, browser, join, make_tenant, verbs

pytestmark = pytest.mark.django_db
TITLE = {"de": "Bedingungen", "en": "Terms"}
TEXT = {"de": "1 Gegenstand\nBesucher.", "en": "1 Subject\nVisitors."}
HASH = hashlib.sha256(b"1 Gegenstand\nBesucher.\0001 Subject\nVisitors.").digest()
YESTERDAY = timezone.now() - timedelta(days=1)  # pages ask what is required now
HERE = actions.Evidence(address="192.0.2.7", client="Firefox")


@pytest.fixture
def alder():
    return make_tenant()


def publish(tenant, version="2026-01", *, text=TEXT, required_from=AT) -> DocumentVersion:
    with as_tenant(tenant.pk):
        return actions.publish_version(
            key="terms", version=version, title=TITLE, text=text, required_from=required_from, at=AT, actor=MACHINE
        )


def agree(tenant, document, user=None, *, sha256=HASH, at=AT, for_tenant=False) -> Agreement:
    with as_tenant(tenant.pk):
        return actions.agree(
            document.pk, sha256=sha256, user=user.pk if user else None, name="Jana Heitmann", function="",
            for_tenant=for_tenant, evidence=HERE, at=at, actor=Actor.person(user) if user else MACHINE,
        )  # fmt: skip


def sign(tenant, file, *, sha256=None, client="Firefox") -> Signature:
    with as_tenant(tenant.pk):
        return actions.sign(
            subject_kind="contracts.Offer", subject_id=uuid.UUID(int=7), file=file, sha256=sha256 or bytes(file.sha256),
            name="Jonas Alder", function="Geschäftsführer", email="jonas@alder.example",
            declarations=[{"key": "terms", "clause": "3.1", "de": "d", "en": "e"}],
            evidence=actions.Evidence(address="192.0.2.7", client=client), credential=None, at=AT, actor=MACHINE,
        )  # fmt: skip


def file_of(tenant):
    with as_tenant(tenant.pk):
        return keep(b"%PDF", name="AN-1.pdf", media_type="application/pdf", at=AT)


def test_a_version_is_known_by_the_hash_over_both_texts(alder):
    made = publish(alder)
    assert (bytes(made.sha256), made.required_from, verbs(alder, made)) == (
        HASH, AT, ["documents.version_published"],
    )  # fmt: skip


def test_a_version_is_published_once(alder):
    first = publish(alder)
    with as_tenant(alder.pk):
        again = public.publish_once(
            key="terms", version="2026-01", title=TITLE, text=TEXT, required_from=AT, at=AT, actor=MACHINE
        )
        assert (again, DocumentVersion.objects.count()) == (first.pk, 1)


def test_an_agreement_says_who_when_from_where_and_to_which_bytes(alder):
    jana = administrator(alder)
    document = publish(alder)
    made = agree(alder, document, jana)
    assert (made.user, made.name, made.at, made.address, made.client, bytes(made.sha256)) == (
        jana.pk, "Jana Heitmann", AT, "192.0.2.7", "Firefox", HASH,
    )  # fmt: skip
    with as_tenant(alder.pk):
        (told,) = history_of(made.pk)
    assert (told.verb, told.actor, told.after) == (
        "documents.agreed", jana.pk, {"key": "terms", "version": "2026-01", "sha256": HASH.hex()},
    )  # fmt: skip


def test_agreeing_twice_changes_nothing(alder):
    jana = administrator(alder)
    document = publish(alder)
    first = agree(alder, document, jana)
    again = agree(alder, document, jana, at=AT + timedelta(days=1))
    assert (again.pk, again.at, verbs(alder, first)) == (first.pk, AT, ["documents.agreed"])


def test_a_person_agrees_for_the_company_apart_from_themselves(alder):
    jana = administrator(alder)
    document = publish(alder)
    assert agree(alder, document, jana).pk != agree(alder, document, jana, for_tenant=True).pk


def test_what_differs_from_the_kept_text_is_not_agreed_to(alder):
    document = publish(alder)
    with pytest.raises(actions.ChangedTextError, match="terms 2026-01"):
        agree(alder, document, sha256=bytes(32))
    with as_tenant(alder.pk):
        assert not Agreement.objects.exists()


def test_a_signature_keeps_what_was_shown_and_ticked(alder):
    file = file_of(alder)
    made = sign(alder, file, client="F" * 401)
    with as_tenant(alder.pk):
        kept = public.signature_of("contracts.Offer", made.subject_id)
        assert kept is not None
        assert (kept.name, kept.sha256, kept.address, kept.declarations) == (
            "Jonas Alder", hashlib.sha256(b"%PDF").digest(), "192.0.2.7",
            ({"key": "terms", "clause": "3.1", "de": "d", "en": "e"},),
        )  # fmt: skip
        assert Signature.objects.get().client == "F" * 400
        assert public.signature_of("contracts.Offer", uuid.UUID(int=8)) is None
    assert verbs(alder, made) == ["documents.signed"]


def test_a_subject_is_signed_once_and_by_its_own_bytes(alder):
    file = file_of(alder)
    with pytest.raises(actions.ChangedTextError, match=r"AN-1\.pdf"):
        sign(alder, file, sha256=bytes(32))
    sign(alder, file)
    with pytest.raises(actions.AlreadySignedError, match=r"AN-1\.pdf"):
        sign(alder, file)


def test_another_tenant_agrees_to_nothing_here(alder):
    document = publish(alder)
    with pytest.raises(DocumentVersion.DoesNotExist):
        agree(make_tenant("Birch"), document)


# ---- the gate


@pytest.mark.requirement("SM-002")
def test_nobody_works_here_before_they_agreed_to_the_newest_terms(alder):
    """The company's administrator agrees for both; each user agrees too; a newer version shuts the gate again."""
    jana, tom = administrator(alder), make_user("tom@alder.example", "Tom")
    join(alder, tom)
    first = publish(alder, required_from=YESTERDAY)
    gate, people = reverse("documents:agree"), reverse("identity:people")
    clients = {user: browser(user, alder) for user in (jana, tom)}
    for client in clients.values():
        assert client.get(people).url == gate

    told = {"document": first.pk, "sha256": HASH.hex()}
    answer = clients[jana].post(gate, told, headers={"user-agent": "Firefox"})
    assert answer.url == gate
    assert clients[jana].get(people).status_code == 200
    assert clients[tom].get(people).url == gate
    with as_tenant(alder.pk):
        kept = Agreement.objects.order_by("for_tenant")
        assert [(row.user, row.for_tenant, row.client, bytes(row.sha256)) for row in kept] == [
            (jana.pk, False, "Firefox", HASH), (jana.pk, True, "Firefox", HASH),
        ]  # fmt: skip
        (happened,) = history_of(kept[0].pk)
    assert happened.after == {"key": "terms", "version": "2026-01", "sha256": HASH.hex()}

    publish(alder, "2026-02", text={"de": "neu", "en": "new"}, required_from=YESTERDAY + timedelta(hours=1))
    assert clients[jana].get(people).url == gate


def test_a_stale_page_agrees_to_nothing(alder):
    jana = administrator(alder)
    document = publish(alder, required_from=YESTERDAY)
    client, gate = browser(jana, alder), reverse("documents:agree")
    for told in (
        {"document": document.pk, "sha256": "00" * 32},
        {"document": uuid.uuid4(), "sha256": HASH.hex()},
        {"document": document.pk, "sha256": "no hash"},
    ):
        assert client.post(gate, told).status_code == 409
    with as_tenant(alder.pk):
        assert not Agreement.objects.exists()

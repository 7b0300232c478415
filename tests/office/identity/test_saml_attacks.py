"""What a liar sends to the address where SAML answers arrive, and that none of it opens anything (trap 57)."""

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import xmlsec
from django.utils import translation
from lxml import etree

from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import saml_set_up
from kontor.office.identity.formats.saml_xml import NS, tag
from kontor.office.identity.models import IdentityProvider, RefusedAnswer
from tests.factories import make_user
from tests.office.identity.provider.saml import (
    Directory,
    asked,
    assertion_in,
    bring,
    clone,
    encrypted,
    own_certificate,
    posted,
    trust_saml,
)
from tests.office.identity.provider.set_up import is_in, known
from tests.people import administrator, join, make_tenant, verbs, visitor

pytestmark = pytest.mark.django_db
NEUTRAL = "Your provider did not confirm who you are. Begin again; if it happens once more, ask your administrator."
Build = Callable[[Directory, IdentityProvider, str], "etree._Element | bytes | str"]


@pytest.fixture(scope="session")
def directory() -> Directory:
    return Directory()


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(saml_set_up, "_KEY_BITS", 2048)  # a longer one takes a second to make
    with translation.override("en"):
        yield


@pytest.fixture
def provider(directory: Directory) -> IdentityProvider:
    """A provider that knows Jana, who may do everything, and Anna, who may read."""
    tenant = make_tenant()
    jana, anna = administrator(tenant), make_user("anna@alder.example", "Anna")
    join(tenant, anna, role="Reading", permissions=["identity.see"])
    made = trust_saml(tenant, directory)
    known(made, jana, "jana-1")
    known(made, anna, "anna-1")
    return made


def reason(directory: Directory, provider: IdentityProvider, build: Build) -> str:
    """Bring what `build` makes of a question; nobody is in, everybody reads one sentence, the administrator why."""
    client = visitor()
    refused = bring(client, provider, build(directory, provider, asked(client, provider)))
    assert (refused.status_code, refused.context["said"], is_in(client)) == (403, NEUTRAL, False)
    with as_tenant(provider.tenant_id):
        kept = RefusedAnswer.objects.latest("at", "pk")
    assert verbs(kept.tenant)[-1] == "identity.answer_refused"
    return str(kept.reason)


def forged(node: etree._Element, own_id: str = "_evil") -> etree._Element:
    """Return a copy that speaks of Jana and that nobody signed."""
    evil = clone(node)
    evil.set("ID", own_id)
    for mark in list(evil.iter(tag("ds:Signature"))):
        parent = mark.getparent()
        assert parent is not None
        parent.remove(mark)
    for name in evil.iter(tag("saml:NameID")):
        name.text = "jana-1"
    return evil


def mark_of(node: etree._Element) -> etree._Element:
    (found,) = node.findall("ds:Signature", NS)
    return found


def without_mark(node: etree._Element) -> etree._Element:
    bare = clone(node)
    bare.remove(mark_of(bare))
    return bare


def wrapped_response(
    directory: Directory, provider: IdentityProvider, question: str, *, inside: bool
) -> etree._Element:
    """XSW 1 and 2: a forged response around the signed one, which hangs in its signature or beside it."""
    good = directory.response(provider, question)
    directory.sign(good)
    evil, mark = forged(good), clone(mark_of(good))
    for node in evil.iter(tag("saml:Assertion")):
        node.set("ID", "_evil_assertion")
    evil.insert(1, mark)
    if inside:
        mark.append(without_mark(good))
    else:
        evil.insert(1, without_mark(good))
    return evil


def wrapped_assertion(variant: int) -> Build:
    """XSW 3 to 8: a forged assertion before, around or in place of the signed one."""

    def build(directory: Directory, provider: IdentityProvider, question: str) -> etree._Element:
        root = directory.signed(provider, question)
        good = assertion_in(root)
        evil, mark = forged(good), clone(mark_of(good))
        if variant == 3:
            root.insert(root.index(good), evil)
        elif variant == 4:
            root.replace(good, evil)
            evil.append(good)
        elif variant == 7:
            extensions = etree.Element(tag("samlp:Extensions"))
            extensions.append(evil)
            root.insert(1, extensions)
        else:
            evil.insert(1, mark)
            root.replace(good, evil)
            if variant == 5:
                root.append(without_mark(good))
            elif variant == 6:
                mark.append(without_mark(good))
            else:
                etree.SubElement(mark, tag("ds:Object")).append(without_mark(good))
        return root

    return build


@pytest.mark.parametrize(
    ("variant", "why"),
    [(1, "schema"), (2, "schema"), (3, "assertions"), (4, "schema"), (5, "assertions"), (6, "schema"),
     (7, "assertions"), (8, "assertions")],
)  # fmt: skip
def test_trap_57_a_signature_counts_for_what_stands_around_it_and_nothing_else(
    directory: Directory, provider: IdentityProvider, variant: int, why: str
):
    def response(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
        return wrapped_response(made, to, question, inside=variant == 1)

    assert reason(directory, provider, response if variant < 3 else wrapped_assertion(variant)) == why


@pytest.mark.parametrize("name", ["ID", "{http://www.w3.org/XML/1998/namespace}id"])
def test_trap_57_two_elements_of_one_id_are_one_too_many(directory: Directory, provider: IdentityProvider, name: str):
    def build(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
        root = made.signed(to, question)
        root.set(name, "_assertion")
        return root

    assert reason(directory, provider, build) == "ids"


def test_trap_57_a_stripped_signature_leaves_nothing(directory: Directory, provider: IdentityProvider):
    assert reason(directory, provider, Directory.response) == "unsigned"


def test_trap_57_an_unsigned_assertion_in_a_signed_response_counts_only_as_configured(directory: Directory):
    tenant = make_tenant()
    jana = administrator(tenant)

    def build(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
        root = made.response(to, question)
        made.sign(root)
        return root

    strict = trust_saml(tenant, directory)
    assert reason(directory, strict, build) == "unsigned"
    with as_tenant(tenant.pk):
        lax = IdentityProvider.objects.get()
        lax.details |= {"assertion_signed": False}
        lax.save()
    known(lax, jana, "anna-1")
    client = visitor()
    bring(client, lax, build(directory, lax, asked(client, lax)))
    assert is_in(client) is True
    assert reason(directory, lax, lambda made, to, question: made.response(to, question, id="_2")) == "unsigned"


@pytest.mark.parametrize("path", ["saml:Subject/saml:NameID", "saml:Conditions/saml:AudienceRestriction/saml:Audience"])
def test_trap_57_what_was_changed_is_not_what_was_signed(directory: Directory, provider: IdentityProvider, path: str):
    def build(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
        root = made.signed(to, question)
        found = assertion_in(root).find(path, NS)
        assert found is not None
        found.text = "jana-1"
        return root

    assert reason(directory, provider, build) == "signature"


def test_trap_57_an_answer_counts_once(directory: Directory, provider: IdentityProvider):
    client, thief = visitor(), visitor()
    answer = directory.signed(provider, asked(client, provider))
    assert bring(client, provider, answer)["Location"] == "/"
    assert bring(thief, provider, answer).status_code == 403
    assert reason(directory, provider, lambda made, to, question: made.signed(to, question)) == "replay"
    assert is_in(thief) is False


def test_trap_57_two_posts_of_one_answer_are_one(directory: Directory, provider: IdentityProvider):
    client = visitor()
    told = {"SAMLResponse": posted(directory.signed(provider, asked(client, provider)))}
    there = f"/sign-in/with/{provider.pk}/answer/"

    assert [visitor().post(there, told).status_code for _ in range(2)] == [302, 403]


_HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"audience": "https://somebody.example"}, "audience"),
        ({"audience": ""}, "audience"),
        ({"recipient": "https://somebody.example/acs"}, "recipient"),
        ({"recipient": "http://testserver/sign-in/with/x/answer/more"}, "recipient"),
        ({"destination": "https://somebody.example/acs"}, "destination"),
        ({"ends": -_HOUR}, "expired"),
        ({"confirmed": -_HOUR}, "expired"),
        ({"session_ends": -_HOUR}, "expired"),
        ({"begins": _HOUR}, "early"),
        ({"issuer": "https://id.birke.example/saml"}, "issuer"),
        ({"question": "_invented"}, "question"),
        ({"question": ""}, "unasked"),
        ({"status": "Responder"}, "status"),
        ({"format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"}, "subject"),
        ({"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}, "subject"),
        ({"qualifier": ' NameQualifier="https://somebody.example"'}, "subject"),
        ({"name": ""}, "subject"),
    ],
)  # fmt: skip
def test_trap_57_an_answer_for_somebody_else_or_another_time_is_none_for_us(
    directory: Directory, provider: IdentityProvider, changed: dict[str, Any], why: str
):
    def build(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
        now = datetime.now(UTC)
        told = {name: now + each if isinstance(each, timedelta) else each for name, each in changed.items()}
        return made.signed(to, **{"question": question, **told})

    assert reason(directory, provider, build) == why


_ENTITIES = b'<!DOCTYPE r [<!ENTITY who SYSTEM "file:///etc/passwd">]>'
_LAUGHS = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "head", [_ENTITIES, _LAUGHS, b"<!DOCTYPE r>", b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">']
)
def test_trap_57_document_types_and_entities_are_not_read(
    directory: Directory, provider: IdentityProvider, head: bytes
):
    def build(made: Directory, to: IdentityProvider, question: str) -> bytes:
        return head + etree.tostring(made.signed(to, question)).replace(b"anna-1", b"&who;")

    assert reason(directory, provider, build) == "doctype"


@pytest.mark.parametrize("cut", [b"jana-1<!---->.anna", b"jana-1<?cut?>.anna"])
def test_trap_57_a_comment_cuts_no_name_in_two(directory: Directory, provider: IdentityProvider, cut: bytes):
    def build(made: Directory, to: IdentityProvider, question: str) -> bytes:
        return etree.tostring(made.signed(to, question, name="jana-1.anna")).replace(b"jana-1.anna", cut)

    assert reason(directory, provider, build) == "comment"


def test_trap_57_a_comment_before_the_message_is_one_too(directory: Directory, provider: IdentityProvider):
    def build(made: Directory, to: IdentityProvider, question: str) -> bytes:
        return b"<!-- -->" + etree.tostring(made.signed(to, question))

    assert reason(directory, provider, build) == "comment"


@pytest.mark.parametrize(
    ("method", "digest"),
    [("RSA_SHA1", "SHA256"), ("RSA_SHA256", "SHA1"), ("HMAC_SHA256", "SHA256")],
)
def test_trap_57_weak_algorithms_are_refused_whoever_signed(
    directory: Directory, provider: IdentityProvider, method: str, digest: str
):
    def build(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
        root = made.response(to, question)
        if method == "HMAC_SHA256":
            return by_secret(root, made.certificate)
        kinds = {"method": getattr(xmlsec.Transform, method), "digest": getattr(xmlsec.Transform, digest)}
        made.sign(assertion_in(root), **kinds)
        return root

    assert reason(directory, provider, build) == "algorithm"


def by_secret(root: etree._Element, secret: str) -> etree._Element:
    """Sign with the certificate, which everybody has, as if it were a shared secret."""
    node = assertion_in(root)
    mark = xmlsec.template.create(node, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.HMAC_SHA256, ns="ds")
    node.insert(1, mark)
    reference = xmlsec.template.add_reference(mark, xmlsec.Transform.SHA256, uri=f"#{node.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    judge = xmlsec.SignatureContext()
    judge.key = xmlsec.Key.from_binary_data(xmlsec.KeyData.HMAC, secret.encode())
    judge.register_id(node, "ID")
    judge.sign(mark)
    return root


def test_trap_57_a_certificate_that_the_metadata_do_not_name_signs_nothing(
    directory: Directory, provider: IdentityProvider
):
    def build(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
        root = made.response(to, question)
        made.sign(assertion_in(root), key=made.other_key, certificate=made.other_certificate)
        return root

    assert reason(directory, provider, build) == "signature"


def test_trap_57_a_signature_without_its_transforms_or_over_something_else_is_none(
    directory: Directory, provider: IdentityProvider
):
    def changed(alter: Callable[[etree._Element], None]) -> Build:
        def build(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
            root = made.signed(to, question)
            alter(mark_of(assertion_in(root)))
            return root

        return build

    def elsewhere(mark: etree._Element) -> None:
        next(mark.iter(tag("ds:Reference"))).set("URI", "")

    def other_transform(mark: etree._Element) -> None:
        next(mark.iter(tag("ds:Transform"))).set("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")

    def twice(mark: etree._Element) -> None:
        parent = mark.getparent()
        assert parent is not None
        parent.insert(1, clone(mark))

    assert reason(directory, provider, changed(elsewhere)) == "place"
    assert reason(directory, provider, changed(other_transform)) == "algorithm"
    assert reason(directory, provider, changed(twice)) == "schema"


def test_trap_57_another_tenants_provider_answers_nothing_here(directory: Directory, provider: IdentityProvider):
    birke = make_tenant("Birke")
    theirs = trust_saml(birke, directory, name="Birke directory")
    client = visitor()
    question = asked(client, provider)

    refused = bring(client, theirs, directory.signed(provider, question))
    assert (refused.status_code, is_in(client)) == (403, False)
    assert reason(directory, provider, lambda made, _to, known_as: made.signed(theirs, known_as)) == "destination"


def test_trap_57_only_the_browser_that_asked_comes_for_the_answer(directory: Directory, provider: IdentityProvider):
    client, thief = visitor(), visitor()
    question = asked(client, provider)
    told = {"SAMLResponse": posted(directory.signed(provider, question))}
    there = visitor().post(f"/sign-in/with/{provider.pk}/answer/", told)["Location"]

    assert (thief.get(there).status_code, is_in(thief)) == (403, False)
    assert (client.get(there).status_code, is_in(client)) == (302, True)
    assert client.get(there).status_code == 403


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "?",
        "AAAA",
        base64.b64encode(b"<nothing/>").decode(),
        "A" * 600_000,
        base64.b64encode(b"<" * 300_000).decode(),
    ],
)
def test_trap_57_nonsense_is_refused_by_its_form(provider: IdentityProvider, sent: str):
    client = visitor()
    refused = bring(client, provider, sent)

    assert (refused.status_code, refused.context["said"]) == (403, NEUTRAL)
    with as_tenant(provider.tenant_id):
        assert [each.reason for each in RefusedAnswer.objects.all()] == ["form"]


def test_trap_57_a_box_closed_for_somebody_else_or_in_a_leaky_way_stays_closed(
    directory: Directory, provider: IdentityProvider
):
    def closed(certificate: str, cipher: str, *, signed: bool = False, broken: bool = False) -> Build:
        def build(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
            root = encrypted(made.signed(to, question), certificate, cipher=cipher)
            if broken:
                value = list(root.iter(tag("xenc:CipherValue")))[-1]
                value.text = base64.b64encode(bytes(64)).decode()
            if signed:
                made.sign(root)
            return root

        return build

    ours = own_certificate(provider)
    assert reason(directory, provider, closed(directory.certificate, "AES256_GCM")) == "encryption"
    assert reason(directory, provider, closed(ours, "AES128")) == "encryption"
    assert reason(directory, provider, closed(ours, "AES256_GCM", broken=True)) == "encryption"
    assert reason(directory, provider, closed(ours, "AES128", signed=True, broken=True)) == "encryption"


def test_trap_57_a_forged_assertion_in_a_box_is_as_forged(directory: Directory, provider: IdentityProvider):
    def build(made: Directory, to: IdentityProvider, question: str) -> etree._Element:
        return encrypted(made.response(to, question), own_certificate(to))

    assert reason(directory, provider, build) == "unsigned"


def test_trap_57_a_flood_of_nonsense_fills_no_table(provider: IdentityProvider):
    for _ in range(25):
        visitor().post(f"/sign-in/with/{provider.pk}/answer/", {"SAMLResponse": "?"})
    with as_tenant(provider.tenant_id):
        assert RefusedAnswer.objects.count() == 20

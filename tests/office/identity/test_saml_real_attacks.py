"""The same lies, told with what Debian's SimpleSAMLphp really signed (trap 57)."""

import base64
import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from lxml import etree

from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import saml_set_up
from kontor.office.identity.formats.saml_xml import NS, tag
from kontor.office.identity.models import IdentityProvider, RefusedAnswer
from tests.factories import make_user
from tests.journeys import simplesamlphp
from tests.journeys.simplesamlphp import SimpleSamlPhp
from tests.office.identity.provider.saml import assertion_in, bring, clone, question_in, trust_saml
from tests.office.identity.provider.set_up import is_in, known
from tests.office.identity.test_saml_attacks import forged, mark_of, without_mark
from tests.people import administrator, join, make_tenant, visitor

pytestmark = pytest.mark.django_db
PEOPLE = {"anna": {"mail": "anna@alder.example"}}
Lie = Callable[["etree._Element"], "etree._Element | bytes"]


class Published:
    """What a running directory says of itself, where our own directory of the tests would say it."""

    def __init__(self, running: SimpleSamlPhp) -> None:
        self.running = running

    def metadata(self) -> bytes:
        with urllib.request.urlopen(self.running.metadata, timeout=20) as read:  # noqa: S310  our own address
            return bytes(read.read())


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleSamlPhp]:
    assert simplesamlphp.INSTALLED.exists(), "The directory is missing: apt install simplesamlphp php-cli php-xml"
    with simplesamlphp.running(tmp_path_factory.mktemp("directory"), PEOPLE) as made:
        yield made


@pytest.fixture(autouse=True)
def here(settings: Any) -> Iterator[None]:
    settings.KONTOR_WEBHOOKS_PRIVATE = True  # the directory runs on this machine
    with translation.override("en"):
        yield


@pytest.fixture
def provider(directory: SimpleSamlPhp, monkeypatch: pytest.MonkeyPatch) -> IdentityProvider:
    """Our side of it: a company whose Anna it knows, under the name that it gives her for us."""
    monkeypatch.setattr(saml_set_up, "_KEY_BITS", 2048)
    tenant = make_tenant()
    administrator(tenant)
    made = trust_saml(tenant, Published(directory))  # type: ignore[arg-type]  all that is asked of one
    ours = visitor().get(f"/sign-in/with/{made.pk}/metadata/").content
    Path(directory.folder / "kontor.xml").write_bytes(ours)
    anna = make_user("anna@alder.example", "Anna")
    join(tenant, anna, role="Reading", permissions=["identity.see"])
    name = assertion_in(answer_to(visitor(), made)).find("saml:Subject/saml:NameID", NS)
    assert name is not None
    known(made, anna, str(name.text))
    return made


def answer_to(client: object, provider: IdentityProvider) -> "etree._Element":
    """Ask, sign in at the directory as Anna does, and return what it signed for us."""
    asking = client.get(f"/sign-in/with/{provider.pk}/")["Location"]  # type: ignore[attr-defined]
    assert question_in(asking)
    there = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    form = there.open(asking, timeout=20)
    state = re.findall(rb'name="AuthState" value="([^"]+)"', form.read())[0].decode().replace("&amp;", "&")
    typed = {"username": "anna", "password": simplesamlphp.PASSWORD, "AuthState": state}
    page = there.open(form.url.partition("?")[0], urllib.parse.urlencode(typed).encode(), timeout=20).read()
    boxed = re.findall(rb'name="SAMLResponse" value="([^"]+)"', page)[0]
    return etree.fromstring(base64.b64decode(boxed))


def stripped(root: "etree._Element") -> "etree._Element":
    """Take every signature away, and speak of somebody else."""
    return forged(root)


def one_signature(root: "etree._Element") -> "etree._Element":
    """Leave the assertion's own signature alone, as an attacker does who cannot make the response's."""
    bare = clone(root)
    for mark in bare.findall("ds:Signature", NS):
        bare.remove(mark)
    return bare


def wrapped_whole(*, inside: bool) -> Lie:
    """XSW 1 and 2: a forged response around the signed one."""

    def lie(root: "etree._Element") -> "etree._Element":
        evil, mark = forged(root), clone(mark_of(root))
        for node in evil.iter(tag("saml:Assertion")):
            node.set("ID", "_evil_assertion")
        evil.insert(1, mark)
        (mark if inside else evil).append(without_mark(root))
        return evil

    return lie


def wrapped_part(variant: int) -> Lie:
    """XSW 3 to 8: a forged assertion before, around or in place of the signed one."""

    def lie(root: "etree._Element") -> "etree._Element":
        root = one_signature(root)
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
            holder = {5: root, 6: mark}.get(variant)
            (etree.SubElement(mark, tag("ds:Object")) if holder is None else holder).append(without_mark(good))
        return root

    return lie


def changed(path: str, text: str) -> Lie:
    def lie(root: "etree._Element") -> "etree._Element":
        root = one_signature(root)
        found = assertion_in(root).find(path, NS)
        assert found is not None
        found.text = text
        return root

    return lie


def external(root: "etree._Element") -> bytes:
    """Ask the reader to fetch a file into the signed message."""
    return b'<!DOCTYPE r [<!ENTITY who SYSTEM "file:///etc/passwd">]>' + etree.tostring(root)


def commented(root: "etree._Element") -> bytes:
    """Cut the signed name in two by a comment, which canonical form does not see."""
    name = assertion_in(root).find("saml:Subject/saml:NameID", NS)
    assert name is not None
    text = str(name.text).encode()
    return etree.tostring(root).replace(text, text[:4] + b"<!---->" + text[4:])


LIES = {
    "stripped": stripped, "wrapping 1": wrapped_whole(inside=True), "wrapping 2": wrapped_whole(inside=False),
    **{f"wrapping {number}": wrapped_part(number) for number in range(3, 9)},
    "another name": changed("saml:Subject/saml:NameID", "_jana"),
    "another audience": changed("saml:Conditions/saml:AudienceRestriction/saml:Audience", "https://a.example"),
    "entity": external, "comment": commented,
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_trap_57_no_lie_made_of_a_real_directorys_answer_opens_anything(provider: IdentityProvider, lie: str):
    client = visitor()
    answer = answer_to(client, provider)
    refused = bring(client, provider, LIES[lie](clone(answer)))
    assert (refused.status_code, is_in(client)) == (403, False)
    with as_tenant(provider.tenant_id):
        assert RefusedAnswer.objects.count() == 1
    honest = visitor()  # what a lie was made of is spent with it; the next that is not changed is good
    assert bring(honest, provider, answer_to(honest, provider))["Location"] == "/"
    assert is_in(honest) is True


def test_trap_57_a_real_answer_counts_once_and_for_who_asked_alone(provider: IdentityProvider):
    client, thief, other = visitor(), visitor(), visitor()
    answer = answer_to(client, provider)
    assert bring(client, provider, answer)["Location"] == "/"
    assert (bring(thief, provider, answer).status_code, is_in(thief)) == (403, False)
    meant = answer_to(other, provider)
    elsewhere = make_tenant("Birke")
    theirs = trust_saml(elsewhere, Published(SimpleSamlPhp(issuer_of(meant), Path("/"))))  # type: ignore[arg-type]
    assert (bring(thief, theirs, meant).status_code, is_in(thief)) == (403, False)


def issuer_of(answer: "etree._Element") -> str:
    return str(answer.findtext("saml:Issuer", namespaces=NS)).removesuffix("/directory")

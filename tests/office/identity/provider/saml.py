"""A SAML directory that says whatever a test makes it say, and signs it as it likes."""

import base64
import copy
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import providers, saml_set_up
from kontor.office.identity.formats.saml_xml import NS, tag
from kontor.office.identity.models import IdentityProvider, ProviderKey
from tests.office.identity.provider.set_up import DONE

ENTITY = "https://id.alder.example/saml"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
C14N = xmlsec.Transform.EXCL_C14N


def pair(days: int = 365, bits: int = 2048) -> tuple[str, str]:
    """Return a private key and a certificate for it, PEM."""
    key = rsa.generate_private_key(65537, bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Alder directory")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=400), now + timedelta(days=days)
    ).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), made.public_bytes(serialization.Encoding.PEM).decode()


class Directory:
    """
    A provider with a key that its metadata name, and one that they do not.

    `response` builds what a good answer says but for what a test changes; `sign` signs an element of it.
    """

    def __init__(self) -> None:
        self.key, self.certificate = pair()
        self.other_key, self.other_certificate = pair()

    def metadata(self, *certificates: str, entity: str = ENTITY, slo: bool = True, posts: bool = False) -> bytes:
        keys = "".join(
            '<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
            f"{''.join(pem.splitlines()[1:-1])}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            for pem in certificates or (self.certificate,)
        )
        binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
        out = f'<md:SingleLogoutService Binding="{binding}" Location="{entity}/slo"/>' if slo else ""
        return (
            f'<md:EntityDescriptor xmlns:md="{NS["md"]}" xmlns:ds="{NS["ds"]}" entityID="{entity}">'
            f'<md:IDPSSODescriptor protocolSupportEnumeration="{NS["samlp"]}">{keys}{out}'
            f'<md:SingleSignOnService Binding="{POST if posts else binding}" Location="{entity}/sso?realm=alder"/>'
            "</md:IDPSSODescriptor></md:EntityDescriptor>"
        ).encode()

    def response(self, provider: IdentityProvider, question: str, **changed: Any) -> etree._Element:
        """Return an answer with one assertion, signed by nobody yet."""
        now = datetime.now(UTC)
        ours = f"http://testserver/sign-in/with/{provider.pk}"
        told = {
            "question": question, "issuer": ENTITY, "audience": f"{ours}/metadata/", "recipient": f"{ours}/answer/",
            "destination": f"{ours}/answer/", "name": "anna-1", "format": PERSISTENT, "id": "_assertion",
            "begins": now - timedelta(minutes=1), "ends": now + timedelta(minutes=5), "shown": now, "context": "pwd",
            "session": "_session", "attributes": {}, "status": "Success", "confirmed": now + timedelta(minutes=5),
        } | changed  # fmt: skip
        return etree.fromstring(_written({name: _stamp(value) for name, value in told.items()}))

    def sign(
        self, node: etree._Element, *, key: str = "", certificate: str = "", method: Any = xmlsec.Transform.RSA_SHA256,
        digest: Any = xmlsec.Transform.SHA256,
    ) -> etree._Element:  # fmt: skip
        """Sign an element as a whole, right behind its issuer."""
        mark = xmlsec.template.create(node, C14N, method, ns="ds")
        issuer = node.find("saml:Issuer", NS)
        assert issuer is not None
        issuer.addnext(mark)
        reference = xmlsec.template.add_reference(mark, digest, uri=f"#{node.get('ID')}")
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, C14N)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(mark))
        judge = xmlsec.SignatureContext()
        judge.key = xmlsec.Key.from_memory(key or self.key, xmlsec.KeyFormat.PEM)
        judge.key.load_cert_from_memory(certificate or self.certificate, xmlsec.KeyFormat.PEM)
        judge.register_id(node, "ID")
        judge.sign(mark)
        return mark

    def signed(self, provider: IdentityProvider, question: str, **changed: Any) -> etree._Element:
        """Return an answer whose assertion is signed, as providers send it."""
        root = self.response(provider, question, **changed)
        self.sign(assertion_in(root))
        return root

    def sign_out(self, provider: IdentityProvider, *, key: str = "", relay: str = "", **changed: Any) -> str:
        """Return the query by which a browser is sent to sign out."""
        told = {"id": "_out", "name": "anna-1", "session": "_session", "issuer": ENTITY, "issued": datetime.now(UTC),
                "to": f"http://testserver/sign-in/with/{provider.pk}/sign-out/"} | changed  # fmt: skip
        session = f"<samlp:SessionIndex>{told['session']}</samlp:SessionIndex>" if told["session"] else ""
        written = (
            f'<samlp:LogoutRequest xmlns:samlp="{NS["samlp"]}" xmlns:saml="{NS["saml"]}" ID="{told["id"]}" '
            f'Version="2.0" IssueInstant="{_stamp(told["issued"])}" Destination="{told["to"]}">'
            f"<saml:Issuer>{told['issuer']}</saml:Issuer><saml:NameID>{told['name']}</saml:NameID>{session}</samlp:LogoutRequest>"
        )
        if told.get("boxed"):
            written = etree.tostring(named_in_a_box(etree.fromstring(written), told["boxed"])).decode()
        packer = zlib.compressobj(wbits=-15)
        packed = told.get("packed") or base64.b64encode(packer.compress(written.encode()) + packer.flush()).decode()
        query = urlencode({"SAMLRequest": packed} | ({"RelayState": relay} if relay else {}) | {"SigAlg": RSA_SHA256})
        private: Any = serialization.load_pem_private_key((key or self.key).encode(), None)
        mark = private.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{query}&Signature={quote(base64.b64encode(mark).decode(), safe='')}"


def bomb() -> str:
    """Return what is small when packed and large when opened."""
    packer = zlib.compressobj(wbits=-15)
    return base64.b64encode(packer.compress(b" " * 3_000_000) + packer.flush()).decode()


def assertion_in(root: etree._Element) -> etree._Element:
    (found,) = root.findall("saml:Assertion", NS)
    return found


def encrypted(root: etree._Element, certificate: str, *, cipher: Any = "AES256_GCM") -> etree._Element:
    """Encrypt an answer's assertion for whoever has the certificate's key, as libxmlsec does it."""
    ring = xmlsec.KeysManager()
    ring.add_key(xmlsec.Key.from_memory(certificate, xmlsec.KeyFormat.CERT_PEM))
    kind = getattr(xmlsec.Transform, cipher)
    template = xmlsec.template.encrypted_data_create(root, kind, type=xmlsec.EncryptionType.ELEMENT, ns="xenc")
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="ds")
    xmlsec.template.encrypted_data_ensure_cipher_value(
        xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
    )
    closer = xmlsec.EncryptionContext(ring)
    bits = int(cipher[3:6])
    closer.key = xmlsec.Key.generate(xmlsec.KeyData.AES, bits, xmlsec.KeyDataType.SESSION)
    inner = assertion_in(root)
    alone = etree.fromstring(etree.tostring(inner, with_tail=False))
    holder = etree.SubElement(root, tag("saml:EncryptedAssertion"))
    root.remove(inner)
    holder.append(alone)
    holder.append(closer.encrypt_xml(template, alone))
    return root


def named_in_a_box(root: etree._Element, certificate: str) -> etree._Element:
    """Encrypt an answer's name id, or a logout request's, for whoever has the certificate's key."""
    name = next(root.iter(tag("saml:NameID")))
    ring = xmlsec.KeysManager()
    ring.add_key(xmlsec.Key.from_memory(certificate, xmlsec.KeyFormat.CERT_PEM))
    template = xmlsec.template.encrypted_data_create(
        root, xmlsec.Transform.AES128, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="ds")
    xmlsec.template.encrypted_data_ensure_cipher_value(
        xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
    )
    closer = xmlsec.EncryptionContext(ring)
    closer.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 128, xmlsec.KeyDataType.SESSION)
    holder = etree.Element(tag("saml:EncryptedID"))
    parent = name.getparent()
    assert parent is not None
    parent.replace(name, holder)
    holder.append(name)
    holder.append(closer.encrypt_xml(template, name))
    return root


def posted(root: etree._Element | bytes) -> str:
    return base64.b64encode(root if isinstance(root, bytes) else etree.tostring(root)).decode()


def clone(node: etree._Element) -> etree._Element:
    return copy.deepcopy(node)


def trust_saml(
    tenant: Tenant, directory: Directory, *, name: str = "Alder directory", **given: Any
) -> IdentityProvider:
    """Set a SAML provider up, tested and switched on; `given` are its fields, or what its details keep."""
    with as_tenant(tenant.pk):
        made = saml_set_up.add_saml(name=name, **DONE)
        made = saml_set_up.set_metadata(made.pk, directory.metadata(), **DONE)
        own = {key: given.pop(key) for key in list(given) if not hasattr(made, key)}
        providers.change_provider(made.pk, details=made.details | own, **given, **DONE)
        providers.note_test(made.pk, **DONE)
        return providers.switch_provider(made.pk, active=True, **DONE)


def own_certificate(provider: IdentityProvider) -> str:
    with as_tenant(provider.tenant_id):
        return ProviderKey.objects.filter(provider=provider).latest("made_at").certificate


def asked(client: Any, provider: IdentityProvider) -> str:
    """Begin to sign in, and return the id of the question that the provider is asked."""
    return question_in(client.get(f"/sign-in/with/{provider.pk}/")["Location"])


def question_in(address: str) -> str:
    (packed,) = parse_qs(urlsplit(address).query)["SAMLRequest"]
    return str(etree.fromstring(zlib.decompress(base64.b64decode(packed), -15)).get("ID"))


def bring(client: Any, provider: IdentityProvider, answer: etree._Element | bytes | str) -> Any:
    """Post an answer as a browser on another site does, without cookies, and come for it with them."""
    text = answer if isinstance(answer, str) else posted(answer)
    stranger = type(client)(headers={"accept-language": "en"})
    there = stranger.post(f"/sign-in/with/{provider.pk}/answer/", {"SAMLResponse": text})
    return client.get(there["Location"]) if there.status_code == 302 and "/back/" in there["Location"] else there


def _stamp(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else value


def _written(told: Mapping[str, Any]) -> bytes:
    answers = f' InResponseTo="{told["question"]}"' if told["question"] else ""
    sent = f' Destination="{told["destination"]}"' if told["destination"] else ""
    attributes = "".join(_attribute(name, values) for name, values in told["attributes"].items())
    said = f"<saml:AttributeStatement>{attributes}</saml:AttributeStatement>" if attributes else ""
    ends = f' SessionNotOnOrAfter="{told["session_ends"]}"' if told.get("session_ends") else ""
    index = f' SessionIndex="{told["session"]}"' if told["session"] else ""
    audience = f"<saml:AudienceRestriction><saml:Audience>{told['audience']}</saml:Audience></saml:AudienceRestriction>"
    return (
        f'<samlp:Response xmlns:samlp="{NS["samlp"]}" xmlns:saml="{NS["saml"]}" ID="_response" Version="2.0" '
        f'IssueInstant="{told["shown"]}"{sent}{answers}><saml:Issuer>{told["issuer"]}</saml:Issuer><samlp:Status>'
        f'<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{told["status"]}"/></samlp:Status>'
        f'<saml:Assertion ID="{told["id"]}" Version="2.0" IssueInstant="{told["shown"]}"><saml:Issuer>{told["issuer"]}'
        f'</saml:Issuer><saml:Subject><saml:NameID Format="{told["format"]}"{told.get("qualifier", "")}>{told["name"]}'
        '</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml:SubjectConfirmationData NotOnOrAfter="{told["confirmed"]}" Recipient="{told["recipient"]}"{answers}/>'
        f'</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{told["begins"]}" '
        f'NotOnOrAfter="{told["ends"]}">{audience if told["audience"] else ""}</saml:Conditions>'
        f'<saml:AuthnStatement AuthnInstant="{told["shown"]}"{index}{ends}><saml:AuthnContext>'
        f"<saml:AuthnContextClassRef>{told['context']}</saml:AuthnContextClassRef></saml:AuthnContext>"
        f"</saml:AuthnStatement>{said}</saml:Assertion></samlp:Response>"
    ).encode()


def _attribute(name: str, values: Sequence[str]) -> str:
    each = "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
    return f'<saml:Attribute Name="{name}">{each}</saml:Attribute>'

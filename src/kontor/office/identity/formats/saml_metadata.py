"""What a SAML provider publishes about itself, read; and what we publish for it (SAML 2.0 Metadata)."""

import base64
import binascii
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from kontor.office.identity.formats.saml_answer import PERSISTENT
from kontor.office.identity.formats.saml_encryption import ANNOUNCED
from kontor.office.identity.formats.saml_xml import NS, AnswerRefusedError, parse, tag, text_of

LARGEST: Final = 1024 * 1024  # bytes
REDIRECT: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST: Final = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0:protocol"
_LEAST_BITS: Final = 2048  # RSA; for curves 256
_LEAST_CURVE: Final = 256
_LONGEST_NAME: Final = 500  # characters of an entity id that we keep


@dataclass(frozen=True, slots=True)
class ProviderMetadata:
    """
    A provider as it describes itself.

    entity        what it calls itself
    sign_in       where a browser is sent with our question; sign_out where it signs out, "" where it does not say
    posts         whether our question must be brought there as a form, since it takes no address with it
    certificates  by what it signs, PEM; several while it changes them
    """

    entity: str
    sign_in: str
    sign_out: str
    certificates: tuple[str, ...]
    posts: bool = False

    def kept(self) -> dict[str, Any]:
        """Return it as a provider's details keep it."""
        return asdict(self) | {"certificates": list(self.certificates)}


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A certificate for a page: its fingerprint (SHA-256, hex in pairs), whose it is, its first and last moment."""

    fingerprint: str
    subject: str
    begins: datetime
    ends: datetime


def read_metadata(data: bytes, *, at: datetime) -> ProviderMetadata:
    """
    Read a metadata file that describes one identity provider.

    AnswerRefusedError: "form", "doctype", "metadata" where no provider is described, "several", "outdated" where its
    own last day has passed, "certificate" where it has none that can be read, "weak" for a key that is too short.
    """
    root = parse(data, largest=LARGEST, comments=True)
    found = [each for each in root.iter(tag("md:IDPSSODescriptor")) if _speaks(each)]
    if len(found) != 1:
        raise AnswerRefusedError("several" if found else "metadata")
    role = found[0]
    entity = role.getparent()
    assert entity is not None  # what has no parent is the root, and that is no such descriptor
    name, sign_in = entity.get("entityID") or "", _place(role, "md:SingleSignOnService")
    posts = not sign_in
    sign_in = sign_in or _place(role, "md:SingleSignOnService", POST)
    if entity.tag != tag("md:EntityDescriptor") or not 0 < len(name) <= _LONGEST_NAME or not sign_in:
        raise AnswerRefusedError("metadata")
    for each in (role, *role.iterancestors()):
        if (until := each.get("validUntil")) and _moment(until) <= at:
            raise AnswerRefusedError("outdated")
    return ProviderMetadata(name, sign_in, _place(role, "md:SingleLogoutService"), _certificates(role), posts)


def facts_of(pem: str) -> CertificateFacts:
    """Return what a page shows of a certificate."""
    read = x509.load_pem_x509_certificate(pem.encode())
    pairs = textwrap.wrap(read.fingerprint(SHA256()).hex().upper(), 2)
    return CertificateFacts(
        ":".join(pairs), read.subject.rfc4514_string(), read.not_valid_before_utc, read.not_valid_after_utc
    )


def own_metadata(
    *, entity: str, takes_answers: str, signs_out: str, certificates: Sequence[str], assertion_signed: bool
) -> bytes:
    """Return what we publish for one provider: our name, our addresses, and the certificates of our keys (PEM)."""
    root = etree.Element(tag("md:EntityDescriptor"), {"entityID": entity}, {"md": NS["md"], "ds": NS["ds"]})
    told = {
        "AuthnRequestsSigned": "true",
        "WantAssertionsSigned": str(assertion_signed).lower(),
        "protocolSupportEnumeration": PROTOCOL,
    }
    role = etree.SubElement(root, tag("md:SPSSODescriptor"), told)
    for use in ("signing", "encryption"):
        for pem in certificates:
            key = etree.SubElement(role, tag("md:KeyDescriptor"), {"use": use})
            data = etree.SubElement(etree.SubElement(key, tag("ds:KeyInfo")), tag("ds:X509Data"))
            etree.SubElement(data, tag("ds:X509Certificate")).text = "".join(pem.splitlines()[1:-1])
            for algorithm in ANNOUNCED if use == "encryption" else ():
                etree.SubElement(key, tag("md:EncryptionMethod"), {"Algorithm": algorithm})
    etree.SubElement(role, tag("md:SingleLogoutService"), {"Binding": REDIRECT, "Location": signs_out})
    etree.SubElement(role, tag("md:NameIDFormat")).text = PERSISTENT
    place = {"Binding": POST, "Location": takes_answers, "index": "0", "isDefault": "true"}
    etree.SubElement(role, tag("md:AssertionConsumerService"), place)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _speaks(role: etree._Element) -> bool:
    return PROTOCOL in (role.get("protocolSupportEnumeration") or "").split()


def _place(role: etree._Element, name: str, binding: str = REDIRECT) -> str:
    found = [each.get("Location") for each in role.findall(name, NS) if each.get("Binding") == binding]
    return (found[0] or "") if found else ""


def _certificates(role: etree._Element) -> tuple[str, ...]:
    """Return the certificates it signs by; a key without a use is for signing too."""
    found: list[str] = []
    for key in role.findall("md:KeyDescriptor", NS):
        if key.get("use", "signing") == "signing":
            found += [_pem(text_of(each)) for each in key.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NS)]
    if not found:
        raise AnswerRefusedError("certificate")
    return tuple(dict.fromkeys(found))


def _pem(typed: str) -> str:
    try:
        read = x509.load_der_x509_certificate(base64.b64decode("".join(typed.split()), validate=True))
        key = read.public_key()
    except (binascii.Error, ValueError) as error:
        raise AnswerRefusedError("certificate") from error
    strong = (isinstance(key, RSAPublicKey) and key.key_size >= _LEAST_BITS) or (
        isinstance(key, EllipticCurvePublicKey) and key.key_size >= _LEAST_CURVE
    )
    if not strong:
        raise AnswerRefusedError("weak")
    return read.public_bytes(serialization.Encoding.PEM).decode()


def _moment(stated: str) -> datetime:
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError as error:
        raise AnswerRefusedError("metadata") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

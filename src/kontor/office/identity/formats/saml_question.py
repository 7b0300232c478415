"""What we ask a SAML provider, and what is said when somebody signs out: signed, in an address (Bindings, 3.4)."""

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import xmlsec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from lxml import etree

from kontor.office.identity.formats.saml_answer import LEEWAY, PERSISTENT, SUCCESS
from kontor.office.identity.formats.saml_encryption import open_name
from kontor.office.identity.formats.saml_metadata import POST
from kontor.office.identity.formats.saml_xml import LARGEST, NS, AnswerRefusedError, check_schema, parse, tag, text_of

RSA_SHA256: Final = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512,
}  # fmt: skip
_AGE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignOut:
    """A provider's word that somebody signed out there: its request's id, the name id, and its sessions, maybe none."""

    id: str
    name: str
    sessions: tuple[str, ...]


def sign_in_address(
    destination: str, *, question: str, issuer: str, answers_to: str, key: str, persistent: bool, at: datetime
) -> str:
    """
    Return where to send a browser that shall sign in: an authentication request, signed.

    question    its id; issuer, answers_to: our entity id and where we take the answer
    key         our private key, PEM
    persistent  whether to ask for a name that the provider keeps for ever
    """
    root = _question(destination, question, issuer, answers_to, persistent, at)
    return _signed(destination, "SAMLRequest", root, key)


def sign_in_form(
    destination: str, *, question: str, issuer: str, answers_to: str, key: str, persistent: bool, at: datetime
) -> str:
    """Return what a form brings to a provider that takes our question only so (Bindings, 3.5): signed in its XML."""
    root = _question(destination, question, issuer, answers_to, persistent, at)
    mark = xmlsec.template.create(
        root, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
    )
    root[0].addnext(mark)  # right behind the issuer (Core, 3.2.1)
    reference = xmlsec.template.add_reference(mark, xmlsec.constants.TransformSha256, uri=f"#{question}")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    hand = xmlsec.SignatureContext()
    hand.key = xmlsec.Key.from_memory(key, xmlsec.constants.KeyDataFormatPem)
    hand.register_id(root, "ID")
    hand.sign(mark)
    return base64.b64encode(etree.tostring(root)).decode()


def sign_out_address(
    destination: str, *, question: str, issuer: str, name: str, named: Mapping[str, str], session: str, key: str,
    at: datetime,
) -> str:  # fmt: skip
    """Return where to send a browser whose person signs out here and wants to there too: a logout request, signed."""
    root = _message("samlp:LogoutRequest", question, destination, issuer, at)
    etree.SubElement(root, tag("saml:NameID"), dict(named)).text = name
    if session:
        etree.SubElement(root, tag("samlp:SessionIndex")).text = session
    return _signed(destination, "SAMLRequest", root, key)


def signed_out_address(
    destination: str, *, answer: str, request: SignOut, issuer: str, key: str, relay: str, at: datetime
) -> str:
    """Return where to send a browser on whose provider signed it out: our answer, that it is done here, signed."""
    root = _message("samlp:LogoutResponse", answer, destination, issuer, at)
    root.set("InResponseTo", request.id)
    etree.SubElement(etree.SubElement(root, tag("samlp:Status")), tag("samlp:StatusCode"), {"Value": SUCCESS})
    return _signed(destination, "SAMLResponse", root, key, relay)


def read_sign_out(
    query: str, *, issuer: str, address: str, certificates: Iterable[str], keys: Iterable[str], at: datetime
) -> SignOut:  # fmt: skip
    """
    Return whom a provider signed out, from an address's query as it was sent; AnswerRefusedError.

    The signature covers the words of the query, so they are taken as they came and not written anew.
    """
    told = _told(query)
    _check_signature(query, told, certificates)
    root = _inflated(told["SAMLRequest"])
    check_schema(root)
    if root.tag != tag("samlp:LogoutRequest") or text_of(root.find("saml:Issuer", NS)) != issuer:
        raise AnswerRefusedError("issuer")
    if root.get("Destination", address) != address:
        raise AnswerRefusedError("destination")
    issued = datetime.fromisoformat(str(root.get("IssueInstant")))
    if not at - _AGE - LEEWAY <= issued <= at + LEEWAY:
        raise AnswerRefusedError("expired")
    sessions = tuple(text_of(each) for each in root.findall("samlp:SessionIndex", NS))
    closed = root.find("saml:EncryptedID", NS)
    name = root.find("saml:NameID", NS) if closed is None else open_name(closed, keys)
    return SignOut(str(root.get("ID")), text_of(name), sessions)


def _question(
    destination: str, question: str, issuer: str, answers_to: str, persistent: bool, at: datetime
) -> etree._Element:  # fmt: skip
    root = _message("samlp:AuthnRequest", question, destination, issuer, at)
    root.set("ProtocolBinding", POST)
    root.set("AssertionConsumerServiceURL", answers_to)
    if persistent:
        etree.SubElement(root, tag("samlp:NameIDPolicy"), {"Format": PERSISTENT, "AllowCreate": "true"})
    return root


def _message(name: str, own_id: str, destination: str, issuer: str, at: datetime) -> etree._Element:
    told = {
        "ID": own_id, "Version": "2.0", "IssueInstant": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "Destination": destination,
    }  # fmt: skip
    root = etree.Element(tag(name), told, {"samlp": NS["samlp"], "saml": NS["saml"]})
    etree.SubElement(root, tag("saml:Issuer")).text = issuer
    return root


def _signed(destination: str, kind: str, root: etree._Element, key: str, relay: str = "") -> str:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(etree.tostring(root)) + packer.flush()
    told = {kind: base64.b64encode(packed).decode()}
    if relay:
        told["RelayState"] = relay
    query = urlencode(told | {"SigAlg": RSA_SHA256}, quote_via=quote)
    private = serialization.load_pem_private_key(key.encode(), None)
    assert isinstance(private, RSAPrivateKey)  # we made it
    mark = private.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    joint = "&" if urlsplit(destination).query else "?"
    return f"{destination}{joint}{query}&{urlencode({'Signature': base64.b64encode(mark).decode()}, quote_via=quote)}"


def _told(query: str) -> dict[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    told = dict(pairs)
    if len(told) != len(pairs) or not {"SAMLRequest", "SigAlg", "Signature"} <= told.keys():
        raise AnswerRefusedError("unsigned")
    return told


def _check_signature(query: str, told: Mapping[str, str], certificates: Iterable[str]) -> None:
    raw = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
    covered = "&".join(
        f"{name}={raw[name]}" for name in ("SAMLRequest", "RelayState", "SigAlg") if name in raw
    ).encode()
    kind, _, bits = told["SigAlg"].rpartition("#")[2].rpartition("-sha")
    if kind not in ("rsa", "ecdsa") or bits not in _HASHES:
        raise AnswerRefusedError("algorithm")
    try:
        mark = base64.b64decode(told["Signature"], validate=True)
    except binascii.Error as error:
        raise AnswerRefusedError("signature") from error
    if not any(_holds(each, mark, covered, kind=kind, digest=_HASHES[bits]()) for each in certificates):
        raise AnswerRefusedError("signature")


def _holds(pem: str, mark: bytes, covered: bytes, *, kind: str, digest: hashes.HashAlgorithm) -> bool:
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    try:
        if kind == "rsa" and isinstance(key, RSAPublicKey):
            key.verify(mark, covered, padding.PKCS1v15(), digest)
        elif kind == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(mark, covered, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _inflated(packed: str) -> etree._Element:
    try:
        opener = zlib.decompressobj(wbits=-15)
        data = opener.decompress(base64.b64decode(packed, validate=True), LARGEST)
    except (binascii.Error, zlib.error) as error:
        raise AnswerRefusedError("form") from error
    if opener.unconsumed_tail:
        raise AnswerRefusedError("form")
    return parse(data)

"""
An assertion or a name that only we can read (XML Encryption 1.1), opened to bytes before any parser sees it.

AES-CBC tells by the kind of its failure what stands in the box, so it is opened only where the message around it was
signed, and that was checked, first. RSA with PKCS #1 v1.5 is refused for the same reason.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import Final
from xml.sax.saxutils import quoteattr

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from kontor.office.identity.formats.saml_xml import NS, AnswerRefusedError, only, parse, tag, text_of

_OLD: Final = "http://www.w3.org/2001/04/xmlenc#"
_NEW: Final = "http://www.w3.org/2009/xmlenc11#"
_KEY_BYTES: Final = {
    f"{_NEW}aes128-gcm": 16, f"{_NEW}aes192-gcm": 24, f"{_NEW}aes256-gcm": 32,
    f"{_OLD}aes128-cbc": 16, f"{_OLD}aes192-cbc": 24, f"{_OLD}aes256-cbc": 32,
}  # fmt: skip
ANNOUNCED: Final = (f"{_NEW}aes256-gcm", f"{_NEW}aes128-gcm", f"{_NEW}rsa-oaep", f"{_OLD}rsa-oaep-mgf1p")
_DIGESTS: Final[dict[str | None, type[hashes.HashAlgorithm]]] = {
    None: hashes.SHA1, "http://www.w3.org/2000/09/xmldsig#sha1": hashes.SHA1, f"{_OLD}sha256": hashes.SHA256,
    f"{_OLD}sha512": hashes.SHA512,
}  # fmt: skip
_MASKS: Final[dict[str | None, type[hashes.HashAlgorithm]]] = {
    None: hashes.SHA1, f"{_NEW}mgf1sha1": hashes.SHA1, f"{_NEW}mgf1sha256": hashes.SHA256,
    f"{_NEW}mgf1sha512": hashes.SHA512,
}  # fmt: skip
_BLOCK: Final = 16


def open_assertion(box: etree._Element, keys: Iterable[str], *, signed: bool) -> etree._Element:
    """Return the assertion in a `saml:EncryptedAssertion`, as `open_box` does."""
    return open_box(box, keys, signed=signed, inside="saml:Assertion")


def open_name(box: etree._Element, keys: Iterable[str]) -> etree._Element:
    """Return the name id in a `saml:EncryptedID` of what was signed, and that was checked, as a whole."""
    return open_box(box, keys, signed=True, inside="saml:NameID")


def open_box(box: etree._Element, keys: Iterable[str], *, signed: bool, inside: str) -> etree._Element:
    """
    Return the one element that is in a box, opened with one of our private keys (PEM).

    signed  whether a signature that was checked covers the box; AnswerRefusedError "encryption"
    """
    data = only(box, "xenc:EncryptedData", "encryption")
    method = _algorithm(data)
    if method not in _KEY_BYTES or (method.endswith("-cbc") and not signed):
        raise AnswerRefusedError("encryption", method.rpartition("#")[2])
    wrapped = [*data.findall("ds:KeyInfo/xenc:EncryptedKey", NS), *box.findall("xenc:EncryptedKey", NS)]
    secret = _unwrapped(wrapped, list(keys))
    if len(secret) != _KEY_BYTES[method]:
        raise AnswerRefusedError("encryption")
    plain = _in_its_place(box, _opened(method, secret, _value(data)))
    try:
        found = list(parse(plain))
    except AnswerRefusedError as error:
        # A padding that is right by chance must read like one that is wrong: whoever asks learns nothing of the key.
        raise AnswerRefusedError("encryption") from error
    if [each.tag for each in found] != [tag(inside)]:
        raise AnswerRefusedError("encryption")
    return parse(etree.tostring(found[0], with_tail=False))


def _in_its_place(box: etree._Element, plain: bytes) -> bytes:
    """Return the text under the namespaces that hold where its box stands (XML Encryption, 4.5.1)."""
    names = [f"xmlns:{prefix}" if prefix else "xmlns" for prefix in box.nsmap]
    told = " ".join(f"{name}={quoteattr(place)}" for name, place in zip(names, box.nsmap.values(), strict=True))
    return f"<in {told}>".encode() + plain + b"</in>"


def _unwrapped(wrapped: list[etree._Element], keys: list[str]) -> bytes:
    """Return the box's key, from the first of its envelopes that one of ours opens."""
    for envelope in wrapped:
        ring = _padding(envelope)
        for pem in keys:
            key = serialization.load_pem_private_key(pem.encode(), None)
            assert isinstance(key, RSAPrivateKey)  # we made it
            try:
                return key.decrypt(_value(envelope), ring)
            except ValueError:
                continue
    raise AnswerRefusedError("encryption")


def _padding(envelope: etree._Element) -> padding.OAEP:
    method = only(envelope, "xenc:EncryptionMethod", "encryption")
    digest, mask = method.find("ds:DigestMethod", NS), method.find(f"{{{_NEW}}}MGF")
    named = (None if digest is None else digest.get("Algorithm"), None if mask is None else mask.get("Algorithm"))
    if method.get("Algorithm") not in ANNOUNCED[2:] or named[0] not in _DIGESTS or named[1] not in _MASKS:
        raise AnswerRefusedError("encryption")
    return padding.OAEP(padding.MGF1(_MASKS[named[1]]()), _DIGESTS[named[0]](), None)


def _opened(method: str, secret: bytes, box: bytes) -> bytes:
    """Return what stands in a box whose first bytes are nonce or first block; "encryption" for whatever fails."""
    try:
        if method.endswith("-gcm"):
            return AESGCM(secret).decrypt(box[:12], box[12:], None)
        opener = Cipher(algorithms.AES(secret), modes.CBC(box[:_BLOCK])).decryptor()
        padded = opener.update(box[_BLOCK:]) + opener.finalize()
    except (InvalidTag, ValueError) as error:
        raise AnswerRefusedError("encryption") from error
    if not padded or not 1 <= padded[-1] <= _BLOCK:
        raise AnswerRefusedError("encryption")
    return padded[: -padded[-1]]


def _algorithm(node: etree._Element) -> str:
    return only(node, "xenc:EncryptionMethod", "encryption").get("Algorithm") or ""


def _value(node: etree._Element) -> bytes:
    try:
        return base64.b64decode("".join(text_of(only(node, "xenc:CipherData/xenc:CipherValue", "encryption")).split()))
    except binascii.Error as error:
        raise AnswerRefusedError("encryption") from error

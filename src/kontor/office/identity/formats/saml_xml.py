"""
SAML's XML, read as what it is: written by somebody who may lie.

No document type, entity, comment or processing instruction is let in (a comment cuts a name id in two while its
signature holds), nothing is fetched, an id stands once, and a signature counts for the element around it alone
(SAML 2.0 Core, 5.4; XML Signature 1.1).
"""

import functools
import importlib.resources
from collections.abc import Iterable, Sequence
from typing import Any, Final

import xmlsec
from lxml import etree

LARGEST: Final = 256 * 1024  # bytes; answers stay far below
NS: Final = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xenc": "http://www.w3.org/2001/04/xmlenc#",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
}
_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
SIGNATURES: Final = frozenset(f"{_MORE}{kind}-sha{bits}" for kind in ("rsa", "ecdsa") for bits in (256, 384, 512))
DIGESTS: Final = frozenset({f"{NS['xenc']}sha256", f"{_MORE}sha384", f"{NS['xenc']}sha512"})
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_SCHEMA: Final = importlib.resources.files("onelogin.saml2") / "schemas" / "saml-schema-protocol-2.0.xsd"


class AnswerRefusedError(Exception):
    """
    Something that proves nothing.

    reason    "form", "doctype", "comment", "schema", "ids", "assertions", "place", "unsigned", "algorithm",
              "signature", "encryption", "status", "issuer", "audience", "recipient", "destination", "expired", "early",
              "question", "unasked", "replay", "subject", "metadata", "several", "outdated", "certificate" or "weak"
    said      the other side's own word, where it gave one
    """

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(f"{reason} {said}".strip())
        self.reason, self.said = reason, said


def tag(name: str) -> str:
    """Return a name such as "saml:Assertion" as lxml writes it."""
    prefix, _, local = name.partition(":")
    return f"{{{NS[prefix]}}}{local}"


def parse(data: bytes, *, largest: int = LARGEST, comments: bool = False) -> etree._Element:
    """
    Return the root of a document; AnswerRefusedError "form", "doctype" or "comment".

    comments  whether they are dropped; where a signature covers the document they are refused
    """
    if len(data) > largest:
        raise AnswerRefusedError("form")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=comments,
        remove_pis=comments,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AnswerRefusedError("doctype" if b"<!DOCTYPE" in data else "form") from error
    facts: Any = root.getroottree().docinfo
    if facts.doctype:
        raise AnswerRefusedError("doctype")
    if next(root.iter(etree.Comment, etree.PI, etree.Entity), None) is not None or len(_outside(root)):
        raise AnswerRefusedError("comment")
    return root


def check_schema(root: etree._Element) -> None:
    """Hold a message or an assertion against SAML's own schema, as python3-saml ships it."""
    if not _schema().validate(root):
        raise AnswerRefusedError("schema")


def check_ids(root: etree._Element) -> None:
    """Refuse a document in which an id stands twice, under whatever name."""
    named = [(etree.QName(str(name)).localname.lower(), value) for node in root.iter() for name, value in node.items()]
    found = [value for name, value in named if name in ("id", "assertionid")]
    if len(found) != len(set(found)):
        raise AnswerRefusedError("ids")


def check_signature(node: etree._Element, certificates: Iterable[str]) -> None:
    """
    Check the one signature that an element carries: over itself as a whole, by one of these certificates (PEM).

    What a signature says about its own key is not looked at. AnswerRefusedError "place", "algorithm" or "signature".
    """
    signature = signature_of(node)
    info = only(signature, "ds:SignedInfo", "place")
    reference = only(info, "ds:Reference", "place")
    if reference.get("URI") != f"#{node.get('ID')}" or signature.find("ds:Object", NS) is not None:
        raise AnswerRefusedError("place")
    _check_algorithms(info, reference)
    for certificate in certificates:
        judge = xmlsec.SignatureContext()
        judge.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem)
        try:
            judge.register_id(node, "ID")
            judge.verify(signature)
        except xmlsec.Error:
            continue
        return
    raise AnswerRefusedError("signature")


def signature_of(node: etree._Element) -> etree._Element:
    """Return the one signature that an element carries; AnswerRefusedError "unsigned" where it has none."""
    found = node.findall("ds:Signature", NS)
    if not found:
        raise AnswerRefusedError("unsigned")
    return found[0] if len(found) == 1 else _refuse("place")


def check_places(root: etree._Element, allowed: Sequence[etree._Element]) -> None:
    """Refuse signatures that stand anywhere but in these elements, at most one in each."""
    for signature in root.iter(tag("ds:Signature")):
        if signature.getparent() not in allowed:
            raise AnswerRefusedError("place")
    if any(len(node.findall("ds:Signature", NS)) > 1 for node in allowed):
        raise AnswerRefusedError("place")


def only(node: etree._Element, path: str, reason: str) -> etree._Element:
    """Return the one element there is at a path; AnswerRefusedError(reason) where there is none, or several."""
    found = node.findall(path, NS)
    return found[0] if len(found) == 1 else _refuse(reason)


def text_of(node: etree._Element | None) -> str:
    """Return an element's text, "" where there is no element; "form" where elements stand in it."""
    if node is None:
        return ""
    if len(node):
        raise AnswerRefusedError("form")
    return (node.text or "").strip()


def _check_algorithms(info: etree._Element, reference: etree._Element) -> None:
    named = [each.get("Algorithm") for each in reference.findall("ds:Transforms/ds:Transform", NS)]
    good = (
        only(info, "ds:CanonicalizationMethod", "algorithm").get("Algorithm") == EXCLUSIVE,
        only(info, "ds:SignatureMethod", "algorithm").get("Algorithm") in SIGNATURES,
        only(reference, "ds:DigestMethod", "algorithm").get("Algorithm") in DIGESTS,
        named == [ENVELOPED, EXCLUSIVE],
    )
    if not all(good):
        raise AnswerRefusedError("algorithm")


def _outside(root: etree._Element) -> list[etree._Element]:
    """Return what stands before and behind the root."""
    return [*root.itersiblings(preceding=True), *root.itersiblings()]


@functools.cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_SCHEMA)))


def _refuse(reason: str) -> etree._Element:
    raise AnswerRefusedError(reason)

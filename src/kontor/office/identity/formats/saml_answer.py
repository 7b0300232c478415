"""
SAML's answer to our question: what makes one good (SAML 2.0 Profiles, 4.1.4; Core, 2.3 to 2.5 and 3.2.2).

Everything is read from the one assertion whose signature was checked, and from nowhere else.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from lxml import etree

from kontor.office.identity.formats.saml_encryption import open_assertion, open_name
from kontor.office.identity.formats.saml_xml import (
    LARGEST,
    NS,
    AnswerRefusedError,
    check_ids,
    check_places,
    check_schema,
    check_signature,
    only,
    parse,
    tag,
    text_of,
)

LEEWAY: Final = timedelta(seconds=60)  # clocks differ
SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
METHODS: Final = "http://schemas.microsoft.com/claims/authnmethodsreferences"  # where Microsoft names what was shown
NAMED: Final = ("Format", "NameQualifier", "SPNameQualifier")  # what belongs to a name id
_CONDITIONS: Final = frozenset(
    tag(f"saml:{name}") for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """
    What an answer must fit.

    issuer            the provider's entity id
    audience          ours, for this provider
    address           where we take its answers
    certificates      the provider's, PEM; any of them
    keys              our private keys, PEM, newest first
    question          the id of what we asked, "" where an answer may come unasked
    assertion_signed  whether the assertion itself must be signed; else the message around it suffices
    """

    issuer: str
    audience: str
    address: str
    certificates: Sequence[str]
    keys: Sequence[str] = field(default=(), repr=False)
    question: str = ""
    assertion_signed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """
    What a provider states of a person who has just signed in there.

    id, until   the assertion's own, and until when it could be shown again
    name        the name id; `persistent` whether the provider keeps it for ever; named: its format and qualifiers
    contexts    how the person showed who they are there
    signed_in   when that was; session, session_until: the provider's name for the session and its end
    """

    id: str
    until: datetime
    name: str
    persistent: bool
    named: Mapping[str, str]
    attributes: Mapping[str, Sequence[str]]
    contexts: Sequence[str]
    signed_in: datetime
    session: str
    session_until: datetime | None


def decoded(posted: str) -> etree._Element:
    """Return the root of a posted answer, nothing of it believed yet; AnswerRefusedError."""
    if len(posted) > LARGEST * 2:
        raise AnswerRefusedError("form")
    try:
        data = base64.b64decode("".join(posted.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise AnswerRefusedError("form") from error
    root = parse(data)
    if root.tag != tag("samlp:Response"):
        raise AnswerRefusedError("form")
    return root


def question_of(root: etree._Element) -> str:
    """Return the id of the question that an answer says it belongs to, "" for none; not believed yet."""
    return root.get("InResponseTo") or ""


def read_answer(root: etree._Element, expected: Expected, *, at: datetime) -> Assertion:
    """Return what an answer states, once all of it holds; AnswerRefusedError says what does not."""
    check_ids(root)
    check_schema(root)
    assertion = _trusted(root, expected)
    _check_status(root)
    if question_of(root) != expected.question:
        raise AnswerRefusedError("question" if expected.question else "unasked")
    if root.get("Destination", expected.address) != expected.address:
        raise AnswerRefusedError("destination")
    for issuer in (root.find("saml:Issuer", NS), only(assertion, "saml:Issuer", "issuer")):
        if issuer is not None and text_of(issuer) != expected.issuer:
            raise AnswerRefusedError("issuer")
    _check_conditions(only(assertion, "saml:Conditions", "audience"), expected, at=at)
    until = _confirmed_until(assertion, expected, at=at)
    return _stated(assertion, expected, until, at=at)


def _trusted(root: etree._Element, expected: Expected) -> etree._Element:
    """Return the one assertion there is, checked by the signatures that are there and must be."""
    plain, closed = list(root.iter(tag("saml:Assertion"))), list(root.iter(tag("saml:EncryptedAssertion")))
    if len(plain) + len(closed) != 1 or (plain + closed)[0].getparent() is not root:
        _check_status(root)  # a refusal carries none, and says why
        raise AnswerRefusedError("assertions")
    check_places(root, [root, *plain])
    signed = root.find("ds:Signature", NS) is not None
    if signed:
        check_signature(root, expected.certificates)
        if root.get("Destination") is None:
            raise AnswerRefusedError("destination")
    assertion = plain[0] if plain else open_assertion(closed[0], expected.keys, signed=signed)
    if closed:
        check_ids(assertion)
        check_schema(assertion)
        check_places(assertion, [assertion])
    if expected.assertion_signed or not signed or assertion.find("ds:Signature", NS) is not None:
        check_signature(assertion, expected.certificates)
    return assertion


def _check_status(root: etree._Element) -> None:
    code = only(root, "samlp:Status/samlp:StatusCode", "status")
    if code.get("Value") != SUCCESS:
        inner, message = code.find("samlp:StatusCode", NS), root.find("samlp:Status/samlp:StatusMessage", NS)
        named = str((code if inner is None else inner).get("Value")).rpartition(":")[2]
        raise AnswerRefusedError("status", " ".join(filter(None, (named, text_of(message))))[:200])


def _check_conditions(conditions: etree._Element, expected: Expected, *, at: datetime) -> None:
    _check_time(conditions, at)
    if any(child.tag not in _CONDITIONS for child in conditions):
        raise AnswerRefusedError("schema")
    restrictions = conditions.findall("saml:AudienceRestriction", NS)
    named = [{text_of(each) for each in one.findall("saml:Audience", NS)} for one in restrictions]
    if not named or any(expected.audience not in some for some in named):
        raise AnswerRefusedError("audience")


def _confirmed_until(assertion: etree._Element, expected: Expected, *, at: datetime) -> datetime:
    """Return until when the bearer may show it: somebody must vouch for that, at our address, to our question."""
    data = [
        each.find("saml:SubjectConfirmationData", NS)
        for each in assertion.findall("saml:Subject/saml:SubjectConfirmation", NS)
        if each.get("Method") == BEARER
    ]
    refused = AnswerRefusedError("recipient")
    for one in data:
        if one is None or one.get("Recipient") != expected.address or one.get("NotOnOrAfter") is None:
            continue
        if (one.get("InResponseTo") or "") != expected.question:
            refused = AnswerRefusedError("question" if expected.question else "unasked")
            continue
        _check_time(one, at)
        return _moment(one.get("NotOnOrAfter"))
    raise refused


def _stated(assertion: etree._Element, expected: Expected, until: datetime, *, at: datetime) -> Assertion:
    statements = assertion.findall("saml:AuthnStatement", NS)
    if not statements:
        raise AnswerRefusedError("subject")
    name = _name_of(assertion, expected)
    foreign = (name.get("NameQualifier") or expected.issuer, name.get("SPNameQualifier") or expected.audience)
    ends = [_moment(each.get("SessionNotOnOrAfter")) for each in statements if each.get("SessionNotOnOrAfter")]
    if ends and min(ends) <= at - LEEWAY:
        raise AnswerRefusedError("expired")
    attributes = _attributes(assertion.findall("saml:AttributeStatement/saml:Attribute", NS))
    contexts = [text_of(each.find("saml:AuthnContext/saml:AuthnContextClassRef", NS)) for each in statements]
    return Assertion(
        id=assertion.get("ID") or "",
        until=until + LEEWAY,
        name=text_of(name),
        named={key: str(name.get(key)) for key in NAMED if name.get(key)},
        persistent=name.get("Format") == PERSISTENT and foreign == (expected.issuer, expected.audience),
        attributes=attributes,
        contexts=[*filter(None, contexts), *attributes.get(METHODS, ())],
        signed_in=min(*(_moment(each.get("AuthnInstant")) for each in statements), at),
        session=statements[0].get("SessionIndex") or "",
        session_until=min(ends, default=None),
    )


def _name_of(assertion: etree._Element, expected: Expected) -> etree._Element:
    """Return the name id; the signature that was checked covers it, in a box of its own too."""
    closed = assertion.find("saml:Subject/saml:EncryptedID", NS)
    if closed is None:
        return only(assertion, "saml:Subject/saml:NameID", "subject")
    return open_name(closed, expected.keys)


def _attributes(found: Iterable[etree._Element]) -> dict[str, list[str]]:
    """Return attributes by name, and by friendly name where no attribute is named so; what is no text is left out."""
    told: dict[str, list[str]] = {}
    friendly: dict[str, list[str]] = {}
    for each in found:
        values = [text_of(value) for value in each.findall("saml:AttributeValue", NS) if not len(value)]
        told.setdefault(each.get("Name") or "", []).extend(filter(None, values))
        if each.get("FriendlyName"):
            friendly.setdefault(each.get("FriendlyName") or "", []).extend(filter(None, values))
    return friendly | told


def _check_time(node: etree._Element, at: datetime) -> None:
    if (stated := node.get("NotBefore")) and _moment(stated) > at + LEEWAY:
        raise AnswerRefusedError("early")
    if (stated := node.get("NotOnOrAfter")) and _moment(stated) <= at - LEEWAY:
        raise AnswerRefusedError("expired")


def _moment(stated: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(stated or "")
    except ValueError as error:
        raise AnswerRefusedError("form") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # Core, 1.3.3: times are UTC

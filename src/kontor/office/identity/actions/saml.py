"""
Asking a SAML provider who somebody is, and taking its answer.

The browser brings the answer from another site, without the session's cookie: so it is judged and kept where it
arrives, under the question it names, and counts once the browser that asked comes for it with its session.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from kontor.kernel.actions.record import record
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions.arriving import Arrival
from kontor.office.identity.actions.oidc import FLOW_TIME, Answer, Flow, ProviderFailedError
from kontor.office.identity.actions.providers import end_sessions_by
from kontor.office.identity.formats import saml_answer, saml_question
from kontor.office.identity.formats.saml_answer import Assertion, Expected
from kontor.office.identity.formats.saml_xml import AnswerRefusedError
from kontor.office.identity.models import IdentityProvider, RefusedAnswer, SamlQuestion, UsedAssertion
from kontor.office.identity.queries.saml import SamlDetails, keys_of, own_addresses, sends

PER_MINUTE: Final = 20  # refusals kept: whoever posts nonsense fills no table
KEPT: Final = 100  # refusals of a provider
_LONGEST: Final = 300  # characters of a subject
_EMAIL: Final = (
    "mail", "email", "emailAddress", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
)  # fmt: skip
_NAME: Final = (
    "displayName", "cn", "http://schemas.microsoft.com/identity/claims/displayname",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "urn:oid:2.16.840.1.113730.3.1.241",
    "urn:oid:2.5.4.3",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """
    What became of an answer that was posted.

    question  the open question it belongs to, "" for none
    answer    what it says, where it counts without a question
    """

    question: str = ""
    answer: Answer | None = None


def begin(
    provider: IdentityProvider, *, purpose: str, at: datetime, person: str = "", back: str = ""
) -> tuple[str, Flow]:  # fmt: skip
    """Return where to send the browser, and what to keep of the question in its session."""
    details, ours = SamlDetails.of(provider), own_addresses(provider.pk)
    if not details.ready:
        raise ProviderFailedError("metadata")
    question = f"_{secrets.token_hex(20)}"
    with as_tenant(_owner(provider)):
        SamlQuestion.objects.filter(provider=provider, asked_at__lt=at - FLOW_TIME).delete()
        SamlQuestion.objects.create(provider=provider, question=question, asked_at=at)
        key = keys_of(provider)[0].private_key
    address = sends(provider.pk, question)
    if not details.posts:
        address = saml_question.sign_in_address(
            details.sign_in, question=question, issuer=ours.entity, answers_to=ours.answers, key=key or "",
            persistent=not details.subject_attribute, at=at,
        )  # fmt: skip
    return address, Flow(str(provider.pk), question, "", "", at.isoformat(), purpose, person, back)


def form_of(provider: IdentityProvider, question: str, *, at: datetime) -> tuple[str, str]:
    """Return where a browser brings a question that is still open, and the question; SamlQuestion.DoesNotExist."""
    details, ours = SamlDetails.of(provider), own_addresses(provider.pk)
    with as_tenant(_owner(provider)):
        SamlQuestion.objects.get(provider=provider, question=question, answered_at=None)
        key = keys_of(provider)[0].private_key
    told = saml_question.sign_in_form(
        details.sign_in, question=question, issuer=ours.entity, answers_to=ours.answers, key=key or "",
        persistent=not details.subject_attribute, at=at,
    )  # fmt: skip
    return details.sign_in, told


def sign_out_there(provider: IdentityProvider, leaving: Mapping[str, Any], *, at: datetime) -> str:
    """Return where somebody who signs out here signs out at the provider too, "" where it has no such place."""
    details, ours = SamlDetails.of(provider), own_addresses(provider.pk)
    if not details.sign_out:
        return ""
    with as_tenant(_owner(provider)):
        key = keys_of(provider)[0].private_key
    return saml_question.sign_out_address(
        details.sign_out, question=f"_{secrets.token_hex(20)}", issuer=ours.entity, name=leaving["name"],
        named=leaving["named"], session=leaving["session"], key=key or "", at=at,
    )  # fmt: skip


def take(provider: IdentityProvider, posted: str, *, at: datetime) -> Taken:
    """Judge an answer where it arrives and keep what it says, or why it does not count; it never raises for that."""
    with as_tenant(_owner(provider)):
        asked: SamlQuestion | None = None
        try:
            root = saml_answer.decoded(posted)
            asked = _asked(provider, saml_answer.question_of(root), at=at)
            expected = _expected(provider, asked.question if asked else "")
            assertion = saml_answer.read_answer(root, expected, at=at)
            leaving = {"name": assertion.name, "named": dict(assertion.named), "session": assertion.session}
            answer = Answer(arrival_of(provider, assertion), _claims(assertion), leaving)
            _use(provider, assertion)
        except AnswerRefusedError as refused:
            _note_refused(provider, asked, refused, at=at)
            return Taken(asked.question if asked else "")
        if asked is None:
            return Taken(answer=answer)
        asked.answered_at, asked.answer = at, json.dumps(asdict(answer), cls=DjangoJSONEncoder)
        asked.save()
        return Taken(asked.question)


def finish(provider: IdentityProvider, flow: Flow, *, at: datetime) -> Answer:
    """Return the answer to a question of this browser, once; AnswerRefusedError where it did not count."""
    with as_tenant(_owner(provider)):
        row = SamlQuestion.objects.select_for_update().filter(provider=provider, question=flow.state).first()
        if row is not None:
            row.delete()
    if row is None or row.answered_at is None or flow.is_over(at):
        raise AnswerRefusedError("question")
    if row.problem:
        raise AnswerRefusedError(row.problem, row.said)
    told = json.loads(row.answer or "")
    until = told["arrival"].pop("until")
    return Answer(Arrival(**told["arrival"], until=datetime.fromisoformat(until)), told["claims"], told["leaving"])


def arrival_of(provider: IdentityProvider, assertion: Assertion) -> Arrival:
    """Read from a checked assertion what matters to us; AnswerRefusedError "subject" where it names nobody for ever."""
    details, told = SamlDetails.of(provider), assertion.attributes
    named = list(told.get(details.subject_attribute, ())) if details.subject_attribute else [assertion.name]
    lasting = bool(details.subject_attribute) or assertion.persistent
    if len(named) != 1 or not lasting or not 0 < len(named[0]) <= _LONGEST:
        raise AnswerRefusedError("subject", ", ".join(sorted(told))[:200])
    ends = assertion.signed_in + timedelta(hours=provider.session_hours)
    return Arrival(
        subject=named[0],
        email=_first(told, details.email_attribute, _EMAIL).lower(),
        email_trusted=details.vouches,
        name=_first(told, details.name_attribute, _NAME),
        role_values=list(told.get(provider.role_claim, ())) if provider.role_claim else [],
        second_factor=not set(assertion.contexts).isdisjoint(provider.factor_values),
        session=assertion.session,
        until=min(ends, assertion.session_until or ends),
    )


def sign_out(provider: IdentityProvider, query: str, *, relay: str, at: datetime) -> str:
    """
    End the sessions of somebody whom a provider signed out, and return where to send the browser on.

    A session is found by its name there, where it has one; else all of the person's that began there go.
    AnswerRefusedError says what is wrong with the provider's word.
    """
    details, ours = SamlDetails.of(provider), own_addresses(provider.pk)
    with as_tenant(_owner(provider)):
        keys = [each.private_key or "" for each in keys_of(provider)]
    asked = saml_question.read_sign_out(
        query, issuer=provider.issuer, address=ours.signs_out, certificates=details.certificates, keys=keys, at=at
    )
    subject = "" if details.subject_attribute else asked.name
    if not details.sign_out or not (subject or asked.sessions):
        raise AnswerRefusedError("subject")
    with as_tenant(_owner(provider)):
        for session in asked.sessions or ("",):
            end_sessions_by(provider, subject=subject, session=session)
    return saml_question.signed_out_address(
        details.sign_out, answer=f"_{secrets.token_hex(20)}", request=asked, issuer=ours.entity, key=keys[0],
        relay=relay, at=at,
    )  # fmt: skip


def _asked(provider: IdentityProvider, question: str, *, at: datetime) -> SamlQuestion | None:
    """Return the open question that an answer names, None for one that may come unasked; AnswerRefusedError."""
    if not question:
        if provider.active and SamlDetails.of(provider).unasked:
            return None
        raise AnswerRefusedError("unasked")
    row = SamlQuestion.objects.select_for_update().filter(provider=provider, question=question).first()
    if row is None or at - row.asked_at > FLOW_TIME:
        raise AnswerRefusedError("question")
    if row.answered_at is not None:
        raise AnswerRefusedError("replay")
    return row


def _expected(provider: IdentityProvider, question: str) -> Expected:
    details, ours = SamlDetails.of(provider), own_addresses(provider.pk)
    return Expected(
        issuer=provider.issuer,
        audience=ours.entity,
        address=ours.answers,
        certificates=details.certificates,
        keys=[each.private_key or "" for each in keys_of(provider)],
        question=question,
        assertion_signed=details.assertion_signed,
    )


def _use(provider: IdentityProvider, assertion: Assertion) -> None:
    """Note that an assertion was shown; AnswerRefusedError for one that was before."""
    digest = hashlib.sha256(assertion.id.encode()).hexdigest()
    _, new = UsedAssertion.objects.get_or_create(
        provider=provider, digest=digest, defaults={"until": assertion.until}
    )  # fmt: skip
    if not new:
        raise AnswerRefusedError("replay")


def _note_refused(
    provider: IdentityProvider, asked: SamlQuestion | None, refused: AnswerRefusedError, *, at: datetime
) -> None:
    """Keep why an answer did not count, for the browser that asked and for the administrator."""
    told = {"reason": refused.reason, "said": refused.said[:200]}
    if asked is not None:
        asked.answered_at, asked.problem, asked.said = at, refused.reason, told["said"]
        asked.save()
    earlier = RefusedAnswer.objects.filter(provider=provider)
    if earlier.filter(at__gt=at - timedelta(minutes=1)).count() >= PER_MINUTE:
        return
    RefusedAnswer.objects.create(provider=provider, at=at, **told)
    old = earlier.order_by("-at", "-pk").values_list("pk", flat=True)[KEPT:]
    earlier.filter(pk__in=list(old)).delete()
    record("identity.answer_refused", provider, at=at, actor=None, after=told)


def _claims(assertion: Assertion) -> dict[str, Any]:
    """Return what the page that explains a test shows."""
    return {
        "attributes": {name: list(values) for name, values in assertion.attributes.items()},
        "contexts": list(assertion.contexts),
    }


def _first(told: Mapping[str, Sequence[str]], wanted: str, usual: Sequence[str]) -> str:
    """Return the first value of an attribute, of a usual one where none is named."""
    found = [value for name in ([wanted] if wanted else usual) for value in told.get(name, ())]
    return found[0].strip() if found else ""


def _owner(provider: IdentityProvider) -> uuid.UUID:
    assert provider.tenant_id is not None  # no row is without a tenant
    return provider.tenant_id

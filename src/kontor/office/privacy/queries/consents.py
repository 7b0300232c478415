"""What people are asked, what became of it for each address, and whether one may write to them."""

import hmac
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core import signing
from django.db.models import Max

from kontor.kernel.actions.suppressing import is_suppressed
from kontor.kernel.links import absolute
from kontor.kernel.queries.matching import matching_key
from kontor.kernel.tenancy import current_tenant
from kontor.office.privacy.models import ConsentStep, ConsentText, Suppression
from kontor.office.privacy.queries.subjects import in_force
from kontor.rulebook import terms
from kontor.rulebook.consent import Kind, State, Step, may_write, standing
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack, ToBeAgreed

CONFIRMED_WITHIN: Final = timedelta(days=7)  # ours: no contract says how long the link of a double opt-in is good
_CONFIRM: Final = "privacy.consent.confirm"
_ENDINGS: Final = signing.Signer(salt="privacy.consent.end")  # without a time: the same address for ever
_FORM: Final = "privacy:consent-form"


@dataclass(frozen=True, slots=True)
class Consent:
    """One address and one purpose: where it stands, its newest text, its steps with the first one first."""

    email: str
    text: ConsentText
    state: Ruling[State]
    steps: tuple[ConsentStep, ...]


def texts() -> list[ConsentText]:
    """Return the newest edition of each purpose of the current tenant, by purpose."""
    rows = ConsentText.objects.of(current_tenant()).order_by("purpose", "-edition").distinct("purpose")
    return list(rows)


def text_of(purpose: str) -> ConsentText | None:
    """Return the newest text of a purpose, None where nobody is asked for it."""
    return ConsentText.objects.of(current_tenant()).filter(purpose=purpose).order_by("-edition").first()


def consents(emails: Iterable[str] | None = None, *, at: datetime | None = None) -> list[Consent]:
    """
    Return every address with every purpose that it was asked for, by address; in three queries for any number.

    emails  only these; at  as it stood then
    """
    steps = ConsentStep.objects.of(current_tenant()).select_related("text", "proof").order_by("at", "pk")
    if emails is not None:
        steps = steps.filter(email__in=[plain(each) for each in emails])
    if at is not None:
        steps = steps.filter(at__lte=at)
    newest = {text.purpose: text for text in texts()}
    held: dict[tuple[str, str], list[ConsentStep]] = {}
    for step in steps:
        held.setdefault((step.email, step.text.purpose), []).append(step)
    secret = matching_key(MATCHED)
    digests = {key: digest(secret, key[0], key[1]) for key in held}
    gone = _suppressed(digests.values(), at)
    return [
        Consent(email, newest[purpose], _standing(newest[purpose], found, gone.get(digests[email, purpose])),
                tuple(found))
        for (email, purpose), found in sorted(held.items())
    ]  # fmt: skip


def consent_of(email: str, text: ConsentText, *, at: datetime | None = None) -> Consent:
    """Return one address and one purpose, asked or not."""
    for found in consents([email], at=at):
        if found.text.purpose == text.purpose:
            return found
    mark = digest(matching_key(MATCHED), plain(email), text.purpose)
    return Consent(plain(email), text, _standing(text, (), _suppressed([mark], at).get(mark)), ())


def may_write_to(email: str, purpose: str, *, at: datetime) -> Ruling[bool]:
    """Return whether one may write to an address for a purpose at a moment, and why."""
    text = text_of(purpose)
    found = consent_of(email, text, at=at).state if text else standing((), edition=0, clauses=clauses())
    return may_write(found, purpose, without_consent=_without_consent(), kept_from=_kept_from(email, purpose))


def _kept_from(email: str, purpose: str) -> Text | None:
    if is_suppressed(email):
        return _ERASED
    return _MARKED if in_force(email=email, purpose=purpose) is not None else None


_ERASED: Final = Text(
    "Wer unter dieser Anschrift zu erreichen war, wurde gelöscht; seitdem wird ihr nicht mehr geschrieben.",
    "Whoever had this address was erased; nothing is written to it since.",
)
_MARKED: Final = Text(
    "Die Daten dieser Person sind eingeschränkt, oder sie hat dieser Verwendung widersprochen.",
    "This person's data is restricted, or they objected to this use.",
)


MATCHED: Final = b"kontor consent suppression"


def clauses() -> tuple[Clause, ...]:
    """Return where the contracts ask for double opt-in and its proof."""
    found: list[Clause] = []
    for pack in _packs():
        assert pack.mailing is not None
        for entry in (pack.mailing.consent, pack.mailing.consent_form, pack.mailing.reactivation_needs):
            if entry is not None and not isinstance(entry, ToBeAgreed):
                found.extend(entry.clauses)
    return tuple(dict.fromkeys(found))


def digest(key: bytes, email: str, purpose: str) -> bytes:
    """Return what is left of an address that took its consent back: a hash under the tenant's own key."""
    return hmac.digest(key, f"{purpose}\0{plain(email)}".encode(), "sha256")


def plain(email: str) -> str:
    """Return an address as it is compared: small letters, no blanks around."""
    return email.strip().lower()


def confirm_url(step: ConsentStep) -> str:
    """Return the address that confirms what was asked, for as long as it is good."""
    return absolute("privacy:consent-confirm", signing.dumps([str(step.tenant_id), str(step.pk)], salt=_CONFIRM))


def end_url(step: ConsentStep) -> str:
    """Return the address that ends mail for a step's purpose and address by one POST, for ever (RFC 8058)."""
    return absolute("privacy:consent-end", _ENDINGS.sign_object([str(step.tenant_id), str(step.pk)]))


def form_url(text: ConsentText) -> str:
    """Return the address of the form that asks for a purpose."""
    return absolute(_FORM, text.tenant_id, text.purpose)


def opened_confirmation(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Return tenant and step of a confirming address; BadSignature where it is forged or too old."""
    tenant, step = signing.loads(token, salt=_CONFIRM, max_age=CONFIRMED_WITHIN)
    return uuid.UUID(tenant), uuid.UUID(step)


def opened_ending(token: str) -> tuple[uuid.UUID, uuid.UUID]:
    """Return tenant and step of an ending address; BadSignature where it is forged."""
    tenant, step = _ENDINGS.unsign_object(token)
    return uuid.UUID(tenant), uuid.UUID(step)


def _standing(text: ConsentText, steps: Iterable[ConsentStep], gone: datetime | None) -> Ruling[State]:
    told = [Step(Kind(each.kind), each.text.edition, each.at, written=each.proof_id is not None) for each in steps]
    return standing(told, edition=text.edition, suppressed_at=gone, clauses=clauses())


def _suppressed(digests: Iterable[bytes], at: datetime | None) -> Mapping[bytes, datetime]:
    rows: Any = Suppression.objects.of(current_tenant()).filter(digest__in=list(digests))
    if at is not None:
        rows = rows.filter(at__lte=at)
    return {bytes(each["digest"]): each["last"] for each in rows.values("digest").annotate(last=Max("at"))}


def _packs() -> list[TermsPack]:
    return [pack for pack in map(terms.load, terms.keys()) if pack.mailing is not None]


def _without_consent() -> frozenset[str]:
    told = (pack.mailing.without_consent for pack in _packs() if pack.mailing is not None)
    entries = [entry for entry in told if entry is not None and not isinstance(entry, ToBeAgreed)]
    return frozenset(item.key for entry in entries for item in entry.value)

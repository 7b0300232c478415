"""Setting a SAML provider up: our key for it, what it publishes, and a look at both every night."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.utils.translation import gettext

from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import Actor
from kontor.kernel.fetching import fetch
from kontor.kernel.webhook_transport import AddressRefusedError, DeliveryFailedError, target_of
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.actions.oidc import ProviderFailedError
from kontor.office.identity.actions.providers import SetUpRefusedError, add_provider, change_provider
from kontor.office.identity.formats.saml_metadata import CertificateFacts, ProviderMetadata, facts_of, read_metadata
from kontor.office.identity.formats.saml_xml import AnswerRefusedError
from kontor.office.identity.models import IdentityProvider, ProviderKey, RefusedAnswer, SamlQuestion, UsedAssertion
from kontor.office.identity.queries.saml import SamlDetails, keys_of
from kontor.rulebook.ruling import Text

NIGHTLY: Final = "identity.saml_night"
SECOND_FACTORS: Final = ("https://refeds.org/profile/mfa", "http://schemas.microsoft.com/claims/multipleauthn")
WARNED_DAYS: Final = (30, 7, 1)  # before a certificate ends
_DAY: Final = timedelta(days=1)
_KEY_YEARS: Final = 5
_KEY_BITS: Final = 3072  # BSI TR-02102-1: RSA from 3000 bits
_REFUSALS_KEPT: Final = timedelta(days=90)


@transaction.atomic
def add_saml(*, name: str, at: datetime, actor: Actor) -> IdentityProvider:
    """Begin to set up a SAML provider, with a key pair of ours that only it is told of."""
    provider = add_provider(protocol="SAML", kind="GENERIC", name=name, at=at, actor=actor)
    provider.factor_values = list(SECOND_FACTORS)
    provider.save(update_fields=["factor_values"])
    _make_key(provider, at=at)
    put_due(NIGHTLY, at=at + _DAY, arguments={"provider": str(provider.pk)}, repeat_minutes=24 * 60)
    return provider


@transaction.atomic
def renew_key(provider_id: uuid.UUID, *, at: datetime, actor: Actor) -> ProviderKey:
    """Make another key pair; it signs from now on, and the one before it still opens what is encrypted for us."""
    provider = IdentityProvider.objects.select_for_update().get(pk=provider_id)
    made = _make_key(provider, at=at)
    kept = [each.pk for each in keys_of(provider)[:2]]
    ProviderKey.objects.filter(provider=provider).exclude(pk__in=kept).delete()
    told = {"fingerprint": facts_of(made.certificate).fingerprint}
    record("identity.provider_key_renewed", provider, at=at, actor=actor, after=told)
    return made


def fetched(address: str) -> bytes:
    """Return what a provider publishes at an address; ProviderFailedError."""
    try:
        status, body = fetch(address, headers={"Accept": "application/samlmetadata+xml, application/xml, text/xml"})
    except DeliveryFailedError as error:
        raise ProviderFailedError(error.problem) from error
    if status != 200:  # noqa: PLR2004  HTTP's own number
        raise ProviderFailedError("answer")
    return body


@transaction.atomic
def set_metadata(
    provider_id: uuid.UUID, data: bytes, *, address: str = "", at: datetime, actor: Actor
) -> IdentityProvider:
    """
    Take over what a provider says of itself, from a file or from its address, which is read again every night.

    Another entity id is another provider: it must be tested again. AnswerRefusedError, SetUpRefusedError.
    """
    read = read_metadata(data, at=at)
    provider = IdentityProvider.objects.select_for_update().get(pk=provider_id)
    _refuse_metadata(provider, read)
    details = _with(provider, read, at=at) | {"metadata_url": address}
    if provider.issuer != read.entity:
        return change_provider(provider_id, issuer=read.entity, details=details, at=at, actor=actor)
    _keep(provider, details, at=at, actor=actor)
    return provider


@transaction.atomic
def look_at(provider_id: uuid.UUID, *, data: bytes | None, problem: str, at: datetime) -> None:
    """
    Do what falls due for a provider every night: new certificates, warnings of their end, and what may be forgotten.

    data     what was read at its address, None where it has none or could not be read; problem: why
    """
    provider = IdentityProvider.objects.select_for_update().get(pk=provider_id)
    if data is not None:
        problem = _refresh(provider, data, at=at)
    _note_problem(provider, problem, at=at)
    _warn(provider, at=at)
    UsedAssertion.objects.filter(provider=provider, until__lte=at).delete()
    SamlQuestion.objects.filter(provider=provider, asked_at__lt=at - _DAY).delete()
    RefusedAnswer.objects.filter(provider=provider, at__lt=at - _REFUSALS_KEPT).delete()


def _refresh(provider: IdentityProvider, data: bytes, *, at: datetime) -> str:
    """Take over what a provider publishes today; return why not, "" where it was."""
    try:
        read = read_metadata(data, at=at)
        if read.entity != provider.issuer:
            return "issuer"
        _refuse_metadata(provider, read)
    except AnswerRefusedError as refused:
        return refused.reason
    except SetUpRefusedError:
        return "metadata"
    _keep(provider, _with(provider, read, at=at), at=at, actor=None)
    return ""


def _keep(provider: IdentityProvider, details: dict[str, Any], *, at: datetime, actor: Actor | None) -> None:
    """Keep what the same provider says now; whoever administers the tenant is told of other certificates."""
    before, after = SamlDetails.of(provider), details
    provider.details = after
    provider.save(update_fields=["details"])
    same = (before.sign_in, before.sign_out, sorted(before.certificates))
    if same == (after["sign_in"], after["sign_out"], sorted(after["certificates"])):
        return
    told = [{"certificates": _fingerprints(one)} for one in (before.certificates, after["certificates"])]
    told[0]["sign_in"], told[1]["sign_in"] = [before.sign_in], [after["sign_in"]]
    record("identity.provider_metadata_changed", provider, at=at, actor=actor, before=told[0], after=told[1])
    name, place = str(provider), after["sign_in"]
    tell_administrators(
        Text("Angaben Ihres Anbieters geändert", "What your provider publishes has changed"),
        Text(
            f"{name} veröffentlicht andere Zertifikate oder Adressen; angemeldet wird jetzt über {place}.",
            f"{name} publishes other certificates or addresses; people now sign in at {place}.",
        ),
        about=provider,
        at=at,
    )


def _note_problem(provider: IdentityProvider, problem: str, *, at: datetime) -> None:
    before = SamlDetails.of(provider).problem
    if before == problem:
        return
    provider.details = provider.details | {"problem": problem}
    provider.save(update_fields=["details"])
    if problem and not before:
        name = str(provider)
        tell_administrators(
            Text("Angaben Ihres Anbieters nicht lesbar", "What your provider publishes cannot be read"),
            Text(
                f"Was {name} veröffentlicht, war heute Nacht nicht zu lesen. Die Anmeldung geht weiter, neue "
                "Zertifikate kommen aber nicht an. Die Seite des Anbieters nennt den Grund.",
                f"What {name} publishes could not be read tonight. Signing in goes on, but new certificates do not "
                "arrive. The provider's page says why.",
            ),
            about=provider,
            at=at,
        )


def _warn(provider: IdentityProvider, *, at: datetime) -> None:
    """Tell the administrators of a certificate that ends: once for each of `WARNED_DAYS`, not while another holds."""
    details, ours = SamlDetails.of(provider), keys_of(provider)[:1]
    warned = dict(details.warned or {})
    for pems, own in ((details.certificates, False), ([each.certificate for each in ours], True)):
        last = max((facts_of(pem) for pem in pems), key=lambda facts: facts.ends, default=None)
        reached = [days for days in WARNED_DAYS if last is not None and last.ends - at <= timedelta(days=days)]
        if last is None or not reached or warned.get(last.fingerprint, WARNED_DAYS[0] + 1) <= min(reached):
            continue
        warned[last.fingerprint] = min(reached)
        _tell_of_end(provider, last, own=own, at=at)
    if warned != (details.warned or {}):
        provider.details = provider.details | {"warned": warned}
        provider.save(update_fields=["details"])


def _tell_of_end(provider: IdentityProvider, facts: CertificateFacts, *, own: bool, at: datetime) -> None:
    name, day = str(provider), facts.ends.date().isoformat()
    if own:
        subject = Text("Unser Zertifikat läuft ab", "Our certificate ends")
        text = Text(
            f"Unser Zertifikat für {name} gilt bis {day}. Erneuern Sie es auf der Seite des Anbieters.",
            f"Our certificate for {name} holds until {day}. Renew it on the provider's page.",
        )
    else:
        subject = Text("Ein Zertifikat Ihres Anbieters läuft ab", "A certificate of your provider ends")
        text = Text(
            f"Das letzte Zertifikat von {name} gilt bis {day}. Laden Sie neue Metadaten hoch, sobald es eines gibt.",
            f"The last certificate of {name} holds until {day}. Upload new metadata once there is another.",
        )
    tell_administrators(subject, text, about=provider, at=at)


def _refuse_metadata(provider: IdentityProvider, read: ProviderMetadata) -> None:
    """Refuse addresses that nobody is sent to, and an entity id that another provider here has."""
    try:
        for address in filter(None, (read.sign_in, read.sign_out)):
            target_of(address)
    except AddressRefusedError as refused:
        raise SetUpRefusedError(
            gettext("The provider's address for signing in is not https, or not public.")
        ) from refused
    if IdentityProvider.objects.filter(issuer=read.entity).exclude(pk=provider.pk).exists():
        raise SetUpRefusedError(gettext("This provider is set up already, under another name."))


def _with(provider: IdentityProvider, read: ProviderMetadata, *, at: datetime) -> dict[str, Any]:
    told, kept = read.kept(), dict(provider.details)
    del told["entity"]
    return kept | told | {"read_at": at.isoformat(), "problem": ""}


def _fingerprints(certificates: Sequence[str]) -> list[str]:
    return sorted(facts_of(pem).fingerprint for pem in certificates)


def _make_key(provider: IdentityProvider, *, at: datetime) -> ProviderKey:
    key = rsa.generate_private_key(65537, _KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Kontor {str(provider.pk)[-12:]}")])
    until = at + timedelta(days=365 * _KEY_YEARS)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), at, until)
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return ProviderKey.objects.create(
        provider=provider, certificate=pem.decode(), private_key=private.decode(), made_at=at, expires_at=until
    )

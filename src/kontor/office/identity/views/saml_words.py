"""Why a SAML provider's answer did not count, and what a test brought back, in words an administrator can act on."""

from typing import Final

from django.utils.translation import gettext as _, gettext_lazy

from kontor.office.identity.actions.oidc import Answer
from kontor.office.identity.formats.saml_xml import AnswerRefusedError
from kontor.office.identity.models import IdentityProvider
from kontor.office.identity.queries.saml import SamlDetails
from kontor.office.identity.views.connection_words import FAILED
from kontor.office.identity.views.findings import email_finding, finding, role_finding

NEUTRAL: Final = gettext_lazy(
    "Your provider did not confirm who you are. Begin again; if it happens once more, ask your administrator."
)
_UNTRUSTED: Final = gettext_lazy(
    "%(email)s; nobody joins by it until you say that the provider's addresses can be trusted"
)
REASONS: Final = {
    "form": gettext_lazy("It is no SAML message that can be read."),
    "doctype": gettext_lazy("It carries a document type or entities; such messages are never read."),
    "comment": gettext_lazy("It carries comments or processing instructions, which could cut a name in two."),
    "schema": gettext_lazy("It does not follow SAML's schema."),
    "ids": gettext_lazy("An id stands in it twice."),
    "assertions": gettext_lazy("It does not carry exactly one assertion in its place."),
    "place": gettext_lazy("A signature stands where none belongs, or covers something else."),
    "unsigned": gettext_lazy("The assertion is not signed. Switch signing of assertions on at your provider."),
    "algorithm": gettext_lazy("It is signed by a method that is not trusted, such as SHA-1. Choose RSA with SHA-256."),
    "signature": gettext_lazy(
        "The signature does not hold, or was made by a certificate that the metadata do not name."
    ),
    "encryption": gettext_lazy(
        "The encrypted assertion cannot be opened. Let your provider read our metadata again and use AES-GCM; AES-CBC "
        "only with the response signed as well."
    ),
    "status": gettext_lazy("The provider refused."),
    "issuer": gettext_lazy("It was made by another provider than the metadata name."),
    "audience": gettext_lazy("It was made for another application. Is our entity id entered rightly?"),
    "recipient": gettext_lazy("It is meant for another address. Is our answer address entered rightly?"),
    "destination": gettext_lazy("It was sent to another address than the one it came to."),
    "expired": gettext_lazy("It has expired. Do the clocks agree?"),
    "early": gettext_lazy("It is not valid yet. Do the clocks agree?"),
    "question": gettext_lazy("It answers no question that is open, or came after a quarter of an hour."),
    "unasked": gettext_lazy("Nobody asked for it. Sign-in that begins at the provider is switched off."),
    "replay": gettext_lazy("It was shown before; each counts once."),
    "subject": gettext_lazy(
        "It names the person by nothing that lasts. Let your provider send a persistent NameID, or name an attribute "
        "that never changes."
    ),
    "metadata": gettext_lazy("These are no metadata of an identity provider that takes questions by HTTP-Redirect."),
    "several": gettext_lazy("These metadata describe several providers. Bring the file of yours alone."),
    "outdated": gettext_lazy("These metadata say of themselves that they have expired."),
    "certificate": gettext_lazy("These metadata name no certificate that can be read."),
    "weak": gettext_lazy("The provider's key is too short: 2048 bits are the least."),
}


def reason_words(refused: AnswerRefusedError) -> str:
    """Return why something did not count, with the provider's own word where it gave one."""
    return kept_words(refused.reason, refused.said)


def kept_words(reason: str, said: str = "") -> str:
    """Return a kept reason in words; also why metadata could not be fetched."""
    told = _("It said: %(said)s") % {"said": said} if said else ""
    return f"{REASONS.get(reason) or FAILED[reason]} {told}".strip()


def tested(provider: IdentityProvider, answer: Answer) -> list[dict[str, str]]:
    """Return what came back from a test, one finding each: label, what, tone ("good", "warn" or "")."""
    arrival, claims, details = answer.arrival, answer.claims, SamlDetails.of(provider)
    by = details.subject_attribute or _("persistent NameID")
    shown = ", ".join(claims["contexts"]) or _("not said")
    factor = (
        _("%(shown)s: counts as one") if arrival.second_factor else _("%(shown)s: we ask for our own where one is due")
    )
    return [
        finding(_("Known as"), f"{arrival.subject} ({by})", "good"),
        finding(_("Name"), arrival.name or _("not said"), "good" if arrival.name else "warn"),
        email_finding(
            provider,
            arrival,
            missing=_("missing: have your provider send the attribute mail"),
            doubted=_UNTRUSTED if provider.joins and not arrival.email_trusted else None,
        ),
        role_finding(
            provider,
            arrival,
            by_hand=_("given here by hand; no attribute is read"),
            missing=_("the attribute “%(name)s” is missing"),
        ),
        finding(_("Second factor"), factor % {"shown": shown}, "good" if arrival.second_factor else ""),
        finding(_("Session"), _("can be ended from there") if arrival.session else _("ends here by its time only"), ""),
        finding(_("Attributes"), ", ".join(sorted(claims["attributes"])) or _("none"), ""),
    ]

"""What came back from a provider, in words an administrator can act on."""

from typing import Final

from django.utils.translation import gettext as _, gettext_lazy

from kontor.office.identity.actions.oidc import Answer, ProviderFailedError
from kontor.office.identity.formats.id_token import TokenRefusedError
from kontor.office.identity.models import IdentityProvider
from kontor.office.identity.views.findings import email_finding, finding, role_finding

_UNVOUCHED: Final = gettext_lazy(
    "%(email)s, but your provider does not vouch for it (email_verified is missing or false)"
)
FAILED: Final = {
    "form": gettext_lazy("The provider's address is none that can be called."),
    "insecure": gettext_lazy("The provider's address is not https."),
    "private": gettext_lazy("The provider's address leads into a private network."),
    "unknown_host": gettext_lazy("The provider's name is not known."),
    "unreachable": gettext_lazy("Nobody answers at the provider's address."),
    "tls": gettext_lazy("The provider's certificate does not hold."),
    "timeout": gettext_lazy("The provider did not answer within 15 seconds."),
    "redirect": gettext_lazy("The provider's address leads elsewhere; that is not followed."),
    "answer": gettext_lazy("The provider's answer cannot be read. Is the issuer typed rightly?"),
    "metadata": gettext_lazy("What the provider publishes does not belong to this issuer. Is it typed rightly?"),
    "code": gettext_lazy("The provider did not confirm the sign-in. Are client id and secret right?"),
    "person": gettext_lazy("The provider spoke of two different people."),
}
REFUSED: Final = {
    "form": gettext_lazy("The provider's token cannot be read."),
    "algorithm": gettext_lazy("The provider's token is not signed in a way that can be trusted."),
    "key": gettext_lazy("The provider's token is signed with a key it does not publish."),
    "signature": gettext_lazy("The signature of the provider's token does not hold."),
    "issuer": gettext_lazy("The token was made by another issuer."),
    "audience": gettext_lazy("The token was made for another application."),
    "expired": gettext_lazy("The token has expired. Do the clocks agree?"),
    "early": gettext_lazy("The token is not valid yet. Do the clocks agree?"),
    "state": gettext_lazy("This answer belongs to no question of this browser, or it came too late. Begin again."),
    "nonce": gettext_lazy("The token answers another question. Begin again."),
    "directory": gettext_lazy("The token is from another directory than yours."),
    "subject": gettext_lazy("The token does not say who it is about."),
    "event": gettext_lazy("The token is none for signing out."),
}


def problem_words(failed: TokenRefusedError | ProviderFailedError) -> str:
    """Return why a provider's answer does not count, and what to look at."""
    if isinstance(failed, TokenRefusedError):
        return str(REFUSED[failed.reason])
    said = _("It said: %(said)s") % {"said": failed.said[:200]} if failed.said else ""
    return f"{FAILED[failed.problem]} {said}".strip()


def tested(provider: IdentityProvider, answer: Answer) -> list[dict[str, str]]:
    """Return what came back from a test, one finding each: label, what, tone ("good", "warn" or "")."""
    arrival, claims = answer.arrival, answer.claims
    return [
        finding(_("Known as"), arrival.subject, "good"),
        finding(_("Name"), arrival.name or _("not said"), "good" if arrival.name else "warn"),
        email_finding(
            provider,
            arrival,
            missing=_("missing: add the scope or claim “email” at your provider"),
            doubted=None if arrival.email_trusted else _UNVOUCHED,
        ),
        role_finding(
            provider,
            arrival,
            by_hand=_("given here by hand; no claim is read"),
            missing=_("the claim “%(name)s” is missing"),
        ),
        finding(
            _("Second factor"),
            _("shown") if arrival.second_factor else _("not shown, or not said; we ask for our own where one is due"),
            "good" if arrival.second_factor else "",
        ),
        finding(_("Session"), _("can be ended from there") if arrival.session else _("ends here by its time only"), ""),
        finding(_("Claims"), ", ".join(sorted(claims)), ""),
    ]

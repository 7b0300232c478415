"""Single sign-on as an administrator sets it up."""

import re
import uuid
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import ChoiceWithHint
from kontor.kernel.models import Role
from kontor.kernel.webhook_transport import AddressRefusedError, target_of
from kontor.office.identity.forms.api_access import REFUSED
from kontor.office.identity.models import IdentityProvider
from kontor.office.identity.queries.single_sign_on import domain_of

ENTRA_ISSUER: Final = "https://login.microsoftonline.com/{}/v2.0"
SAML: Final = "SAML"  # among the kinds to choose from; it is a protocol
_DOMAIN: Final = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_LONGEST: Final = 14 * 24  # hours; the session's own cookie ends then


class NewProviderForm(forms.Form):
    """Which directory it is, and how people call it."""

    kind = ChoiceWithHint(
        label=_("Which directory"),
        options=(
            (IdentityProvider.Kind.ENTRA, _("Microsoft Entra ID"), _("Formerly Azure AD; Microsoft 365")),
            (IdentityProvider.Kind.GENERIC, _("Another OpenID Connect provider"), _("Keycloak, Okta, Google …")),
            (SAML, _("A SAML 2.0 provider"), _("AD FS, Shibboleth, SimpleSAMLphp, Okta …")),
        ),
    )
    name = forms.CharField(label=_("Name on the button"), max_length=100)

    def clean_name(self) -> str:
        """Refuse a name that another provider has."""
        name: str = self.cleaned_data["name"]
        if IdentityProvider.objects.filter(name=name).exists():
            raise forms.ValidationError(_("Another provider has this name."))
        return name


class TrustForm(forms.Form):
    """What a provider's word is good for, whatever its protocol."""

    role_claim = forms.CharField(
        label=_("Claim with roles"), max_length=100, required=False,
        help_text=_("Such as roles or groups. Empty: roles are given here by hand."),
    )  # fmt: skip
    rules = forms.CharField(
        label=_("Which value gives which role"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One in each line, as “value = role”; * stands for everybody who signs in."),
    )  # fmt: skip
    factor_values = forms.CharField(
        label=_("Counts as a second factor"), required=False, max_length=300,
        help_text=_("Values of amr or acr, with commas between. Empty: we always ask for our own."),
    )  # fmt: skip
    joins = forms.BooleanField(
        label=_("Unknown people join by signing in"), required=False,
        help_text=_("Only with an address in a proved domain, a role, and a free seat."),
    )  # fmt: skip
    signs_out = forms.BooleanField(
        label=_("Signing out here offers to sign out there too"), required=False,
        help_text=_("Where the provider has a place for that. Useful on shared devices."),
    )  # fmt: skip
    session_hours = forms.IntegerField(label=_("A session lasts at most"), min_value=1, max_value=_LONGEST)

    def clean_factor_values(self) -> list[str]:
        """Read the values."""
        return [each.strip() for each in self.cleaned_data["factor_values"].split(",") if each.strip()]

    def clean_rules(self) -> list[tuple[str, Role]]:
        """Read a rule from each line; its role must be one of the tenant's."""
        roles = {role.name: role for role in Role.objects.all()}
        found = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["rules"].splitlines())):
            value, equals, name = (part.strip() for part in line.rpartition("="))
            if not equals or not value or name not in roles:
                raise forms.ValidationError(
                    _("“%(line)s” is no value with one of your roles: %(roles)s."),
                    params={"line": line, "roles": ", ".join(sorted(roles))},
                )
            found.append((value, roles[name]))
        return found


class ProviderForm(TrustForm):
    """What the provider shows after Kontor was registered there, and what its word is good for."""

    entra_tenant = forms.CharField(
        label=_("Directory (tenant) ID"), max_length=36, help_text=_("Entra shows it on the app's overview.")
    )
    issuer = forms.CharField(
        label=_("Issuer"), max_length=500, help_text=_("Its address, without /.well-known/openid-configuration."),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    client_id = forms.CharField(label=_("Application (client) ID"), max_length=300)
    client_secret = forms.CharField(
        label=_("Client secret"), max_length=1000, required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted and never shown. Empty: the one that is there stays."),
    )  # fmt: skip

    def __init__(self, *given: Any, kind: str, **more: Any) -> None:
        super().__init__(*given, **more)
        del self.fields["issuer" if kind == IdentityProvider.Kind.ENTRA else "entra_tenant"]

    def clean_entra_tenant(self) -> str:
        """Refuse what is no directory of one company: "common" would let in anybody."""
        try:
            return str(uuid.UUID(self.cleaned_data["entra_tenant"].strip()))
        except ValueError as error:
            raise forms.ValidationError(_("This is no directory id, such as 1b2c….")) from error

    def clean_issuer(self) -> str:
        """Refuse an address that nothing is ever asked of."""
        issuer: str = self.cleaned_data["issuer"].strip()
        try:
            target_of(issuer)
        except AddressRefusedError as refused:
            raise forms.ValidationError(REFUSED[refused.reason]) from refused
        return issuer

    def settings(self) -> dict[str, Any]:
        """Return what was typed as the provider's fields, without rules and secret."""
        told = {name: value for name, value in self.cleaned_data.items() if name not in ("rules", "client_secret")}
        if "entra_tenant" in told:
            told["issuer"] = ENTRA_ISSUER.format(told["entra_tenant"])
        return told


class DomainForm(forms.Form):
    """A domain that a tenant says is its own."""

    domain = forms.CharField(label=_("E-mail domain"), max_length=253, help_text=_("What stands behind the @."))

    def clean_domain(self) -> str:
        """Refuse what is no domain."""
        domain = domain_of("x@" + self.cleaned_data["domain"].strip().lstrip("@"))
        if not _DOMAIN.fullmatch(domain):
            raise forms.ValidationError(_("This is no domain, such as example.org."))
        return domain


def provider_form(provider: IdentityProvider, data: Any = None) -> ProviderForm:
    """Return the form as it stands for a provider."""
    initial = {name: getattr(provider, name) for name in ("entra_tenant", "issuer", "client_id")}
    return ProviderForm(data, initial=initial | trust_as_it_stands(provider), kind=provider.kind)


def trust_as_it_stands(provider: IdentityProvider) -> dict[str, Any]:
    """Return what a provider's word is good for today, as the form's first values."""
    rules = provider.rules.select_related("role").order_by("value", "role__name")
    return {name: getattr(provider, name) for name in ("role_claim", "joins", "signs_out", "session_hours")} | {
        "factor_values": ", ".join(provider.factor_values),
        "rules": "\n".join(f"{rule.value} = {rule.role}" for rule in rules),
    }

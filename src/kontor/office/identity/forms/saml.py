"""A SAML provider as an administrator sets it up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.webhook_transport import AddressRefusedError, target_of
from kontor.office.identity.formats.saml_metadata import LARGEST
from kontor.office.identity.forms.api_access import REFUSED
from kontor.office.identity.forms.providers import TrustForm, trust_as_it_stands
from kontor.office.identity.models import IdentityProvider
from kontor.office.identity.queries.saml import SamlDetails


class MetadataForm(forms.Form):
    """What the provider publishes about itself: its address, or a file."""

    address = forms.CharField(
        label=_("Metadata address"), max_length=500, required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("Read again every night, so that new certificates arrive by themselves."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or the metadata file"), required=False, widget=forms.FileInput(attrs={"accept": ".xml"}),
        help_text=_("Bring it again whenever your provider changes its certificate."),
    )  # fmt: skip

    def clean_address(self) -> str:
        """Refuse an address that nothing is ever asked of."""
        address: str = self.cleaned_data["address"].strip()
        try:
            if address:
                target_of(address)
        except AddressRefusedError as refused:
            raise forms.ValidationError(REFUSED[refused.reason]) from refused
        return address

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two; a file has a largest size."""
        told: dict[str, Any] = super().clean() or {}
        file = told.get("file")
        if bool(file) == bool(told.get("address")) and not self.errors:
            raise forms.ValidationError(_("Give either the address or the file."))
        if file and file.size > LARGEST:
            self.add_error("file", _("The file is larger than 1 MB; bring that of your provider alone."))
        return told


class SamlForm(TrustForm):
    """Whom a SAML provider's word speaks of, and what it is good for."""

    subject_attribute = forms.CharField(
        label=_("Attribute that names a person for ever"), max_length=200, required=False,
        help_text=_("Such as objectGUID or employeeNumber, no e-mail address. Empty: the persistent NameID."),
    )  # fmt: skip
    email_attribute = forms.CharField(
        label=_("Attribute with the e-mail address"), max_length=200, required=False,
        help_text=_("Empty: mail, or what others usually call it."),
    )  # fmt: skip
    name_attribute = forms.CharField(
        label=_("Attribute with the name"), max_length=200, required=False, help_text=_("Empty: displayName or cn.")
    )
    vouches = forms.BooleanField(
        label=_("Its e-mail addresses can be trusted"), required=False,
        help_text=_("Your directory gives them out; nobody there types their own."),
    )  # fmt: skip
    assertion_signed = forms.BooleanField(
        label=_("The assertion itself must be signed"), required=False,
        help_text=_("Off: a signed response around it suffices."),
    )  # fmt: skip
    unasked = forms.BooleanField(
        label=_("Sign-in may begin at the provider"), required=False,
        help_text=_("From its portal, without a question of ours. Safer switched off: nobody is signed in unasked."),
    )  # fmt: skip

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["role_claim"].label = _("Attribute with roles")
        self.fields["factor_values"].help_text = _(
            "Authentication contexts, with commas between. Empty: we always ask for our own."
        )

    def settings(self, provider: IdentityProvider) -> dict[str, Any]:
        """Return what was typed as the provider's fields, without rules."""
        own = ("subject_attribute", "email_attribute", "name_attribute", "vouches", "assertion_signed", "unasked")
        details = provider.details | {name: self.cleaned_data[name] for name in own}
        trusted = ("role_claim", "factor_values", "joins", "signs_out", "session_hours")
        told = {name: self.cleaned_data[name] for name in trusted}
        return told | {"details": details}


def saml_form(provider: IdentityProvider, data: Any = None) -> SamlForm:
    """Return the form as it stands for a provider."""
    details = SamlDetails.of(provider)
    own = ("subject_attribute", "email_attribute", "name_attribute", "vouches", "assertion_signed", "unasked")
    return SamlForm(data, initial=trust_as_it_stands(provider) | {name: getattr(details, name) for name in own})

"""What people say yes to."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

_SHA256 = RegexValidator(r"^[0-9a-f]{64}$", _("This page is out of date. Load it again."))


class AgreementForm(forms.Form):
    """The version that was shown, and the digest of exactly its text."""

    document = forms.UUIDField(widget=forms.HiddenInput)
    sha256 = forms.CharField(widget=forms.HiddenInput, validators=[_SHA256])

    def clean_sha256(self) -> bytes:
        """Return the digest."""
        return bytes.fromhex(self.cleaned_data["sha256"])

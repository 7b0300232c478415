"""What people say yes to."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField

_WRITTEN = _("A blank line between sections; a section's first line is its heading.")
_SHA256 = RegexValidator(r"^[0-9a-f]{64}$", _("This page is out of date. Load it again."))


class PrivacyForm(forms.Form):
    """A version of the privacy notice in both languages, and since when it applies."""

    version = forms.SlugField(label=_("Edition"), max_length=20, help_text=_("Such as 2026-05"))
    effective_on = DayField(label=_("Applies from"))
    title_de = forms.CharField(label=_("Title in German"), max_length=200)
    text_de = forms.CharField(label=_("Text in German"), widget=forms.Textarea(attrs={"rows": 12}), help_text=_WRITTEN)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    text_en = forms.CharField(label=_("Text in English"), widget=forms.Textarea(attrs={"rows": 12}), help_text=_WRITTEN)

    def clean_text_de(self) -> str:
        """Return the text with one kind of line break."""
        return _lines(self.cleaned_data["text_de"])

    def clean_text_en(self) -> str:
        """Return the text with one kind of line break."""
        return _lines(self.cleaned_data["text_en"])


def _lines(text: str) -> str:
    return "\n".join(text.splitlines())


class AgreementForm(forms.Form):
    """The version that was shown, and the digest of exactly its text."""

    document = forms.UUIDField(widget=forms.HiddenInput)
    sha256 = forms.CharField(widget=forms.HiddenInput, validators=[_SHA256])

    def clean_sha256(self) -> bytes:
        """Return the digest."""
        return bytes.fromhex(self.cleaned_data["sha256"])

"""A confidential paper, who may open it, and to whom it is to go."""

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _


class SecretForm(forms.Form):
    """A paper and the people who may open it."""

    title = forms.CharField(label=_("What it is"), max_length=200)
    file = forms.FileField(label=_("File"))
    readers = forms.CharField(
        label=_("Who may open it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("E-mail addresses of people here or at the customer, one in each line"),
    )

    def clean_readers(self) -> list[str]:
        """Return the addresses, each once."""
        found = [line.strip() for line in self.cleaned_data["readers"].splitlines() if line.strip()]
        for address in found:
            validate_email(address)
        return list(dict.fromkeys(found))


class ReaderForm(forms.Form):
    """Somebody more who may open a paper."""

    email = forms.EmailField(label=_("E-mail"), max_length=320)
    reason = forms.CharField(label=_("Why this person needs it"), max_length=300)


class SharingForm(forms.Form):
    """To whom outside a paper is to go, and what for."""

    to = forms.EmailField(label=_("To whom"), max_length=320)
    purpose = forms.CharField(label=_("Purpose"), max_length=300)

    def told(self) -> dict[str, Any]:
        """Return what was filled in."""
        return {"to": self.cleaned_data["to"], "purpose": self.cleaned_data["purpose"]}

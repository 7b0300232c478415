"""What people enter about the privacy notice."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.privacy.actions.notice import Details

_LONG: Final = forms.Textarea(attrs={"rows": 3})


class DetailsForm(forms.Form):
    """Who answers for the processing, and where people complain."""

    name = forms.CharField(label=_("Name of the controller"), max_length=200)
    address = forms.CharField(label=_("Address"), max_length=300)
    email = forms.EmailField(label=_("E-mail for questions of privacy"), max_length=320)
    officer = forms.CharField(
        label=_("Data-protection officer"), max_length=300, required=False,
        help_text=_("Name and how to reach them; empty where none has to be named"),
    )  # fmt: skip
    authority = forms.CharField(label=_("Supervisory authority"), max_length=300)
    automated_de = forms.CharField(
        label=_("Automated decisions, in German"), required=False, widget=_LONG,
        help_text=_("Only where a machine alone decides something of legal effect (GDPR Art. 22)"),
    )  # fmt: skip
    automated_en = forms.CharField(label=_("Automated decisions, in English"), required=False, widget=_LONG)

    def told(self) -> Details:
        """Return what was entered."""
        return Details(**self.cleaned_data)
